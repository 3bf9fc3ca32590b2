package io.caravan.read;

import static io.caravan.read.FakeRoute.PARTITION;
import static io.caravan.read.FakeRoute.records;
import static org.assertj.core.api.Assertions.assertThat;

import io.caravan.change.Batch;
import io.caravan.postgres.TableName;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class ReadAheadTest {
    private final AtomicInteger reads = new AtomicInteger();
    private final ReadAhead ahead = new ReadAhead(this::read);

    @Test
    void whatWasBegunIsReadOnce() throws Exception {
        List<ConsumerRecord<byte[], byte[]>> records = records(PARTITION, 0, 10);
        ahead.begin(records);

        assertThat(ahead.take(List.copyOf(records))).isEqualTo(read(records));
        assertThat(ahead.take(records)).isNull();
        assertThat(reads.get()).isEqualTo(2); // one of them by this test
    }

    @Test
    void theNextBatchOfAPartitionDoesNotDriveOutTheOneWhoseTurnItIs() throws Exception {
        List<ConsumerRecord<byte[], byte[]>> first = records(PARTITION, 0, 10);
        List<ConsumerRecord<byte[], byte[]>> next = records(PARTITION, 10, 20);
        ahead.begin(first);
        ahead.begin(next);

        assertThat(ahead.take(first)).isNotNull();
        assertThat(ahead.take(next)).isNotNull();
    }

    @Test
    void aBatchThatIsCutAfterAGateLookedAtItIsReadAnew() throws Exception {
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>(records(PARTITION, 0, 10));
        ahead.keep(records, read(records));
        records.remove(9);

        assertThat(ahead.take(records)).isNull();
    }

    @Test
    void ofAPartitionThatIsClosedNothingIsKept() throws Exception {
        List<ConsumerRecord<byte[], byte[]>> records = records(PARTITION, 0, 10);
        List<ConsumerRecord<byte[], byte[]>> others = records(new TopicPartition("t", 1), 0, 10);
        ahead.begin(records);
        ahead.begin(others);
        ahead.forget(PARTITION);

        assertThat(ahead.take(records)).isNull();
        assertThat(ahead.take(others)).isNotNull();
    }

    @Test
    void onlyTheVerySameRecordsAreTaken() throws Exception {
        ahead.begin(records(PARTITION, 0, 10));
        assertThat(ahead.take(records(PARTITION, 0, 10))).isNull();

        List<ConsumerRecord<byte[], byte[]>> records = records(PARTITION, 0, 10);
        ahead.begin(records);
        assertThat(ahead.take(records.subList(0, 5))).isNull();
    }

    @Test
    void fewBatchesAreKeptHoweverManyPartitionsThereAre() throws Exception {
        List<List<ConsumerRecord<byte[], byte[]>>> all = java.util.stream.IntStream.range(0, 10)
                .mapToObj(n -> records(new TopicPartition("t", n), 0, 10))
                .toList();
        all.forEach(ahead::begin);

        int kept = 0;
        for (List<ConsumerRecord<byte[], byte[]>> each : all) {
            kept += ahead.take(each) == null ? 0 : 1;
        }
        assertThat(kept).isEqualTo(8);
    }

    @Test
    void aFailureIsLeftToTheRoute() throws Exception {
        ReadAhead failing = new ReadAhead(records -> {
            throw new IllegalArgumentException("no such table");
        });
        List<ConsumerRecord<byte[], byte[]>> records = records(PARTITION, 0, 10);
        failing.begin(records);

        assertThat(failing.take(records)).isNull();
    }

    private Batch read(List<ConsumerRecord<byte[], byte[]>> records) {
        reads.incrementAndGet();
        ConsumerRecord<byte[], byte[]> last = records.get(records.size() - 1);
        return new Batch(TableName.of("t"), last.topic(), last.partition(), last.offset() + 1, List.of());
    }
}
