package io.caravan.apply;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravan.change.Events;
import io.caravan.change.Run;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class RowsJsonTest {

    @Test
    void membersAreNamedByTheirPlaceAndNullStaysNull() {
        String json = json(new Events("id", "v")
                .create("1", null)
                .create("2", "x")
                .runs("id")
                .get(0));

        assertThat(json).isEqualTo("[{\"0\":\"1\",\"1\":null},{\"0\":\"2\",\"1\":\"x\"}]");
    }

    @Test
    void textIsEscapedAsJsonAsksFor() {
        String json =
                json(new Events("id").create("a\"b\\c\n\t{žluť 😀}").runs("id").get(0));

        assertThat(json).isEqualTo("[{\"0\":\"a\\\"b\\\\c\\n\\t{žluť 😀}\"}]");
    }

    @Test
    void ofAPartialRowOnlyTheColumnsThatCameAreWritten() {
        String json = json(new Events("id", "big", "v")
                .update("1", Events.unchanged(), "x")
                .runs("id")
                .get(0));

        assertThat(json).isEqualTo("[{\"0\":\"1\",\"1\":\"x\"}]");
    }

    @Test
    void aRunWithoutRowsIsAnEmptyArray() {
        assertThat(json(new Events("id").truncate().runs("id").get(0))).isEqualTo("[]");
    }

    private static String json(Run run) {
        return new String(RowsJson.of(run), StandardCharsets.UTF_8);
    }
}
