package io.caravan.guard;

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

/**
 * Source, topics and connector as they are at one moment. A part that does not answer is null: its absence is no gap.
 *
 * @param tables those of the pipeline at that moment
 * @param topics Kafka's id of each topic of theirs that is there
 * @param offsetIsTold whether whoever keeps the connector's offset has told it, or that there is none
 * @param applied by topic, the farthest COMMIT that the ledger has of its table; read before the source
 * @param delivered what is applied or lies in a topic; asked for at a start only
 */
public record Observed(
        @Nullable Source source,
        List<TableName> tables,
        Map<String, Lsn> applied,
        @Nullable Map<String, String> topics,
        boolean offsetIsTold,
        Optional<Stored> offset,
        @Nullable Delivered delivered) {

    /** The connector refuses to begin there: its WAL may be gone, or the offset is none of its own. */
    boolean isOffsetUnfit() {
        return (source != null && source.hasSlotBeyond(offset))
                || !offset.map(Stored::own).orElse(true);
    }

    /** Empty also when someone else set it. */
    Optional<Stored> ownOffset() {
        return offset.filter(Stored::own);
    }

    /**
     * What is applied or lies in a topic.
     *
     * @param event position of the farthest change
     * @param commit position of the farthest COMMIT whose transaction has a change there; zero when none tells it
     */
    public record Delivered(Lsn event, Lsn commit) {
        public static final Delivered NOTHING = new Delivered(Lsn.ZERO, Lsn.ZERO);

        /** The farther one of each. */
        public Delivered and(Delivered other) {
            return new Delivered(
                    event.isAfter(other.event) ? event : other.event,
                    commit.isAfter(other.commit) ? commit : other.commit);
        }

        /** What the slot stands beyond is not there: it was never told to pass over a change that is not. */
        boolean reaches(Lsn slot) {
            return !slot.isAfter(commit) || !slot.isAfter(event);
        }
    }

    /**
     * The source's side of it.
     *
     * @param leftTimeline where its history left the timeline of the evidence; empty when it never was on it
     * @param tables members of the evidence that the source has still, as {@code schema.table}
     */
    record Source(
            ServerIdentity identity,
            Optional<Lsn> leftTimeline,
            Optional<ReplicationSlot.Status> slot,
            Optional<PublicationState> publication,
            Set<String> tables) {

        boolean hasSlotBeyond(Optional<Stored> offset) {
            return offset.isPresent() && slot.filter(offset.get()::isBefore).isPresent();
        }
    }
}
