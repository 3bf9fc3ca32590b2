package io.caravan.apply;

import io.caravan.change.Batch;
import io.caravan.change.ChangeEvent;
import io.caravan.change.Op;
import io.caravan.postgres.TableName;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.camel.Body;
import org.apache.camel.Exchange;
import org.apache.camel.Header;

/**
 * The bean {@code deadLetters}: events that the target rejected, and those of the same key that come after one and wait
 * behind it, so that no later state of a row is written over a hole.
 */
public final class DeadLetters {
    private final Tables tables;
    private final String pipeline;
    private final int most;

    /** @param most letters of a table that may wait; with one more the table is stopped, since the fault is not the row's */
    public DeadLetters(Tables tables, String pipeline, int most) {
        this.tables = tables;
        this.pipeline = pipeline;
        this.most = most;
    }

    /** The hashes of all keys of the batch, as PostgreSQL writes an array: what the table of letters is asked for. */
    public String hashes(@Body Batch batch) {
        TouchedKeys touched = touched(batch.table());
        Set<Long> all = new HashSet<>();
        batch.events().forEach(event -> all.addAll(touched.hashes(event)));
        return array(all);
    }

    /** The events that no waiting letter blocks. */
    public Batch free(@Body Batch batch, @Header("blockedKeys") List<Map<String, Object>> blocked) {
        return divide(batch, blocked, false);
    }

    /** The events whose key has a waiting letter, one batch each. */
    public List<Batch> held(@Body Batch batch, @Header("blockedKeys") List<Map<String, Object>> blocked) {
        return divide(batch, blocked, true).singles();
    }

    /**
     * An event that is touched by a block spreads it: a key change carries the block over to the new key. A TRUNCATE ends
     * every block, since it leaves nothing of the rows that came before.
     */
    private Batch divide(Batch batch, List<Map<String, Object>> blocked, boolean wantHeld) {
        TouchedKeys keys = touched(batch.table());
        Set<Long> hashes = new HashSet<>();
        blocked.forEach(row -> hashes.add(((Number) Objects.requireNonNull(row.get("hash"))).longValue()));
        List<ChangeEvent> chosen = new ArrayList<>();
        for (ChangeEvent event : batch.events()) {
            if (event.op() == Op.TRUNCATE) {
                hashes.clear();
            }
            Set<Long> touched = hashes.isEmpty() ? Set.of() : keys.hashes(event);
            boolean held = touched.stream().anyMatch(hashes::contains);
            if (held) {
                hashes.addAll(touched);
            }
            if (held == wantHeld) {
                chosen.add(event);
            }
        }
        return batch.with(chosen);
    }

    /** The columns of {@code caravan.dead_letter} for the batch's only event, which the target rejected. */
    public Map<String, Object> rejected(@Body Batch single, Exchange exchange) throws Exception {
        if (single.events().get(0).op() == Op.TRUNCATE) { // it concerns every row, so nothing may go on behind it
            throw new IllegalStateException("Table " + single.table() + ": the target refuses a TRUNCATE: "
                    + Failures.of(exchange).error() + " Mend that, then start the table's route again.");
        }
        Failures.Said said = Failures.of(exchange);
        return letter(single, "rejected", said.sqlState(), said.error());
    }

    /** The same for an event that waits behind an earlier letter of its key. */
    public Map<String, Object> heldBack(@Body Batch single) {
        return letter(single, "held", "", "Waits behind an earlier dead letter of the same key.");
    }

    /** How far letters need to be counted. */
    public int enough() {
        return most + 1;
    }

    /** Throws when so many letters of a table wait that the fault is not the rows'. */
    public void requireRoom(@Body Map<String, Object> letter, @Header("waitingLetters") long waiting) {
        if (waiting > most) {
            throw new IllegalStateException("Table " + letter.get("table") + ": more than " + most
                    + " changes would wait as dead letters (caravan.apply.max-dead-letters). The last one, at offset "
                    + letter.get("offset") + ", was " + letter.get("state") + ": " + letter.get("sqlstate") + " "
                    + letter.get("error") + " Mend the cause in the target, settle what waits with 'dead-letters replay"
                    + " --table " + letter.get("table") + "' or 'discard', and start again.");
        }
    }

    private Map<String, Object> letter(Batch single, String state, String sqlState, String error) {
        ChangeEvent event = single.events().get(0);
        TouchedKeys touched = touched(single.table());
        Map<String, Object> columns = StoredEvent.columns(single, event);
        columns.put("keyColumns", StoredEvent.json(tables.key(single.table())));
        columns.put(
                "keys",
                StoredEvent.json(
                        touched.of(event).stream().map(key -> key.values()).toList()));
        columns.put("blocks", array(touched.hashes(event)));
        columns.put("state", state);
        columns.put("sqlstate", sqlState);
        columns.put("error", error);
        return columns;
    }

    private TouchedKeys touched(TableName table) {
        return new TouchedKeys(pipeline + " " + table, tables.keyColumns(table));
    }

    private static String array(Set<Long> hashes) {
        return hashes.stream().map(String::valueOf).collect(Collectors.joining(",", "{", "}"));
    }
}
