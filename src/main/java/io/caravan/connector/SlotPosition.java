package io.caravan.connector;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import org.apache.kafka.connect.errors.ConnectException;
import org.jspecify.annotations.Nullable;

/**
 * Up to where the slot has let changes go. Who asks it for an earlier position silently gets what comes after
 * (PostgreSQL's CreateDecodingContext), and Debezium checks only that the slot's WAL begins before the offset. The first event after
 * that moves the stored offset beyond the slot again, and nothing shows the gap any more: the guard, which looks every few seconds,
 * would miss it.
 *
 * @param confirmed 0 when there is no such slot
 */
record SlotPosition(String slot, long confirmed) {
    private static final String[] POSITIONS = {"lsn", "lsn_proc", "lsn_commit"};

    /** To be asked before the offset is read. The slot hears of a position once that is stored, so it is never ahead of an offset read later. */
    static SlotPosition of(Map<String, String> connector) throws SQLException {
        String slot = String.valueOf(connector.get("slot.name"));
        try (Connection session = Timeline.session(connector);
                Statement statement = session.createStatement();
                ResultSet row = statement.executeQuery("select coalesce(max(confirmed_flush_lsn - '0/0'), 0)::bigint"
                        + " from pg_replication_slots where slot_name = '" + slot.replace("'", "''") + "'")) {
            row.next();
            return new SlotPosition(slot, row.getLong(1));
        }
    }

    /** Throws when the slot has let go of changes behind the offset, so that they would be left out; null is none. */
    void requireNotBeyond(@Nullable Map<String, ?> offset) {
        if (offset == null) {
            return;
        }
        long farthest = 0;
        for (String position : POSITIONS) {
            farthest = Math.max(farthest, offset.get(position) instanceof Number number ? number.longValue() : 0);
        }
        if (confirmed > farthest) {
            throw new ConnectException("Replication slot " + slot + " stands at " + Timeline.text(confirmed)
                    + ", beyond the stored offset (" + Timeline.text(farthest)
                    + "): the slot was moved, or the offset is an old one.");
        }
    }
}
