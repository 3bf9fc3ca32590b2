/**
 * Step connector where there is no Kafka Connect ({@code caravan.capture=engine}): runs Debezium's task in this process, as
 * Kafka Connect would, and writes its events with its offset into Kafka.
 */
@NullMarked
package io.caravan.engine;

import org.jspecify.annotations.NullMarked;
