package io.caravan.guard;

import com.fasterxml.jackson.databind.JsonNode;
import io.caravan.postgres.Lsn;
import io.caravan.postgres.ReplicationSlot;
import java.io.IOException;
import java.util.Optional;

/** Where the connector's offset is kept: how far it has delivered. */
@FunctionalInterface
public interface StoredOffsets {
    /**
     * Empty when the connector has none.
     *
     * @throws IOException when whoever keeps it does not tell
     */
    Optional<Stored> read() throws IOException, InterruptedException;

    /**
     * One stored offset.
     *
     * @param event position of the last event that was delivered
     * @param farthest nothing beyond it can have been confirmed to the slot: Debezium confirms one of the offset's positions
     *     after it was committed (PostgresStreamingChangeEventSource.commitOffset, 3.7.0)
     * @param timeline of the source that it was read on; nothing was, before that server was known to have all that had been
     *     delivered (connector.CaptureTask). 0 when it does not tell
     * @param own the connector made it; it refuses to begin at any other (connector.OffsetSeal)
     */
    record Stored(Lsn event, Lsn farthest, int timeline, boolean own) {
        /** There should be one, and is not. */
        static final Stored LOST = new Stored(Lsn.ZERO, Lsn.ZERO, 0, false);

        /** Whether the slot has let go of changes for which another offset was stored. */
        boolean isBefore(ReplicationSlot.Status slot) {
            return slot.confirmedFlush().isAfter(farthest);
        }

        /** As Debezium writes it; it has a member {@code lsn}. */
        static Stored of(JsonNode offset) {
            Lsn event = new Lsn(offset.path("lsn").asLong());
            Lsn farthest = event;
            for (String other : new String[] {"lsn_commit", "lsn_proc"}) {
                Lsn position = new Lsn(offset.path(other).asLong());
                farthest = position.isAfter(farthest) ? position : farthest;
            }
            long sum = 0;
            for (String sealed : new String[] {"lsn", "lsn_proc", "lsn_commit", "commit", "timeline"}) {
                sum = 31 * sum + offset.path(sealed).asLong();
            }
            boolean own =
                    offset.hasNonNull("seal") ? offset.path("seal").asLong() == sum : offset.hasNonNull("timeline");
            return new Stored(event, farthest, offset.path("timeline").asInt(), own);
        }
    }
}
