package io.caravan.ownsteps;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.caravan.change.Layout;
import io.caravan.change.Row;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Against a server: {@code OwnStepsCopyIT}. */
class CopyLineTest {
    private final Layout columns = new Layout(List.of("a", "b", "c"));

    @Test
    void everyValueComesBackFromTheLineThatItWasWrittenTo() {
        for (String value : List.of(
                "", "\\N", "\\.", "\\", "a\tb\nc\rd", "\\t", "\b\f\u000b\u0001", "ä €  \uD83D\uDC2B", "'\"{},")) {
            Row row = Row.of(columns.columns(), java.util.Arrays.asList(value, null, value + value));

            assertThat(CopyLine.parse(columns, written(row))).as(value).isEqualTo(row);
        }
    }

    @Test
    void aLineOfTheServerIsReadAsTheDocumentationSays() {
        Row row = CopyLine.parse(columns, "\\N\t\\\\N\ta\\tb\\nc\\bd\\fe\\rf\\vg\n".getBytes(StandardCharsets.UTF_8));

        assertThat(row.get("a")).isNull();
        assertThat(row.get("b")).isEqualTo("\\N");
        assertThat(row.get("c")).isEqualTo("a\tb\nc\bd\fe\rf\u000bg");
    }

    @Test
    void aLineOfOtherColumnsIsRefused() {
        assertThatThrownBy(() -> CopyLine.parse(columns, "1\t2\t3\t4\n".getBytes(StandardCharsets.UTF_8)))
                .hasMessageContaining("more values than the columns [a, b, c]");
    }

    private static byte[] written(Row row) {
        ByteArrayOutputStream lines = new ByteArrayOutputStream();
        CopyLine.write(row, lines);
        return lines.toByteArray();
    }
}
