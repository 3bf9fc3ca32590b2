package io.caravan.change;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.caravan.postgres.TableName;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Events as the connector writes them, with texts that are awkward in JSON or mean something, and damaged ones. */
final class RandomEvents {
    static final ObjectMapper JSON = new ObjectMapper(JsonFactory.builder()
            .enable(JsonWriteFeature.COMBINE_UNICODE_SURROGATES_IN_UTF8)
            .build());

    static final TableName TABLE = new TableName("public", "T \"ž\\");

    static final String[] TEXTS = {
        "",
        "1",
        "4711",
        "plain text",
        "null",
        "\"",
        "\\",
        "\\u0041",
        "a\"b\\c/d",
        "\b\f\n\r\t",
        "\u0001\u001f",
        "\u0000",
        "\u007f",
        "žluť",
        "\u0080\u07ff\u0800\ud7ff\ue000\uffff",
        "😀\ud800\udc00\udbff\udfff",
        "{\"a\": [1, \"x\"]}",
        "unchanged",
        "\u2028",
        Row.UNCHANGED_MARKER,
        Row.UNCHANGED_MARKER + "x",
        "x" + Row.UNCHANGED_MARKER.substring(1),
        "\u00fe",
        "\u00ff"
    };

    private final Random random;

    RandomEvents(long seed) {
        random = new Random(seed);
    }

    List<String> columns() {
        return random.ints(1 + random.nextInt(9), 0, TEXTS.length)
                .distinct()
                .mapToObj(i -> TEXTS[i])
                .toList();
    }

    /** Now and then others than before. */
    List<String> columns(List<String> before) {
        return random.nextInt(20) == 0 ? columns() : before;
    }

    ObjectNode event(List<String> columns) {
        ObjectNode event = JSON.createObjectNode();
        String op = List.of("c", "r", "u", "d", "t").get(random.nextInt(5));
        boolean old = op.equals("d") || (op.equals("u") && random.nextBoolean());
        boolean anew = !op.equals("d") && !op.equals("t");
        event.set("before", old ? row(columns) : JSON.nullNode());
        event.set("after", anew ? row(columns) : JSON.nullNode());
        ObjectNode source = event.putObject("source");
        source.put("version", "3.7.0.Final").put("name", TEXTS[random.nextInt(3)]);
        if (random.nextInt(10) > 0) {
            source.put("ts_ms", random.nextInt(3));
        }
        source.put("snapshot", "false").put("schema", TABLE.schema()).put("table", TABLE.name());
        source.put("txId", random.nextLong(1L << 32)).put("lsn", random.nextLong(1L << 50));
        if (random.nextInt(10) == 0) {
            source.put("ts_ms", 5).putNull("xmin").put("truth", true).put("lie", false);
        }
        return event.put("op", op).put("ts_ms", random.nextInt(100));
    }

    ObjectNode row(List<String> columns) {
        ObjectNode row = JSON.createObjectNode();
        columns.forEach(column -> row.put(column, random.nextInt(6) == 0 ? null : text()));
        return row;
    }

    private String text() {
        String text = TEXTS[random.nextInt(TEXTS.length)];
        return random.nextInt(3) == 0 ? text + TEXTS[random.nextInt(TEXTS.length)] : text;
    }

    /** Some bytes cut off, taken out, put in or changed, most of them those that JSON is made of. */
    byte[] damaged(byte[] event) {
        byte[] signs = "\"\\{}[],:0189-.eun/ \t\u0000\u001fž😀".getBytes(StandardCharsets.UTF_8);
        int at = random.nextInt(event.length);
        byte sign = random.nextInt(4) == 0 ? (byte) random.nextInt(256) : signs[random.nextInt(signs.length)];
        byte[] start = Arrays.copyOf(event, at);
        return switch (random.nextInt(6)) {
            case 0 -> start;
            case 1 -> concat(start, Arrays.copyOfRange(event, at + 1, event.length));
            case 2 -> concat(start, new byte[] {sign}, Arrays.copyOfRange(event, at, event.length));
            case 3 -> concat(event, new byte[] {sign});
            case 4 -> {
                int to = at + random.nextInt(Math.min(20, event.length - at));
                yield concat(start, Arrays.copyOfRange(event, at, to), Arrays.copyOfRange(event, at, event.length));
            }
            default -> concat(start, new byte[] {sign}, Arrays.copyOfRange(event, at + 1, event.length));
        };
    }

    static byte[] concat(byte[]... parts) {
        byte[] all = new byte[Arrays.stream(parts).mapToInt(part -> part.length).sum()];
        int at = 0;
        for (byte[] part : parts) {
            System.arraycopy(part, 0, all, at, part.length);
            at += part.length;
        }
        return all;
    }
}
