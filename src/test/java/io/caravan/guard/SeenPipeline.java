package io.caravan.guard;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravan.guard.Evidence.KnownPublication;
import io.caravan.guard.Evidence.KnownServer;
import io.caravan.guard.Observed.Delivered;
import io.caravan.guard.Observed.Source;
import io.caravan.guard.StoredOffsets.Stored;
import io.caravan.postgres.Lsn;
import io.caravan.postgres.PublicationState;
import io.caravan.postgres.ReplicationSlot;
import io.caravan.postgres.ServerIdentity;
import io.caravan.postgres.TableName;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A pipeline in order as the guard sees it. A test alters one part of it and asks which gaps the comparison tells. */
final class SeenPipeline {
    static final TableName ORDERS = new TableName("public", "orders");

    static final Map<String, String> MEMBERS = Map.of("public.orders", "table 16500", "public.items", "table 16501");

    static final Evidence BEFORE = new Evidence(
            new KnownServer("77", 5, 3, "0/5000", null),
            new KnownPublication("16400:900", "app", MEMBERS),
            Map.of("t.public.orders", "id-1", "t.message", "id-2"),
            List.of("public.orders"),
            Map.of());

    private static final Observer.Names NAMES = new Observer.Names() {
        @Override
        public String of(TableName table) {
            return "t." + table;
        }

        @Override
        public String messages() {
            return "t.message";
        }
    };

    Evidence before = BEFORE;
    ServerIdentity identity = new ServerIdentity("77", 5, false, 3, Lsn.parse("0/6000"));
    Optional<Lsn> leftTimeline = Optional.empty();
    Optional<ReplicationSlot.Status> slot = Optional.of(slot("0/5000", "reserved", ""));
    Optional<PublicationState> publication =
            Optional.of(new PublicationState("16400:900", "app", false, MEMBERS, List.of()));
    Set<String> tables = Set.of("public.orders");

    @Nullable
    Map<String, String> topics = BEFORE.topics();

    Map<String, Lsn> applied = Map.of("t.public.orders", Lsn.parse("0/6000"));
    boolean offsetIsTold = true;
    Optional<Stored> offset = Optional.of(new Stored(Lsn.parse("0/5000"), Lsn.parse("0/5100"), 3, true));

    @Nullable
    Delivered delivered = new Delivered(Lsn.parse("0/5000"), Lsn.parse("0/5080"));

    static ReplicationSlot.Status slot(String confirmed, String walStatus, String invalidation) {
        return new ReplicationSlot.Status(
                "db", "pgoutput", 0, "", Lsn.parse(confirmed), walStatus, 0, 0, null, invalidation);
    }

    List<Gap> gaps() {
        return gaps(
                before,
                new Observed(
                        new Source(identity, leftTimeline, slot, publication, tables),
                        List.of(ORDERS),
                        applied,
                        topics,
                        offsetIsTold,
                        offset,
                        delivered));
    }

    static List<Gap> gaps(Observed observed) {
        return gaps(BEFORE, observed);
    }

    private static List<Gap> gaps(Evidence before, Observed observed) {
        return Comparison.of(before, observed, "pub", new ReplicationSlot("slot"), NAMES);
    }

    /** There is one gap, of this table; the empty name is the pipeline. */
    void expectGap(String table, String text) {
        assertThat(gaps()).singleElement().satisfies(gap -> {
            assertThat(gap.table()).isEqualTo(table);
            assertThat(gap.message())
                    .contains(text)
                    .contains(table.isEmpty() ? "reset --target-data" : "resync " + table);
        });
    }
}
