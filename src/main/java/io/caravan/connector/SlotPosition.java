package io.caravan.connector;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import org.apache.kafka.connect.errors.ConnectException;
import org.jspecify.annotations.Nullable;

/**
 * Up to where the slot has let changes go. Whoever asks it for an earlier position is given what comes after, without a word
 * (PostgreSQL's CreateDecodingContext), and Debezium asks only whether the slot's WAL begins before the offset. With the first event after that the
 * stored offset is beyond the slot again, so that a moment later nothing tells: the guard, which looks every few seconds, would miss it.
 *
 * @param confirmed 0 when there is no such slot
 */
record SlotPosition(String slot, long confirmed) {
    private static final String[] POSITIONS = {"lsn", "lsn_proc", "lsn_commit"};

    /** To be asked before the offset is read: the slot is told a position once it is stored, so it is never ahead of an offset read later. */
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
