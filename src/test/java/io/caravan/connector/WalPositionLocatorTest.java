package io.caravan.connector;

import static org.assertj.core.api.Assertions.assertThat;

import io.debezium.connector.postgresql.connection.Lsn;
import io.debezium.connector.postgresql.connection.ReplicationMessage.Operation;
import io.debezium.connector.postgresql.connection.TransactionMessage;
import io.debezium.connector.postgresql.connection.WalPositionLocator;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A connector that is killed anywhere in the stream goes on behind the last event that it has stored: no row twice, none left out. */
class WalPositionLocatorTest {
    /** What the slot sends. COMMIT and MESSAGE have the LSN of the record that follows theirs, the rows of a page one for all. */
    record Sent(long lsn, Operation op) {}

    private static final List<Sent> PAGE = List.of(
            new Sent(10, Operation.BEGIN),
            new Sent(10, Operation.INSERT),
            new Sent(10, Operation.INSERT),
            new Sent(10, Operation.INSERT),
            new Sent(20, Operation.INSERT),
            new Sent(20, Operation.INSERT),
            new Sent(40, Operation.COMMIT),
            new Sent(40, Operation.BEGIN),
            new Sent(40, Operation.UPDATE),
            new Sent(60, Operation.COMMIT));

    /** The COMMIT of another transaction was written just before the second page. */
    private static final List<Sent> COMMIT_WITH_THE_LSN_OF_A_PAGE =
            with(new Sent(5, Operation.BEGIN), new Sent(5, Operation.DELETE), new Sent(20, Operation.COMMIT));

    private static final List<Sent> MESSAGE_WITH_THE_LSN_OF_A_PAGE =
            with(new Sent(7, Operation.BEGIN), new Sent(10, Operation.MESSAGE), new Sent(15, Operation.COMMIT));

    private static List<Sent> with(Sent... before) {
        return Stream.concat(Stream.of(before), PAGE.stream()).toList();
    }

    static Stream<List<Sent>> streams() {
        return Stream.of(PAGE, COMMIT_WITH_THE_LSN_OF_A_PAGE, MESSAGE_WITH_THE_LSN_OF_A_PAGE);
    }

