package io.caravan.connector;

import io.debezium.connector.postgresql.Module;
import java.util.List;

/** What all events of a table have in common, ready to be written. */
final class RowForm {
    private final List<String> columns;
    private final byte[] unchanged;
    private final byte[] origin;
    private final byte[] database;

    /** Of each column its name as it stands before a value. */
    private final byte[][] names;

    private final int bytes;

    /**
     * Says how events look.
     *
     * @param prefix of the topics' names, which Debezium's source block calls the name
     * @param unchanged stands for a large value that did not change and therefore is not in the stream
     */
    RowForm(String prefix, String database, String unchanged, List<String> columns) {
        this.columns = columns;
        this.unchanged = JsonBytes.of(json -> json.string(unchanged));
        this.origin = JsonBytes.of(json -> {
            json.add("\"version\":");
            json.string(Module.version());
            json.add(",\"connector\":");
            json.string(Module.name());
            json.add(",\"name\":");
            json.string(prefix);
        });
        this.database = JsonBytes.of(json -> {
            json.add(",\"db\":");
            json.string(database);
        });
        this.names = columns.stream()
                .map(column -> JsonBytes.of(json -> {
                    json.string(column);
                    json.add(':');
                }))
                .toArray(byte[][]::new);
        int sum = 0;
        for (byte[] name : names) {
            sum += name.length + 3; // quotes and comma
        }
        this.bytes = sum;
    }

    List<String> columns() {
        return columns;
    }

    byte[] origin() {
        return origin;
    }

    byte[] database() {
        return database;
    }

    /** What a row has in JSON besides the letters of its values. */
    int bytes() {
        return bytes;
    }

    /** All columns of a row. */
    void write(Tuple row, JsonBytes json) {
        json.add('{');
        for (int column = 0; column < names.length; column++) {
            write(column, column > 0, row, json);
        }
        json.add('}');
    }

    /** Some of them. */
    void write(int[] columns, Tuple row, JsonBytes json) {
        json.add('{');
        for (int i = 0; i < columns.length; i++) {
            write(columns[i], i > 0, row, json);
        }
        json.add('}');
    }

    private void write(int column, boolean hasOneBefore, Tuple row, JsonBytes json) {
        if (hasOneBefore) {
            json.add(',');
        }
        json.add(names[column]);
        row.write(column, json, unchanged);
    }
}
