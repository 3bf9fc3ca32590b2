package io.caravan.connector;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * A table as pgoutput describes it before the first change of it in a session and before the first one after an ALTER (message
 * {@code R}): the columns in the order in which rows have their values.
 */
final class Relation {
    private static final int OF_IDENTITY = 1;
    private static final byte FULL = 'f'; // as in pg_class.relreplident

    private final int id;
    private final String schema;
    private final String table;
    private final String quoted;
    private final List<String> columns;

    /** The places of those that the replica identity has sent of an old row. */
    private final BitSet identity;

    private final boolean tellingAll;

    Relation(int id, String schema, String table, List<String> columns, BitSet identity, boolean tellingAll) {
        this.id = id;
        this.schema = schema;
        this.table = table;
        this.quoted = quote(schema) + "." + quote(table);
        this.columns = List.copyOf(columns);
        this.identity = (BitSet) identity.clone();
        this.tellingAll = tellingAll;
    }

    /** TableId.toDoubleQuotedString leaves a name alone that begins or ends with a quote, and so makes another one of it. */
    private static String quote(String name) {
        return '"' + name.replace("\"", "\"\"") + '"';
    }

    /** Reads the message behind its first byte. */
    static Relation read(ByteBuffer message) {
        int id = message.getInt();
        String schema = name(message);
        String table = name(message);
        boolean tellingAll = message.get() == FULL;
        int count = message.getShort();
        List<String> columns = new ArrayList<>(count);
        BitSet identity = new BitSet(count);
        for (int i = 0; i < count; i++) {
            identity.set(i, (message.get() & OF_IDENTITY) != 0);
            columns.add(name(message));
            message.getInt(); // type
            message.getInt(); // its modifier
        }
        return new Relation(id, schema, table, columns, identity, tellingAll);
    }

    private static String name(ByteBuffer message) {
        int from = message.position();
        while (message.get() != 0) {
            // goes on to the end of the name
        }
        byte[] name = new byte[message.position() - 1 - from];
        message.get(from, name);
        return new String(name, StandardCharsets.UTF_8);
    }

    int id() {
        return id;
    }

    String schema() {
        return schema;
    }

    String table() {
        return table;
    }

    /** The table as Debezium's messages name it, from which TableId.parse reads it again. */
    String quoted() {
        return quoted;
    }

    List<String> columns() {
        return columns;
    }

    /** Whether the column at this place is told of the old row. */
    boolean isOfIdentity(int column) {
        return identity.get(column);
    }

    /** REPLICA IDENTITY FULL: of an old row every value is told. */
    boolean isTellingAll() {
        return tellingAll;
    }
}
