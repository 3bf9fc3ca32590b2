package io.caravan.connector;

import java.util.Map;
import org.apache.kafka.connect.errors.ConnectException;
import org.jspecify.annotations.Nullable;

/**
 * A checksum in each offset over its positions. Kafka Connect's REST interface lets anyone set an offset; most take the stored one
 * and alter its LSN. Going on from a later position would leave changes out for good, and a moment later nothing shows it.
 * The same sum is in the guard (StoredOffsets.Stored), which then lets the connector begin where the slot stands.
 */
final class OffsetSeal {
    static final String KEY = "seal";

    private static final String[] POSITIONS = {"lsn", "lsn_proc", "lsn_commit", StreamPosition.COMMIT_KEY, Timeline.KEY
    };

    private OffsetSeal() {}

    static void put(Map<String, Object> offset) {
        offset.put(KEY, sum(offset));
    }

    /** Throws when someone else made the offset; null is none. Offsets of versions before the seal are told by their timeline. */
    static void require(@Nullable Map<String, ?> offset) {
        if (offset == null) {
            return;
        }
        boolean whole = offset.get(KEY) instanceof Number seal
                ? seal.longValue() == sum(offset)
                : offset.containsKey(Timeline.KEY);
        if (!whole) {
            throw new ConnectException(
                    "The stored offset " + offset + " was not made by this connector: someone set it.");
        }
    }

    private static long sum(Map<String, ?> offset) {
        long sum = 0;
        for (String position : POSITIONS) {
            sum = 31 * sum + (offset.get(position) instanceof Number number ? number.longValue() : 0);
        }
        return sum;
    }
}
