package io.caravan.connector;

import io.debezium.connector.postgresql.PostgresConnectorConfig;
import io.debezium.connector.postgresql.connection.ReplicationMessage.Operation;
import io.debezium.relational.RelationalChangeRecordEmitter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.header.ConnectHeaders;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.Nullable;

/**
 * Makes records of rows' changes, as Debezium's RelationalChangeRecordEmitter does. Each change becomes one record, a key change two:
 * the delete of the old row and the insert of the new one, which name each other's key in a header. Without Debezium's structures:
 * the value is a {@link RowChange}, the key is {@link Json}. Not thread-safe.
 */
public final class RowEvents {
    /** The op of a change of which it is not told which row it was. */
    private static final String UNIDENTIFIED = "unidentified";

    private final String prefix;
    private final String database;
    private final String unchanged;
    private final Map<String, String> partition;
    private final Map<Integer, Table> tables = new HashMap<>();
    private final JsonBytes keys = new JsonBytes();

    /** Where a table's events go, once it is known what Debezium calls its topic and its key. */
    public interface Target {
        String topic();

        /** Whose fields are the key's columns; null when the table has none. */
        @Nullable
        Schema key();
    }

    /** What events of a table need, until it is described anew. */
    @SuppressWarnings("ArrayRecordComponent") // columns that nobody changes
    private record Table(Relation relation, String topic, RowForm form, int @Nullable [] key) {}

    public RowEvents(PostgresConnectorConfig config) {
        this(
                config.getLogicalName(),
                config.databaseName(),
                new String(config.getUnavailableValuePlaceholder(), StandardCharsets.UTF_8));
    }

    RowEvents(String prefix, String database, String unchanged) {
        this.prefix = prefix;
        this.database = database;
        this.unchanged = unchanged;
        this.partition = Map.of("server", prefix); // PostgresPartition.getSourcePartition
    }

    /**
     * The records of a change, in their order.
     *
     * @param lsn of the change
     * @param target asked when the table is seen for the first time in the form that it has
     * @param offset makes the offset behind the change, each time a new one
     */
    public List<SourceRecord> of(RowMessage message, long lsn, Target target, Supplier<Map<String, ?>> offset) {
        Table table = tables.get(message.relation().id());
        if (table == null || table.relation != message.relation()) {
            table = table(message.relation(), target);
            tables.put(message.relation().id(), table);
        }
        RowChange.Place place = new RowChange.Place(
                lsn, message.transaction(), message.committedAt().toEpochMilli(), System.currentTimeMillis());
        Tuple old = message.old();
        Tuple row = message.row();
        if (message.operation() != Operation.INSERT && !isIdentified(table, old)) {
            return List.of(record(table, place, UNIDENTIFIED, old, row, offset, new ConnectHeaders()));
        }
        if (row == null) {
            return List.of(record(table, place, "d", old, null, offset, new ConnectHeaders()));
        }
        if (old == null) {
            String op = message.operation() == Operation.INSERT ? "c" : "u";
            return List.of(record(table, place, op, null, row, offset, new ConnectHeaders()));
        }
        if (hasEqualKeys(table, old, row)) {
            return List.of(record(table, place, "u", old, row, offset, new ConnectHeaders()));
        }
        ConnectHeaders movedTo = header(RelationalChangeRecordEmitter.PK_UPDATE_NEWKEY_FIELD, key(table, row));
        ConnectHeaders movedFrom = header(RelationalChangeRecordEmitter.PK_UPDATE_OLDKEY_FIELD, key(table, old));
        return List.of(
                record(table, place, "d", old, null, offset, movedTo),
                record(table, place, "c", null, row, offset, movedFrom));
    }

    private Table table(Relation relation, Target target) {
        RowForm form = new RowForm(prefix, database, unchanged, relation.columns());
        Schema key = target.key();
        return new Table(relation, target.topic(), form, key == null ? null : places(relation, key));
    }

    private static int[] places(Relation relation, Schema key) {
        List<Integer> places = new ArrayList<>();
        for (Field field : key.fields()) {
            int place = relation.columns().indexOf(field.name());
            if (place < 0) {
                throw new ConnectException("The slot does not send column " + field.name() + " of table "
                        + relation.quoted() + ", which is of its key. Publish the column.");
            }
            places.add(place);
        }
        return places.stream().mapToInt(Integer::intValue).toArray();
    }

    /**
     * Whether the change tells which row it was by the table's key. Not so where the replica identity was for a while another one than the
     * table's key is of (ALTER TABLE … REPLICA IDENTITY USING INDEX): then the old key is NULL, or is left out though it may have changed.
     * A partition's own identity is not described, but shows in the old key.
     */
    private static boolean isIdentified(Table table, @Nullable Tuple old) {
        if (table.key != null) {
            for (int column : table.key) {
                if (!table.relation.isOfIdentity(column) || isLeftOut(table, old, column)) {
                    return false;
                }
            }
        }
        return true;
    }

    /** Of a whole row NULL is a value: for want of a key Debezium takes the columns of a unique index for one. */
    private static boolean isLeftOut(Table table, @Nullable Tuple old, int column) {
        return old != null && old.isNull(column) && !table.relation.isTellingAll();
    }

    private static boolean hasEqualKeys(Table table, Tuple old, Tuple row) {
        if (table.key != null) {
            for (int column : table.key) {
                if (!old.hasEqual(column, row)) {
                    return false;
                }
            }
        }
        return true;
    }

    private @Nullable Json key(Table table, Tuple row) {
        if (table.key == null) {
            return null;
        }
        table.form.write(table.key, row, keys);
        return new Json(keys.take());
    }

    private static ConnectHeaders header(String name, @Nullable Json key) {
        ConnectHeaders headers = new ConnectHeaders();
        headers.add(name, key, null);
        return headers;
    }

    private SourceRecord record(
            Table table,
            RowChange.Place place,
            String op,
            @Nullable Tuple before,
            @Nullable Tuple after,
            Supplier<Map<String, ?>> offset,
            ConnectHeaders headers) {
        Relation of = table.relation;
        RowChange change = new RowChange(table.form, place, of.schema(), of.table(), op, before, after);
        Json key = key(table, Objects.requireNonNull(after == null ? before : after));
        return new SourceRecord(partition, offset.get(), table.topic, 0, null, key, null, change, null, headers);
    }
}
