package io.caravan.apply;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravan.change.Events;
import org.junit.jupiter.api.Test;

class RowsJsonTest {

    @Test
    void membersAreNamedByTheirPlaceAndNullStaysNull() {
        String json = RowsJson.of(new Events("id", "v")
                .create("1", null)
                .create("2", "x")
                .runs("id")
                .get(0));

        assertThat(json).isEqualTo("[{\"0\":\"1\",\"1\":null},{\"0\":\"2\",\"1\":\"x\"}]");
    }

    @Test
    void textIsEscapedAsJsonAsksFor() {
        String json = RowsJson.of(
                new Events("id").create("a\"b\\c\n\t{žluť 😀}").runs("id").get(0));

        assertThat(json).isEqualTo("[{\"0\":\"a\\\"b\\\\c\\n\\t{žluť 😀}\"}]");
    }

    @Test
    void ofAPartialRowOnlyTheColumnsThatCameAreWritten() {
        String json = RowsJson.of(new Events("id", "big", "v")
                .update("1", Events.unchanged(), "x")
                .runs("id")
                .get(0));

        assertThat(json).isEqualTo("[{\"0\":\"1\",\"1\":\"x\"}]");
    }

    @Test
    void aRunWithoutRowsIsAnEmptyArray() {
        assertThat(RowsJson.of(new Events("id").truncate().runs("id").get(0))).isEqualTo("[]");
    }
}
