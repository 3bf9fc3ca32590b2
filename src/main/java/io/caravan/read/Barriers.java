package io.caravan.read;

import io.caravan.change.Place;
import java.sql.SQLException;
import org.apache.kafka.common.TopicPartition;

/** Events that the connector sends to every partition of a topic, since all of them have to be at one point when it is applied. */
@FunctionalInterface
public interface Barriers {
    /**
     * Whether the partition may go on with such an event; everything before it there has been applied. Asked again and again
     * until it may.
     *
     * @param offset of the event
     */
    boolean mayPass(TopicPartition partition, long offset, Place event) throws SQLException;
}
