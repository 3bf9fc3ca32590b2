package io.caravan.preflight;

import io.caravan.postgres.ReplicationSlot;
import io.caravan.postgres.SqlResource;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;

/**
 * How old the transactions are that a slot tells of. {@code catalog_xmin} is a lower bound only: every other slot of the
 * server, and whatever was open when the slot was made, keeps it back (GetOldestSafeDecodingTransactionId in procarray.c).
 */
final class SlotAge {
    private static final SqlResource NOW = SqlResource.read("adopted-slot/now.sql");
    private static final SqlResource COPY = SqlResource.read("adopted-slot/copy.sql");
    private static final SqlResource DROP = SqlResource.read("adopted-slot/drop-copy.sql");
    private static final SqlResource BEGUN = SqlResource.read("adopted-slot/begun.sql");

    private final Connection source;
    private final String slot;
    private final Now now;

    private record Now(String running, String lsn, String copy, String needed) {}

    private SlotAge(Connection source, String slot, Now now) {
        this.source = source;
        this.slot = slot;
        this.now = now;
    }

    static SlotAge of(Connection source, ReplicationSlot slot) throws SQLException {
        Now now = NOW.query(
                        source,
                        Map.of("slot", slot.name()),
                        row -> new Now(
                                row.getString("running"),
                                row.getString("lsn"),
                                row.getString("copy"),
                                row.getString("needed")))
                .get(0);
        return new SlotAge(source, slot.name(), now);
    }

    /** No transaction that it tells of, now or later, is older. */
    String bound() {
        return now.needed;
    }

    /**
     * The oldest transaction that it tells of or that is still open. Reads what the slot holds through a temporary copy of it,
     * once, and leaves the slot as it is.
     *
     * @throws SQLException also when the server has no plugin test_decoding, or no free slot
     */
    String oldest() throws SQLException {
        Map<String, String> copy = Map.of("slot", slot, "copy", now.copy, "end", now.lsn);
        COPY.query(source, copy, row -> "");
        try {
            long oldest = Long.parseLong(now.running);
            List<Long> begun = begun(copy);
            while (!begun.isEmpty()) {
                for (long xid : begun) {
                    oldest = isOlder(xid, oldest) ? xid : oldest;
                }
                begun = begun(copy);
            }
            return Long.toString(oldest);
        } finally {
            DROP.query(source, copy, row -> "");
        }
    }

    private List<Long> begun(Map<String, String> copy) throws SQLException {
        return BEGUN.query(source, copy, row -> row.getLong("xid"));
    }

    /** They are numbers of 32 bits that begin anew (TransactionIdPrecedes in transam.c). */
    private static boolean isOlder(long xid, long other) {
        return (int) (xid - other) < 0;
    }
}
