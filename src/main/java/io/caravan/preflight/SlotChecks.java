package io.caravan.preflight;

import static io.caravan.preflight.SourceChecks.flag;
import static io.caravan.preflight.SourceChecks.text;

import io.caravan.postgres.Identifier;
import io.caravan.postgres.Provider;
import io.caravan.postgres.ReplicationSlot;
import io.caravan.postgres.SqlResource;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Whether the source has room for the slot, what holds its making up, and what would end its life. */
final class SlotChecks {
    private static final SqlResource SLOW_TRANSACTIONS = SqlResource.read("slow-transactions.sql");
    private static final long LOOK_AGAIN_MILLIS = 1200;
    private static final String FULL = "select count(*) >= current_setting('%2$s')::int from pg_catalog.%1$s";

    private final Connection source;
    private final ReplicationSlot slot;
    private final List<Finding> findings = new ArrayList<>();

    SlotChecks(Connection source, ReplicationSlot slot) {
        this.source = source;
        this.slot = slot;
    }

    /** @param toBeMade the pipeline is about to make it; else it has one, or takes one over */
    List<Finding> run(boolean toBeMade) throws SQLException, InterruptedException {
        Optional<ReplicationSlot.Status> ours = slot.status(source);
        if (toBeMade && ours.isPresent()) {
            findings.add(new Finding(
                    "slot",
                    "Replication slot " + slot.name() + " exists on the source"
                            + (ours.get().activePid() > 0
                                    ? " and is in use by process " + ours.get().activePid()
                                    : "")
                            + ", but the target knows of no pipeline that uses it.",
                    "Drop it with SELECT pg_drop_replication_slot(" + Identifier.literal(slot.name())
                            + ") if nothing needs it, or set caravan.slot to another name."));
        }
        if (ours.isEmpty()) {
            room();
        }
        if (toBeMade) {
            slowTransactions();
        }
        limits();
        return findings;
    }

    private void room() throws SQLException {
        if (flag(source, FULL.formatted("pg_replication_slots", "max_replication_slots"))) {
            findings.add(new Finding(
                    "max_replication_slots",
                    "All " + text(source, "show max_replication_slots") + " replication slots of the source are taken.",
                    "Drop one that nobody needs (SELECT * FROM pg_replication_slots), or raise max_replication_slots and"
                            + " restart the server."));
        }
        if (flag(source, FULL.formatted("pg_stat_replication", "max_wal_senders"))) {
            findings.add(new Finding(
                    "max_wal_senders",
                    "All " + text(source, "show max_wal_senders") + " WAL senders of the source are taken.",
                    "Raise max_wal_senders and restart the server."));
        }
    }

    private void slowTransactions() throws SQLException, InterruptedException {
        List<SlowTransaction> found = look();
        if (found.stream().anyMatch(each -> each.since() == null)) {
            TimeUnit.MILLISECONDS.sleep(LOOK_AGAIN_MILLIS);
            found = new ArrayList<>(found);
            found.retainAll(look());
        }
        found.forEach(each -> findings.add(new Finding(
                "transactions",
                each.what() + " has been open "
                        + (each.since() == null
                                ? "for more than a second (since when is hidden from the role without pg_read_all_stats)"
                                : "since " + each.since())
                        + ", and making the replication slot waits for its end.",
                "Wait, or end it: " + each.remedy() + ".",
                true)));
    }

    private List<SlowTransaction> look() throws SQLException {
        return SLOW_TRANSACTIONS.query(
                source,
                Map.of(),
                row -> new SlowTransaction(
                        row.getString("what"), row.getString("xid"), row.getString("since"), row.getString("remedy")));
    }

    /** @param since null when the role may not see it */
    private record SlowTransaction(
            String what, String xid, @Nullable String since, String remedy) {}

    private void limits() throws SQLException {
        limit(
                "max_slot_wal_keep_size",
                "-1",
                "The source keeps %s of WAL at most for a slot. When it falls further behind, it is lost and"
                        + " the copy begins anew (max_slot_wal_keep_size).",
                "See that it is as much as the disk bears. -1 is no limit: a slot that nobody reads fills the disk then.");
        limit(
                "idle_replication_slot_timeout",
                "0",
                "The source invalidates a slot that nobody reads for %s. After such a stop the slot is lost and the copy begins"
                        + " anew (idle_replication_slot_timeout).",
                "See that it is longer than any stop will be. 0 is no limit.");
    }

    private void limit(String setting, String unlimited, String problem, String remedy) throws SQLException {
        String value = text(source, "select current_setting('" + setting + "', true)"); // the second is new in 18
        if (!value.equals("null") && !value.equals(unlimited)) {
            findings.add(new Finding(
                    setting,
                    problem.formatted(value),
                    remedy + " To change it: " + Provider.of(source).change(setting) + ".",
                    true));
        }
    }
}
