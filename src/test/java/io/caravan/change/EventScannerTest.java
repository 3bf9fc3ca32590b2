package io.caravan.change;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is read without Jackson is what Jackson reads. A space in front is enough for an event to be read by Jackson. */
class EventScannerTest {
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void anEventIsReadAsJacksonReadsIt(long seed) throws Exception {
        RandomEvents events = new RandomEvents(seed);
        ChangeEventReader reader = new ChangeEventReader(Row.UNCHANGED_MARKER, RandomEvents.TABLE);
        EventScanner scanner = new EventScanner(Row.UNCHANGED_MARKER, RandomEvents.TABLE);
        List<String> columns = events.columns();
        for (int i = 0; i < 2000; i++) {
            columns = events.columns(columns);
            byte[] event = RandomEvents.JSON.writeValueAsBytes(events.event(columns));

            scanner.event(7, event, null, false); // not unusual
            assertSame(reader, event);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void aDamagedEventIsReadAsJacksonReadsIt(long seed) throws Exception {
        RandomEvents events = new RandomEvents(seed);
        ChangeEventReader reader = new ChangeEventReader(Row.UNCHANGED_MARKER, RandomEvents.TABLE);
        List<String> columns = events.columns();
        for (int i = 0; i < 4000; i++) {
            columns = events.columns(columns);
            assertSame(reader, events.damaged(RandomEvents.JSON.writeValueAsBytes(events.event(columns))));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"op\":\"c\",\"op\":null,\"after\":{\"a\":\"1\"},\"source\":{\"lsn\":1,\"txId\":2}}",
                "{\"op\":\"c\",\"after\":{\"a\":\"1\"},\"after\":null,\"source\":{\"lsn\":1,\"txId\":2}}",
                "{\"op\":\"c\",\"after\":{\"a\":\"1\"},\"source\":{\"lsn\":1,\"txId\":2},\"source\":{\"lsn\":3}}",
                "{\"op\":\"c\",\"after\":{\"a\":\"1\"},\"source\":{\"lsn\":1,\"txId\":2},\"source\":{}}",
                "{\"op\":\"c\",\"after\":{\"a\":\"1\"},\"source\":{\"lsn\":1,\"txId\":2,\"lsn\":3,\"ts_ms\":9}}",
                "{\"op\":\"c\",\"after\":{\"a\":\"1\"},\"source\":{\"lsn\":1,\"txId\":2,\"l\\u0073n\":3}}",
                "{\"o\\u0070\":\"d\",\"op\":\"c\",\"after\":{\"a\":\"1\"},\"source\":{\"lsn\":1,\"txId\":2}}",
                "{\"op\":\"c\",\"o\\u0070\":\"t\",\"after\":{\"a\":\"1\"},\"source\":{\"lsn\":1,\"txId\":2}}",
                "{\"op\":\"c\",\"after\":{\"a\":\"1\",\"a\":\"2\"},\"source\":{\"lsn\":1,\"txId\":2}}",
                "{\"op\":\"c\",\"after\":{},\"source\":{\"lsn\":1,\"txId\":2}}",
                "{\"op\":\"c\",\"after\":{\"a\":\"\\/\"},\"source\":{\"lsn\":1,\"txId\":2}}",
                "{\"op\":\"c\",\"after\":{\"a\":\"\\ud83d\\ude00\\ud800\"},\"source\":{\"lsn\":1,\"txId\":2}}",
                "{\"op\":\"c\",\"after\":{\"a\":\"\\u0063aravan:unchanged:7f1c0e5b-9d0a-4c3e-8b52-d6a4f1e0937c\"},"
                        + "\"source\":{\"lsn\":1,\"txId\":2}}",
                "{\"op\":\"c\",\"after\":{\"a\":\"1\"},\"source\":{\"lsn\":01,\"txId\":2}}",
                "{\"op\":\"c\",\"after\":{\"a\":\"1\"},\"source\":{\"lsn\":0,\"txId\":-2}}",
                "{\"op\":\"c\",\"after\":{\"a\":\"1\"},\"source\":{\"lsn\":1.0,\"txId\":2}}",
                "{\"op\":\"c\",\"after\":{\"a\":\"1\"},\"source\":{\"lsn\":9223372036854775807,\"txId\":2,\"ts_ms\":1e3}}",
                "{\"op\":\"c\",\"after\":{\"a\":\"1\"},\"source\":{\"lsn\":1,\"txId\":2,\"table\":null,\"b\":[{}],\"c\":true}}",
                "{\"op\":\"t\",\"source\":{\"lsn\":1,\"txId\":2,\"table\":\"x\"}}",
                "{\"op\":\"t\",\"source\":{\"lsn\":1,\"txId\":2,\"table\":\"T \\u0022ž\\\\\"}}",
                "{\"op\":\"m\",\"source\":{\"lsn\":1,\"txId\":null},\"message\":{\"prefix\":\"x\",\"content\":\"\"}}",
                "{\"op\":\"r\",\"after\":{\"a\":null},\"source\":{\"lsn\":1,\"txId\":2,\"snapshot\":\"first\",\"xmin\":null}}"
            })
    void anUnusualEventIsReadAsJacksonReadsIt(String event) throws Exception {
        assertSame(new ChangeEventReader(Row.UNCHANGED_MARKER, RandomEvents.TABLE), bytes(event));
        assertSame(new ChangeEventReader(Row.UNCHANGED_MARKER), bytes(event));
    }

    @Test
    void bytesThatAreNotTheShortestOfALetterAreLeftToJackson() {
        for (byte[] letter : List.of(
                bytes(0xc0, 0x80),
                bytes(0xe0, 0x80, 0x80),
                bytes(0xed, 0xa0, 0x80),
                bytes(0xf0, 0x80, 0x80, 0x80),
                bytes(0xf4, 0x90, 0x80, 0x80),
                bytes(0xf8, 0x80, 0x80, 0x80),
                bytes(0x80),
                bytes(0xbf),
                bytes(0xff),
                bytes(0xc3, '"'))) {
            byte[] event = RandomEvents.concat(
                    bytes("{\"op\":\"c\",\"source\":{\"lsn\":1,\"txId\":2},\"after\":{\"a\":\""),
                    letter,
                    bytes("\"}}"));

            assertThatExceptionOfType(JsonCursor.Unusual.class)
                    .isThrownBy(() -> new EventScanner("x", null).event(7, event, null, false));
        }
    }

    @Test
    void aTableOfAsManyColumnsAsThereCanBeIsRead() throws Exception {
        ChangeEventReader reader = new ChangeEventReader(Row.UNCHANGED_MARKER, RandomEvents.TABLE);
        List<String> columns =
                IntStream.range(0, 1600).mapToObj(i -> "column \"" + i).toList();
        RandomEvents events = new RandomEvents(1);
        for (int i = 0; i < 10; i++) {
            assertSame(reader, RandomEvents.JSON.writeValueAsBytes(events.event(columns)));
        }
    }

    @Test
    void aLargeValueIsRead() throws Exception {
        ObjectNode event = new RandomEvents(1).event(List.of("id", "large"));
        ((ObjectNode) event.get("after")).put("large", "a\"ž\n😀".repeat(200_000));

        assertSame(
                new ChangeEventReader(Row.UNCHANGED_MARKER, RandomEvents.TABLE),
                RandomEvents.JSON.writeValueAsBytes(event));
    }

    @Test
    void aRowOfARecordIsWhatARowOfTextsIs() throws Exception {
        RandomEvents events = new RandomEvents(1);
        List<String> columns = List.of("a", "b", "c");
        for (int i = 0; i < 2000; i++) {
            Row row = key(events.row(columns).toString());
            Row texts = key(" " + events.row(columns));
            Row same = key(" " + new ChangeEventWriter(Row.UNCHANGED_MARKER).write(row));

            assertThat(row.hashCode()).isEqualTo(same.hashCode());
            assertThat(row.completedFrom(texts)).isEqualTo(same.completedFrom(texts));
            assertThat(texts.completedFrom(row)).isEqualTo(texts.completedFrom(same));
            assertThat(row.with("b", "x")).isEqualTo(same.with("b", "x"));
            assertThat(row.without("b")).isEqualTo(same.without("b"));
            assertThat(row.renamed("b", "d")).isEqualTo(same.renamed("b", "d"));
            assertThat(row.withoutUnchanged()).isEqualTo(same.withoutUnchanged());
            assertThat(row.withKeyFrom(texts, List.of("a"))).isEqualTo(same.withKeyFrom(texts, List.of("a")));
        }
    }

    @Test
    void rowsHaveOneIdentityWhenTheirKeysAreEqualAndElseNot() throws Exception {
        List<Row> rows = new ArrayList<>();
        for (String a : RandomEvents.TEXTS) {
            for (String b : new String[] {null, "", "1", a}) {
                String json = RandomEvents.JSON
                        .createObjectNode()
                        .put("a", a)
                        .put("b", b)
                        .toString();
                rows.add(key(json));
                rows.add(key(" " + json));
            }
        }
        rows.removeIf(Row::hasUnchanged);
        for (int[] columns : new int[][] {{0}, {1}, {0, 1}}) {
            for (Row one : rows) {
                for (Row other : rows) {
                    boolean equal = Arrays.stream(columns).allMatch(i -> Objects.equals(one.value(i), other.value(i)));
                    assertThat(one.identity(columns).equals(other.identity(columns)))
                            .isEqualTo(equal);
                }
            }
        }
    }

    /** The record's key, which is read like a row of an event. */
    private static Row key(String json) {
        return new ChangeEventReader(Row.UNCHANGED_MARKER)
                .unknown(7, bytes(""), bytes(json))
                .oldKey();
    }

    private static void assertSame(ChangeEventReader reader, byte[] event) throws IOException {
        ChangeEvent read = reader.read(7, event, null, false);
        ChangeEvent expected = reader.read(7, RandomEvents.concat(bytes(" "), event), null, false);

        String text = new String(event, StandardCharsets.UTF_8);
        assertThat(read)
                .as(text)
                .usingRecursiveComparison()
                .ignoringFields("json", "before", "after")
                .isEqualTo(expected);
        assertSame(text, read.before(), expected.before());
        assertSame(text, read.after(), expected.after());
    }

    private static void assertSame(String text, Row read, Row expected) throws IOException {
        assertThat(read).as(text).isEqualTo(expected);
        for (int i = 0; read != null && i < read.layout().size(); i++) {
            if (!read.isUnchanged(i)) {
                String value = expected.value(i) == null ? null : asUtf8(expected.value(i));
                assertThat(utf8(read, i)).as(text).isEqualTo(value);
                assertThat(utf8(expected, i)).as(text).isEqualTo(value);
            }
        }
    }

    private static @Nullable String utf8(Row row, int column) {
        int length = row.length(column);
        if (length < 0) {
            return null;
        }
        byte[] text = new byte[length];
        assertThat(row.write(column, text, 0)).isEqualTo(length);
        return new String(text, StandardCharsets.UTF_8);
    }

    /** UTF-8 has no half of a pair. */
    private static String asUtf8(String text) {
        return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] bytes(int... some) {
        byte[] bytes = new byte[some.length];
        for (int i = 0; i < some.length; i++) {
            bytes[i] = (byte) some[i];
        }
        return bytes;
    }
}
