package io.caravan.guard;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravan.guard.StoredOffsets.Stored;
import io.caravan.postgres.Lsn;
import io.caravan.postgres.ServerIdentity;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Whether the source is still the server and the database that it was, with all that was delivered from it. */
class ComparisonOfServersTest {
    private static final long OTHER_DATABASE = 6;

    private final SeenPipeline now = new SeenPipeline();

    @Test
    void aChangeFromBeyondTheSourcesWalIsNoneOfThisSource() {
        now.applied = Map.of("t.public.orders", Lsn.parse("0/6001"), "t.public.others", Lsn.parse("0/9000"));
        now.expectGap(
                "public.orders", "has a change that was committed at 0/6001, and the source's WAL ends at 0/6000");
    }

    /** Its WAL is behind for a while. */
    @Test
    void ofAStandbyThatIsNotPromotedYetNothingIsConcluded() {
        now.identity = new ServerIdentity("77", 5, true, 0, Lsn.parse("0/5500"));
        assertThat(now.gaps()).isEmpty();
    }

    @Test
    void anotherDatabaseOfTheServerIsAGap() {
        now.identity = new ServerIdentity("77", OTHER_DATABASE, false, 3, Lsn.parse("0/6000"));
        now.expectGap("", "another database than before, of the same server");
    }

    @Test
    void anotherServer() {
        now.identity = new ServerIdentity("78", 5, false, 3, Lsn.parse("0/6000"));
        now.expectGap("", "another server");
    }

    @Test
    void aBackupThatWasRestored() {
        now.identity = new ServerIdentity("77", 5, false, 3, Lsn.parse("0/4FFF"));
        now.expectGap("", "ends at 0/4FFF and was at 0/5000");
    }

    @Test
    void aFailOverThatHasAllThatWasDeliveredGoesOn() {
        now.identity = new ServerIdentity("77", 5, false, 4, Lsn.parse("0/4000"));
        now.leftTimeline = Optional.of(Lsn.parse("0/5000"));
        assertThat(now.gaps()).isEmpty();
    }

    @Test
    void aFailOverThatLacksWhatWasDelivered() {
        now.identity = new ServerIdentity("77", 5, false, 4, Lsn.parse("0/6000"));
        now.leftTimeline = Optional.of(Lsn.parse("0/4FFF"));
        now.expectGap("", "from timeline 3 to 4 at 0/4FFF, but changes up to 0/5000");
    }

    /** While it runs the topics are not looked into, and what is applied can be behind. */
    @Test
    void aFailOverThatLacksWhatTheOffsetAloneTellsOf() {
        now.identity = new ServerIdentity("77", 5, false, 4, Lsn.parse("0/6000"));
        now.leftTimeline = Optional.of(Lsn.parse("0/4FFF"));
        now.delivered = null;
        now.expectGap("", "from timeline 3 to 4 at 0/4FFF, but changes up to 0/5000");
    }

    @Test
    void whatTheConnectorDeliveredFromTheNewTimelineIsNotMissingThere() {
        now.identity = new ServerIdentity("77", 5, false, 4, Lsn.parse("0/6000"));
        now.leftTimeline = Optional.of(Lsn.parse("0/4FFF"));
        now.offset = Optional.of(new Stored(Lsn.parse("0/5000"), Lsn.parse("0/5100"), 4, true));
        assertThat(now.gaps()).isEmpty();
    }

    @Test
    void aTimelineThatDoesNotDescendFromTheOneBefore() {
        now.identity = new ServerIdentity("77", 5, false, 4, Lsn.parse("0/6000"));
        now.expectGap("", "does not descend");
    }
}
