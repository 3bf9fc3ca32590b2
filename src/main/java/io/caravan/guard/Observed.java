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
 * @param delivered the farthest change that is applied or lies in a topic; asked for at a start only
 */
record Observed(
        @Nullable Source source,
        List<TableName> tables,
        @Nullable Map<String, String> topics,
        boolean offsetIsTold,
        Optional<Stored> offset,
        @Nullable Lsn delivered) {

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
            Set<String> tables) {}
}