    @ParameterizedTest
    @MethodSource("streams")
    void goesOnBehindEveryEvent(List<Sent> stream) {
        for (int last = 0; last < stream.size(); last++) {
            assertGoesOnBehind(stream, last, 0);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
    void goesOnBehindEveryEventOfConcurrentTransactions(int seed) {
        for (int round = 0; round < 50; round++) {
            List<Sent> stream = stream(new Random(seed * 1000L + round));
            for (int last = 0; last < stream.size(); last++) {
                int lastOne = last;
                IntStream.rangeClosed(0, last)
                        .filter(i -> stream.get(i).op() == Operation.BEGIN
                                && stream.subList(i, lastOne + 1).stream().anyMatch(each -> isEvent(each.op())))
                        .forEach(confirmed -> assertGoesOnBehind(stream, lastOne, confirmed));
            }
        }
    }

    /** Killed between the tables of one TRUNCATE: the offset has its type, and the LSN of what came before it. */
    @Test
    void aTruncateOfSeveralTablesIsSentAgainAndNoRowBeforeIt() {
        List<Sent> stream = List.of(
                new Sent(20, Operation.BEGIN),
                new Sent(20, Operation.INSERT),
                new Sent(20, Operation.INSERT),
                new Sent(30, Operation.TRUNCATE),
                new Sent(50, Operation.COMMIT));
        WalPositionLocator locator = new WalPositionLocator(Lsn.valueOf(1L), Lsn.valueOf(20L), Operation.TRUNCATE, 1);

        Connector.search(locator, stream);

        assertThat(stream.stream()
                        .filter(each -> !locator.skipMessage(Lsn.valueOf(each.lsn())) && isEvent(each.op()))
                        .toList())
                .containsExactly(new Sent(30, Operation.TRUNCATE));
    }

    /** COMMIT sets Debezium's count to zero, also that of a transaction whose changes are left out. */
    @ParameterizedTest
    @ValueSource(ints = {11, 12, 13, 14})
    void isKilledAgainAndAgain(int seed) {
        for (int round = 0; round < 400; round++) {
            Random random = new Random(seed * 1000L + round);
            List<Sent> stream = stream(random);
            List<Sent> told = new Connector(stream).run(random);

            assertThat(told)
                    .as("seed %d, round %d: %s", seed, round, stream)
                    .isEqualTo(
                            stream.stream().filter(each -> isEvent(each.op())).toList());
        }
    }

    /** Keeps its offset as Debezium does (PostgresStreamingChangeEventSource.processReplicationMessages in 3.7.0). */
    private static final class Connector {
        private final List<Sent> stream;
        private final List<Sent> told = new ArrayList<>();
        private Sent last;
        private long lastCommit = 1;
        private Sent lastCounted;
        private long count;

        Connector(List<Sent> stream) {
            this.stream = stream;
        }

        List<Sent> run(Random random) {
            long all = stream.stream().filter(each -> isEvent(each.op())).count();
            while (told.size() < all) {
                int limit = told.size() + 1 + random.nextInt(3);
                long start = last == null ? 0 : last.lsn();
                List<Sent> first = sentFrom(start, stream);
                WalPositionLocator locator = last == null
                        ? new WalPositionLocator()
                        : new WalPositionLocator(Lsn.valueOf(lastCommit), Lsn.valueOf(last.lsn()), last.op(), count);
                List<Sent> second = first;
                if (last != null) {
                    search(locator, first);
                    second = sentFrom(locator.getLastEventStoredLsn().asLong(), stream);
                }
                tell(locator, second, limit);
            }
            return told;
        }

        private static void search(WalPositionLocator locator, List<Sent> sent) {
            for (Sent each : sent) {
                locator.skipMessage(Lsn.valueOf(each.lsn()));
                if (locator.resumeFromLsn(Lsn.valueOf(each.lsn()), new TransactionMessage(each.op(), 1, Instant.EPOCH))
                        .isPresent()) {
                    break;
                }
            }
            locator.enableFiltering();
        }

        private void tell(WalPositionLocator locator, List<Sent> sent, int limit) {
            for (Sent each : sent) {
                boolean skipped = locator.skipMessage(Lsn.valueOf(each.lsn()));
                if (each.op() == Operation.COMMIT) {
                    count = 0;
                    lastCommit = each.lsn();
                } else if (!skipped && isEvent(each.op())) {
                    if (isRow(each.op())) {
                        count = lastCounted != null && lastCounted.lsn() == each.lsn() ? count + 1 : 1;
                        lastCounted = each;
                    }
                    told.add(each);
                    last = each;
                    if (told.size() == limit) {
                        return; // killed
                    }
                }
            }
        }
    }

    /** Whole transactions, those that end behind the LSN. */
    private static List<Sent> sentFrom(long lsn, List<Sent> stream) {
        List<Sent> sent = new ArrayList<>();
        List<Sent> transaction = new ArrayList<>();
        for (Sent each : stream) {
            transaction.add(each);
            if (each.op() == Operation.COMMIT) {
                if (each.lsn() > lsn) {
                    sent.addAll(transaction);
                }
                transaction.clear();
            }
        }
        return sent;
    }

    private static boolean isEvent(Operation op) {
        return op != Operation.BEGIN && op != Operation.COMMIT;
    }

    /**
     * @param last the index of the last message whose offset was stored; only events have one
     * @param confirmed the index of the first message that the slot sends again
     */
    private static void assertGoesOnBehind(List<Sent> stream, int last, int confirmed) {
        Sent stored = stream.get(last);
        if (!isEvent(stored.op())) {
            return;
        }
        List<Sent> sent = stream.subList(0, last + 1);
        Lsn lastCommit = sent.stream()
                .filter(each -> each.op() == Operation.COMMIT)
                .reduce((a, b) -> b)
                .map(each -> Lsn.valueOf(each.lsn()))
                .orElse(Lsn.valueOf(1L));
        long processed = sent.stream()
                .filter(each -> each.lsn() == stored.lsn() && isRow(each.op()))
                .count();
        WalPositionLocator locator =
                new WalPositionLocator(lastCommit, Lsn.valueOf(stored.lsn()), stored.op(), processed);
        List<Sent> again = stream.subList(confirmed, stream.size());

        Connector.search(locator, again);
        List<Sent> told = new ArrayList<>();
        for (Sent each : sentFrom(locator.getLastEventStoredLsn().asLong(), again)) {
            boolean skipped = locator.skipMessage(Lsn.valueOf(each.lsn()));
            if (!skipped && isEvent(each.op())) {
                told.add(each);
            }
        }

        assertThat(told)
                .as("%s, sent from %d, stored %d", stream, confirmed, last)
                .isEqualTo(stream.subList(last + 1, stream.size()).stream()
                        .filter(each -> isEvent(each.op()))
                        .toList());
    }

    private static boolean isRow(Operation op) {
        return op == Operation.INSERT || op == Operation.UPDATE || op == Operation.DELETE;
    }

    /** Records of some transactions, mixed at random, told as PostgreSQL does it: transaction by transaction, as they commit. */
    private static List<Sent> stream(Random random) {
        int transactions = 2 + random.nextInt(4);
        List<List<Sent>> open = new ArrayList<>();
        List<List<Sent>> committed = new ArrayList<>();
        IntStream.range(0, transactions).forEach(i -> open.add(new ArrayList<>()));
        long lsn = 100;
        while (!open.isEmpty()) {
            List<Sent> one = open.get(random.nextInt(open.size()));
            long next = lsn + 8;
            if (!one.isEmpty() && random.nextInt(3) == 0) {
                one.add(new Sent(next, Operation.COMMIT));
                open.remove(one);
                committed.add(one);
            } else if (random.nextInt(6) == 0) {
                begin(one, next);
                one.add(new Sent(next, Operation.MESSAGE));
            } else {
                begin(one, lsn);
                Sent row = new Sent(lsn, random.nextBoolean() ? Operation.INSERT : Operation.UPDATE);
                IntStream.rangeClosed(0, random.nextInt(4)).forEach(i -> one.add(row));
            }
            lsn = next;
        }
        committed.sort(
                Comparator.comparingLong(each -> each.get(each.size() - 1).lsn()));
        return committed.stream().flatMap(List::stream).toList();
    }

    /** BEGIN is sent with the first change and has its LSN. */
    private static void begin(List<Sent> transaction, long lsn) {
        if (transaction.isEmpty()) {
            transaction.add(new Sent(lsn, Operation.BEGIN));
        }
    }
}
