package io.caravan.connector;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.debezium.relational.RelationalChangeRecordEmitter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.utils.Utils;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.header.ConnectHeaders;
import org.apache.kafka.connect.header.Header;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.Nullable;

/**
 * Sends each event of a table to the partition of its key, where the table's topic has several. The same event goes to the same
 * partition each time that it is sent: only the setting and what the slot sends decide. When a key change moves a row to another
 * partition, it becomes a plain delete and a plain insert.
 *
 * <p>Some events must be applied when all partitions are at one point: a TRUNCATE, and a key change that keeps large values, which
 * only the old row in the target has. They go to every partition, with the header {@code caravan.barrier}; the reader applies the
 * one of partition 0.
 */
final class Partitioner {
    /** In the connector's configuration: JSON, of each topic the number of partitions and the columns of the key. */
    static final String SETTING = "caravan.partitioning";

    private static final String BARRIER = "caravan.barrier";
    private static final String NEW_KEY = RelationalChangeRecordEmitter.PK_UPDATE_NEWKEY_FIELD;
    private static final String OLD_KEY = RelationalChangeRecordEmitter.PK_UPDATE_OLDKEY_FIELD;

    private final Map<String, Topic> topics;
    private final PairOffsets pairs;

    /** The delete of a key change whose insert comes with the next records. */
    private @Nullable SourceRecord delete;

    private Partitioner(Map<String, Topic> topics, PairOffsets pairs) {
        this.topics = topics;
        this.pairs = pairs;
    }

    static Partitioner none(PairOffsets pairs) {
        return new Partitioner(Map.of(), pairs);
    }

    /** @param json as the setting has it; null and empty when no topic has several partitions */
    static Partitioner of(@Nullable String json, PairOffsets pairs) {
        if (json == null || json.isEmpty()) {
            return none(pairs);
        }
        try {
            Map<String, Topic> topics = new HashMap<>();
            new ObjectMapper()
                    .readValue(json, new TypeReference<Map<String, Setting>>() {})
                    .forEach((topic, setting) -> topics.put(topic, new Topic(setting)));
            return new Partitioner(topics, pairs);
        } catch (JsonProcessingException e) {
            throw new ConnectException("The connector's setting " + SETTING + " cannot be read: " + json, e);
        }
    }

    /** The records to send for these, which come in the order of the stream, with offsets that may be stored. */
    List<SourceRecord> of(List<SourceRecord> records) {
        List<SourceRecord> sent = new ArrayList<>(records.size());
        for (SourceRecord record : records) {
            Topic topic = topics.get(record.topic());
            if (topic == null) {
                // Debezium's own, a TRUNCATE or a message, would go anywhere in a topic that someone gave several
                // partitions.
                sent.add(pairs.of(record.kafkaPartition() == null ? to(0, record) : record));
            } else if (PairOffsets.isFirstOfTwo(record)) {
                delete = record;
            } else if (delete != null) {
                keyChange(topic, delete, record, sent);
                delete = null;
            } else if (record.value() instanceof RowChange change) {
                sent.add(to(topic.partition(change), pairs.of(record)));
            } else {
                barrier(topic, record, sent);
            }
        }
        return sent;
    }

    private void keyChange(Topic topic, SourceRecord before, SourceRecord after, List<SourceRecord> sent) {
        RowChange old = (RowChange) before.value();
        RowChange row = (RowChange) after.value();
        if (row.lacksUnchanged()) {
            for (int partition = 0; partition < topic.partitions; partition++) {
                sent.add(to(partition, pairs.ofMore(before), BARRIER));
            }
            barrier(topic, after, sent);
            return;
        }
        int from = topic.partition(old);
        int to = topic.partition(row);
        SourceRecord first = to(from, pairs.of(before));
        SourceRecord second = to(to, pairs.of(after));
        if (from != to) {
            first.headers().remove(NEW_KEY);
            second.headers().remove(OLD_KEY);
        }
        sent.add(first);
        sent.add(second);
    }

    private void barrier(Topic topic, SourceRecord record, List<SourceRecord> sent) {
        int last = topic.partitions - 1;
        for (int partition = 0; partition < last; partition++) {
            sent.add(to(partition, pairs.ofMore(record), BARRIER));
        }
        sent.add(to(last, pairs.of(record), BARRIER));
    }

    private static SourceRecord to(int partition, SourceRecord record, String... marks) {
        ConnectHeaders headers = new ConnectHeaders();
        for (Header header : record.headers()) {
            boolean isPosition = header.key().equals(StreamPosition.HEADER);
            headers.add(
                    header.key(),
                    isPosition ? StreamPosition.inPartition((byte[]) header.value(), partition) : header.value(),
                    header.schema());
        }
        for (String mark : marks) {
            headers.add(mark, null, null);
        }
        return record.newRecord(
                record.topic(),
                partition,
                record.keySchema(),
                record.key(),
                record.valueSchema(),
                record.value(),
                record.timestamp(),
                headers);
    }

    /** Of one topic, as the connector's configuration has it. */
    private record Setting(int partitions, List<String> columns) {}

    /** By which key the events of one topic go to how many partitions. */
    private static final class Topic {
        private final int partitions;
        private final List<String> columns;
        private @Nullable RowForm form;
        private int[] places = {};

        Topic(Setting setting) {
            this.partitions = setting.partitions;
            this.columns = setting.columns;
        }

        /** By the key; rows of a table that has lost a column of it, which stops the table, go to the first. */
        int partition(RowChange change) {
            if (change.form() != form) {
                form = change.form();
                places = columns.stream().mapToInt(form.columns()::indexOf).toArray();
            }
            for (int place : places) {
                if (place < 0) {
                    return 0;
                }
            }
            return Utils.toPositive(Utils.murmur2(change.identifying().bytes(places))) % partitions;
        }
    }
}
