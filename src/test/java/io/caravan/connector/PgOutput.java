package io.caravan.connector;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Objects;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.Nullable;

/** Messages as PostgreSQL's pgoutput writes them (documentation, "Logical Replication Message Formats"). */
final class PgOutput {
    /** In place of a value: it is large, did not change and is not sent. */
    static final String UNCHANGED = "(unchanged)";

    static final int RELATION = 16_384;

    static final Schema ID =
            SchemaBuilder.struct().field("id", Schema.OPTIONAL_STRING_SCHEMA).build();

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final DataOutputStream out = new DataOutputStream(bytes);

    private interface Writer {
        void write(DataOutputStream out) throws IOException;
    }

    static ByteBuffer begin(long commitLsn, long microsSince2000, int transaction) {
        return message('B', out -> {
            out.writeLong(commitLsn);
            out.writeLong(microsSince2000);
            out.writeInt(transaction);
        });
    }

    /** With the key id. */
    static ByteBuffer relation(String schema, String table, String... columns) {
        return relation(schema, table, 'd', List.of("id"), columns);
    }

    /** @param told the columns of the replica identity */
    static ByteBuffer relation(String schema, String table, char identity, List<String> told, String... columns) {
        return message('R', out -> {
            out.writeInt(RELATION);
            out.write(name(schema));
            out.write(name(table));
            out.writeByte(identity);
            out.writeShort(columns.length);
            for (String column : columns) {
                out.writeByte(told.contains(column) ? 1 : 0);
                out.write(name(column));
                out.writeInt(25);
                out.writeInt(-1);
            }
        });
    }

    static ByteBuffer insert(String... row) {
        return message('I', out -> {
            out.writeInt(RELATION);
            tuple(out, 'N', row);
        });
    }

    static ByteBuffer update(String... row) {
        return message('U', out -> {
            out.writeInt(RELATION);
            tuple(out, 'N', row);
        });
    }

    /** @param kind O for a whole old row, K for its key with the rest NULL */
    static ByteBuffer update(char kind, String[] old, String... row) {
        return message('U', out -> {
            out.writeInt(RELATION);
            tuple(out, kind, old);
            tuple(out, 'N', row);
        });
    }

    static ByteBuffer delete(char kind, String... old) {
        return message('D', out -> {
            out.writeInt(RELATION);
            tuple(out, kind, old);
        });
    }

    /** What becomes of the last one of the messages, which changes a table with the key id. */
    static SourceRecord record(String topic, List<ByteBuffer> messages) {
        RowDecoder decoder = new RowDecoder();
        RowMessage row = null;
        for (ByteBuffer message : messages) {
            row = decoder.read(message);
        }
        return new RowEvents("shop", "db", "(unchanged)")
                .of(Objects.requireNonNull(row), 1, new Target(topic, ID), HashMap::new)
                .get(0);
    }

    record Target(
            @Override String topic, @Override @Nullable Schema key) implements RowEvents.Target {}

    private static void tuple(DataOutputStream out, char kind, String... values) throws IOException {
        out.writeByte(kind);
        out.writeShort(values.length);
        for (String value : values) {
            if (value == null) {
                out.writeByte('n');
            } else if (value.equals(UNCHANGED)) {
                out.writeByte('u');
            } else {
                byte[] text = value.getBytes(StandardCharsets.UTF_8);
                out.writeByte('t');
                out.writeInt(text.length);
                out.write(text);
            }
        }
    }

    private static byte[] name(String name) {
        return (name + '\0').getBytes(StandardCharsets.UTF_8);
    }

    /** In the middle of a larger array, as pgjdbc hands it on. */
    private static ByteBuffer message(char kind, Writer writer) {
        PgOutput message = new PgOutput();
        try {
            message.out.writeBytes("before");
            message.out.writeByte(kind);
            writer.write(message.out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return ByteBuffer.wrap(message.bytes.toByteArray()).position(6).slice();
    }
}
