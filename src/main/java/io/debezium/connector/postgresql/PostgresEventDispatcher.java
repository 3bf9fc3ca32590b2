package io.debezium.connector.postgresql;

import io.caravan.connector.RowEvents;
import io.caravan.connector.RowMessage;
import io.debezium.connector.base.ChangeEventQueue;
import io.debezium.connector.common.DebeziumHeaderProducer;
import io.debezium.connector.postgresql.connection.LogicalDecodingMessage;
import io.debezium.connector.postgresql.pipeline.txmetadata.PostgresTransactionMonitor;
import io.debezium.data.Envelope.Operation;
import io.debezium.heartbeat.Heartbeat;
import io.debezium.pipeline.DataChangeEvent;
import io.debezium.pipeline.EventDispatcher;
import io.debezium.pipeline.signal.SignalProcessor;
import io.debezium.pipeline.source.spi.EventMetadataProvider;
import io.debezium.pipeline.spi.ChangeEventCreator;
import io.debezium.pipeline.spi.ChangeRecordEmitter;
import io.debezium.pipeline.spi.OffsetContext;
import io.debezium.schema.DataCollectionFilters.DataCollectionFilter;
import io.debezium.schema.DataCollectionSchema;
import io.debezium.schema.DatabaseSchema;
import io.debezium.schema.SchemaNameAdjuster;
import io.debezium.spi.schema.DataCollectionId;
import io.debezium.spi.topic.TopicNamingStrategy;
import java.util.Objects;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.Nullable;

/**
 * Stands in for Debezium's class of the same name, between the decoder and the queue: a row's change becomes a record without
 * Debezium's structures, metrics and signals, which cost three quarters of the decoding thread's time
 * (decisions/capture.md). TRUNCATE and logical messages go Debezium's way.
 */
public class PostgresEventDispatcher<T extends DataCollectionId> extends EventDispatcher<PostgresPartition, T> {
    private final ChangeEventQueue<DataChangeEvent> queue;
    private final DataCollectionFilter<T> filter;
    private final TopicNamingStrategy<T> topics;
    private final LogicalDecodingMessageMonitor messages;
    private final LogicalDecodingMessageFilter messageFilter;
    private final RowEvents events;

    /** As PostgresConnectorTask calls it. */
    public PostgresEventDispatcher(
            PostgresConnectorConfig config,
            TopicNamingStrategy<T> topics,
            DatabaseSchema<T> schema,
            ChangeEventQueue<DataChangeEvent> queue,
            DataCollectionFilter<T> filter,
            ChangeEventCreator creator,
            InconsistentSchemaHandler<PostgresPartition, T> inconsistentSchemaHandler,
            EventMetadataProvider metadata,
            Heartbeat.ScheduledHeartbeat heartbeat,
            SchemaNameAdjuster names,
            SignalProcessor<PostgresPartition, PostgresOffsetContext> signals,
            DebeziumHeaderProducer headers) {
        super(
                config,
                topics,
                schema,
                queue,
                filter,
                creator,
                inconsistentSchemaHandler,
                heartbeat,
                names,
                new PostgresTransactionMonitor(
                        config,
                        metadata,
                        names,
                        record -> queue.enqueue(new DataChangeEvent(record)),
                        topics.transactionTopic()),
                signals,
                headers);
        this.queue = queue;
        this.filter = filter;
        this.topics = topics;
        this.messages = new LogicalDecodingMessageMonitor(config, record -> queue.enqueue(new DataChangeEvent(record)));
        this.messageFilter = config.getMessageFilter();
        this.events = new RowEvents(config);
    }

    @Override
    public boolean dispatchDataChangeEvent(
            PostgresPartition partition, T table, ChangeRecordEmitter<PostgresPartition> emitter)
            throws InterruptedException {
        RowMessage row = emitter instanceof PostgresChangeRecordEmitter change ? change.row() : null;
        if (row == null || !filter.isIncluded(table)) {
            return super.dispatchDataChangeEvent(partition, table, emitter);
        }
        PostgresOffsetContext offset = (PostgresOffsetContext) emitter.getOffset();
        for (SourceRecord record : events.of(row, offset.lsn().asLong(), target(table), offset::getOffset)) {
            queue.enqueue(new DataChangeEvent(record));
        }
        return true;
    }

    private RowEvents.Target target(T table) {
        return new RowEvents.Target() {
            @Override
            public String topic() {
                return topics.dataChangeTopic(table);
            }

            @Override
            public @Nullable Schema key() {
                return schemaOf(table).keySchema();
            }
        };
    }

    private DataCollectionSchema schemaOf(T table) {
        return Objects.requireNonNull(
                getSchema().schemaFor(table), () -> "No schema is known of table " + table + ", which is captured.");
    }

    /** As Debezium's own does it; Caravan's heartbeats and barriers come this way. */
    public void dispatchLogicalDecodingMessage(
            PostgresPartition partition, OffsetContext offset, Long decodedAt, LogicalDecodingMessage message)
            throws InterruptedException {
        if (messageFilter.isIncluded(message.getPrefix())) {
            messages.logicalDecodingMessageEvent(
                    partition, offset, decodedAt, message, transactionMonitor, getEventListener());
        } else {
            getEventListener().onFilteredEvent(partition, "message " + message.getPrefix(), Operation.MESSAGE);
        }
    }
}
