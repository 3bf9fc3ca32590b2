package io.caravan.guard;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravan.guard.Observed.Delivered;
import io.caravan.guard.StoredOffsets.Stored;
import io.caravan.postgres.Lsn;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Whether slot, stored offset and topics still follow upon each other. */
class ComparisonOfOffsetsTest {
    private final SeenPipeline now = new SeenPipeline();

    @Test
    void aPartThatDoesNotAnswerIsNoGap() {
        List<Gap> gaps = SeenPipeline.gaps(
                new Observed(null, List.of(SeenPipeline.ORDERS), now.applied, null, false, Optional.empty(), null));
        assertThat(gaps).isEmpty();
    }

    /** Else a Kafka Connect that is away for a moment would cost a copy of everything. */
    @Test
    void anOffsetThatKafkaConnectDoesNotTellIsNotTakenForALostOne() {
        now.offsetIsTold = false;
        now.offset = Optional.empty();
        now.slot = Optional.of(SeenPipeline.slot("0/5081", "reserved", ""));
        assertThat(now.gaps()).isEmpty();
    }

    @Test
    void aSlotThatIsGone() {
        now.slot = Optional.empty();
        now.expectGap("", "Replication slot slot is gone");
    }

    @Test
    void aSlotThatWasInvalidated() {
        now.slot = Optional.of(SeenPipeline.slot("0/5000", "lost", "wal_removed"));
        now.expectGap("", "was invalidated (wal_removed)");
    }

    @Test
    void aSlotThatWasMadeAnewOrMoved() {
        now.slot = Optional.of(SeenPipeline.slot("0/5101", "reserved", ""));
        now.expectGap("", "stands at 0/5101, beyond what the connector has delivered (0/5100)");
    }

    /** A worker of Kafka Connect that was thought dead came back and stored what it knew. */
    @Test
    void anOlderOffsetIsNoGapWhenAllThatTheSlotHasLetGoOfLiesInTheTopics() {
        now.slot = Optional.of(SeenPipeline.slot("0/5101", "reserved", ""));
        now.delivered = new Delivered(Lsn.parse("0/5090"), Lsn.parse("0/5101"));
        assertThat(now.gaps()).isEmpty();

        now.delivered = null;
        now.expectGap("", "stands at 0/5101");
    }

    @Test
    void aSlotAtTheFarthestPositionOfTheOffsetIsWhereItShouldBe() {
        now.slot = Optional.of(SeenPipeline.slot("0/5100", "reserved", ""));
        assertThat(now.gaps()).isEmpty();
    }

    @Test
    void anOffsetThatTheTopicsDoNotReach() {
        now.offset = Optional.of(new Stored(Lsn.parse("0/5001"), Lsn.parse("0/5001"), 3, true));
        now.expectGap("", "The connector's stored offset is 0/5001, beyond all");
    }

    /** Its last record may have been what the offset tells of; and messages carry no rows. */
    @Test
    void aTopicOfMessagesThatIsGoneExplainsIt() {
        now.offset = Optional.of(new Stored(Lsn.parse("0/5001"), Lsn.parse("0/5001"), 3, true));
        now.topics = Map.of("t.public.orders", "id-1");
        assertThat(now.gaps()).isEmpty();
    }

    @Test
    void aTopicOfATableThatIsGoneExplainsIt() {
        now.offset = Optional.of(new Stored(Lsn.parse("0/5001"), Lsn.parse("0/5001"), 3, true));
        now.topics = Map.of("t.public.orders", "id-9", "t.message", "id-2");
        now.expectGap("public.orders", "was deleted and made anew");
    }

    @Test
    void whatWentWithTopicsStaysExplainedAndNothingBeyondIt() {
        now.before = now.before.withGone(Lsn.parse("0/5001"));
        now.offset = Optional.of(new Stored(Lsn.parse("0/5001"), Lsn.parse("0/5001"), 3, true));
        assertThat(now.gaps()).isEmpty();
        now.offset = Optional.of(new Stored(Lsn.parse("0/5002"), Lsn.parse("0/5002"), 3, true));
        now.expectGap("", "The connector's stored offset is 0/5002, beyond all");
    }

    /** The connector refuses it, and begins where the slot stands. */
    @Test
    void anOffsetThatSomeoneSetIsAsGoodAsLost() {
        now.offset = Optional.of(new Stored(Lsn.parse("0/9000"), Lsn.parse("0/9000"), 3, false));
        now.slot = Optional.of(SeenPipeline.slot("0/5080", "reserved", ""));
        assertThat(now.gaps()).isEmpty();
        now.slot = Optional.of(SeenPipeline.slot("0/5081", "reserved", ""));
        now.expectGap("", "The connector's stored offset was set by someone");
    }

    @Test
    void anOffsetThatIsLostAndASlotBeyondWhatWasDelivered() {
        now.offset = Optional.empty();
        now.slot = Optional.of(SeenPipeline.slot("0/5081", "reserved", ""));
        now.expectGap("", "The connector's stored offset is lost");
    }

    @Test
    void anOffsetThatIsLostWhereTheSlotBringsAgainWhatIsMissing() {
        now.offset = Optional.empty();
        now.slot = Optional.of(SeenPipeline.slot("0/5080", "reserved", ""));
        assertThat(now.gaps()).isEmpty();
    }

    @Test
    void aConnectorThatHasDeliveredNothingYetNeedsNoOffset() {
        now.offset = Optional.empty();
        now.delivered = Delivered.NOTHING;
        assertThat(now.gaps()).isEmpty();
    }
}
