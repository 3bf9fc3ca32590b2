package io.caravan.change;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.caravan.postgres.Lsn;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CopySnapshotTest {
    private static final Lsn TAKEN = new Lsn(1000);

    @ParameterizedTest
    @CsvSource({
        "9, true", // before everything that ran
        "10, false", // still ran
        "11, true", // had ended among those that ran
        "14, false",
        "19, true",
        "20, false", // began afterwards
        "21, false"
    })
    void aTransactionIsSeenWhenItHadCommitted(long txId, boolean seen) {
        assertThat(CopySnapshot.parse("10:20:10,14", TAKEN).sees(txId)).isEqualTo(seen);
    }

    @ParameterizedTest
    @CsvSource({
        "4294967290, true", // before the wrap-around, and before the snapshot
        "4294967294, false", // ran
        "3, true",
        "5, false",
        "100, false"
    })
    void thirtyTwoBitsAreReadAsTheNearestTransaction(long txId, boolean seen) {
        CopySnapshot snapshot = CopySnapshot.parse("4294967292:4294967301:4294967294", TAKEN); // xmax is 2^32 + 5

        assertThat(snapshot.sees(txId)).isEqualTo(seen);
    }

    @Test
    void transactionsAfterTheWrapAroundAreNotSeenByASnapshotBeforeIt() {
        CopySnapshot snapshot = CopySnapshot.parse("4294967290:4294967294:", TAKEN);

        assertThat(snapshot.sees(3)).isFalse();
        assertThat(snapshot.sees(4294967293L)).isTrue();
        assertThat(snapshot.sees(4294967295L)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "10", "10:20", "10:20:1:2", "a:b:c", "10:20:1,,2"})
    void anythingElseIsNoSnapshot(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> CopySnapshot.parse(text, TAKEN));
    }

    @Test
    void eventsThatTheCopyHoldsAreSkippedAndTheOthersStay() {
        Batch batch = batch(event(0, 900, 11), event(1, 950, 10), event(2, 990, 19));

        assertThat(left(batch)).containsExactly(1L);
        assertThat(batch.isBeyond(CopySnapshot.parse("10:20:10,14", TAKEN))).isFalse();
    }

    @Test
    void theFirstEventBeyondTheCopyEndsTheFilterForGood() {
        // 11 is visible by its number, but comes after an event that committed after the snapshot: the number wrapped
        // around
        Batch batch = batch(event(0, 900, 11), event(1, 1001, 21), event(2, 1002, 11), event(3, 990, 11));

        assertThat(left(batch)).containsExactly(1L, 2L, 3L);
        assertThat(batch.isBeyond(CopySnapshot.parse("10:20:10,14", TAKEN))).isTrue();
    }

    @Test
    void anEventAtTheVeryPositionOfTheCopyIsJudgedByItsTransaction() {
        assertThat(left(batch(event(0, 1000, 11), event(1, 1000, 20)))).containsExactly(1L);
    }

    @Test
    void anUnknownEventIsNeverSkipped() {
        ChangeEvent unknown = new ChangeEvent(0, Op.UNKNOWN, null, null, null, false, Lsn.ZERO, 0, 0, new byte[0]);

        assertThat(left(batch(unknown))).containsExactly(0L);
    }

    private static List<Long> left(Batch batch) {
        return batch.withoutThoseIn(CopySnapshot.parse("10:20:10,14", TAKEN)).events().stream()
                .map(ChangeEvent::offset)
                .toList();
    }

    private static Batch batch(ChangeEvent... events) {
        return new Batch(Events.TABLE, "t", 0, 100, List.of(events));
    }

    private static ChangeEvent event(long offset, long lsn, long txId) {
        return new ChangeEvent(offset, Op.TRUNCATE, null, null, null, false, new Lsn(lsn), txId, 0, new byte[0]);
    }
}
