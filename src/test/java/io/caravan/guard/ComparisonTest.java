package io.caravan.guard;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravan.guard.Observed.Delivered;
import io.caravan.guard.Observed.Source;
import io.caravan.guard.StoredOffsets.Stored;
import io.caravan.postgres.Lsn;
import io.caravan.postgres.PublicationState;
import io.caravan.postgres.ReplicationSlot;
import io.caravan.postgres.ServerIdentity;
import io.caravan.postgres.TableName;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Each way in which changes can get lost, told from what is there. */
class ComparisonTest {
    private static final TableName ORDERS = new TableName("public", "orders");
    private static final Evidence BEFORE = new Evidence(
            "77",
            5,
            3,
            "0/5000",
            "16400:900",
            "app",
            Map.of("public.orders", "table 16500", "public.items", "table 16501"),
            Map.of("t.public.orders", "id-1", "t.message", "id-2"),
            List.of("public.orders"),
            Map.of());

    private static final long OTHER_DATABASE = 6;

    private ServerIdentity identity = new ServerIdentity("77", 5, false, 3, Lsn.parse("0/6000"));
    private Optional<Lsn> leftTimeline = Optional.empty();
    private Optional<ReplicationSlot.Status> slot = Optional.of(slot("0/5000", "reserved", ""));
    private Optional<PublicationState> publication =
            Optional.of(new PublicationState("16400:900", "app", false, BEFORE.members(), List.of()));
    private Set<String> tables = Set.of("public.orders");
    private @Nullable Map<String, String> topics = BEFORE.topics();
    private Map<String, Lsn> applied = Map.of("t.public.orders", Lsn.parse("0/6000"));
    private boolean offsetIsTold = true;
    private Optional<Stored> offset = Optional.of(new Stored(Lsn.parse("0/5000"), Lsn.parse("0/5100"), 3, true));
    private @Nullable Delivered delivered = new Delivered(Lsn.parse("0/5000"), Lsn.parse("0/5080"));

    private static ReplicationSlot.Status slot(String confirmed, String walStatus, String invalidation) {
        return new ReplicationSlot.Status(
                "db", "pgoutput", 0, "", Lsn.parse(confirmed), walStatus, 0, 0, null, invalidation);
    }

    private List<Gap> gaps() {
        return Comparison.of(
                BEFORE,
                new Observed(
                        new Source(identity, leftTimeline, slot, publication, tables),
                        List.of(ORDERS),
                        applied,
                        topics,
                        offsetIsTold,
                        offset,
                        delivered),
                "pub",
                new ReplicationSlot("slot"),
                table -> "t." + table);
    }

    private void expect(String table, String text) {
        assertThat(gaps()).singleElement().satisfies(gap -> {
            assertThat(gap.table()).isEqualTo(table);
            assertThat(gap.message())
                    .contains(text)
                    .contains(table.isEmpty() ? "reset --target-data" : "resync " + table);
        });
    }

    @Test
    void nothingWasChanged() {
        assertThat(gaps()).isEmpty();
    }

    /** A start that has just found its tables, or a table that has just come back: its topic was not asked for. */
    @Test
    void aTableThatWasNotKnownAtTheLookHasNoGap() {
        List<Gap> gaps = Comparison.of(
                BEFORE,
                new Observed(null, List.of(), Map.of(), Map.of("t.message", "id-2"), false, Optional.empty(), null),
                "pub",
                new ReplicationSlot("slot"),
                table -> "t." + table);

        assertThat(gaps).isEmpty();
    }

    @Test
    void aPartThatDoesNotAnswerIsNoGap() {
        List<Gap> gaps = Comparison.of(
                BEFORE,
                new Observed(null, List.of(ORDERS), applied, null, false, Optional.empty(), null),
                "pub",
                new ReplicationSlot("slot"),
                TableName::toString);
        assertThat(gaps).isEmpty();
    }

    /** Else a Kafka Connect that is away for a moment would cost a copy of everything. */
    @Test
    void anOffsetThatKafkaConnectDoesNotTellIsNotTakenForALostOne() {
        offsetIsTold = false;
        offset = Optional.empty();
        slot = Optional.of(slot("0/5081", "reserved", ""));
        assertThat(gaps()).isEmpty();
    }

    @Test
    void aChangeFromBeyondTheSourcesWalIsNoneOfThisSource() {
        applied = Map.of("t.public.orders", Lsn.parse("0/6001"), "t.public.others", Lsn.parse("0/9000"));
        expect("public.orders", "has a change that was committed at 0/6001, and the source's WAL ends at 0/6000");
    }

    /** Its WAL is behind for a while. */
    @Test
    void ofAStandbyThatIsNotPromotedYetNothingIsConcluded() {
        identity = new ServerIdentity("77", 5, true, 0, Lsn.parse("0/5500"));
        assertThat(gaps()).isEmpty();
    }

    @Test
    void aSlotThatIsGone() {
        slot = Optional.empty();
        expect("", "Replication slot slot is gone");
    }

    @Test
    void aSlotThatWasInvalidated() {
        slot = Optional.of(slot("0/5000", "lost", "wal_removed"));
        expect("", "was invalidated (wal_removed)");
    }

    @Test
    void aSlotThatWasMadeAnewOrMoved() {
        slot = Optional.of(slot("0/5101", "reserved", ""));
        expect("", "stands at 0/5101, beyond what the connector has delivered (0/5100)");
    }

    /** A worker of Kafka Connect that was thought dead came back and stored what it knew. */
    @Test
    void anOlderOffsetIsNoGapWhenAllThatTheSlotHasLetGoOfLiesInTheTopics() {
        slot = Optional.of(slot("0/5101", "reserved", ""));
        delivered = new Delivered(Lsn.parse("0/5090"), Lsn.parse("0/5101"));
        assertThat(gaps()).isEmpty();

        delivered = null;
        expect("", "stands at 0/5101");
    }

    @Test
    void aSlotAtTheFarthestPositionOfTheOffsetIsWhereItShouldBe() {
        slot = Optional.of(slot("0/5100", "reserved", ""));
        assertThat(gaps()).isEmpty();
    }

    @Test
    void anOffsetThatTheTopicsDoNotReach() {
        offset = Optional.of(new Stored(Lsn.parse("0/5001"), Lsn.parse("0/5001"), 3, true));
        expect("", "The connector's stored offset is 0/5001, beyond all");
    }

    /** The connector refuses it, and begins where the slot stands. */
    @Test
    void anOffsetThatSomeoneSetIsAsGoodAsLost() {
        offset = Optional.of(new Stored(Lsn.parse("0/9000"), Lsn.parse("0/9000"), 3, false));
        slot = Optional.of(slot("0/5080", "reserved", ""));
        assertThat(gaps()).isEmpty();
        slot = Optional.of(slot("0/5081", "reserved", ""));
        expect("", "The connector's stored offset was set by someone");
    }

    @Test
    void anOffsetThatIsLostAndASlotBeyondWhatWasDelivered() {
        offset = Optional.empty();
        slot = Optional.of(slot("0/5081", "reserved", ""));
        expect("", "The connector's stored offset is lost");
    }

    @Test
    void anOffsetThatIsLostWhereTheSlotBringsAgainWhatIsMissing() {
        offset = Optional.empty();
        slot = Optional.of(slot("0/5080", "reserved", ""));
        assertThat(gaps()).isEmpty();
    }

    @Test
    void aConnectorThatHasDeliveredNothingYetNeedsNoOffset() {
        offset = Optional.empty();
        delivered = Delivered.NOTHING;
        assertThat(gaps()).isEmpty();
    }

    @Test
    void anotherDatabaseOfTheServerIsAGap() {
        identity = new ServerIdentity("77", OTHER_DATABASE, false, 3, Lsn.parse("0/6000"));
        expect("", "another database than before, of the same server");
    }

    @Test
    void anotherServer() {
        identity = new ServerIdentity("78", 5, false, 3, Lsn.parse("0/6000"));
        expect("", "another server");
    }

    @Test
    void aBackupThatWasRestored() {
        identity = new ServerIdentity("77", 5, false, 3, Lsn.parse("0/4FFF"));
        expect("", "ends at 0/4FFF and was at 0/5000");
    }

    @Test
    void aFailOverThatHasAllThatWasDeliveredGoesOn() {
        identity = new ServerIdentity("77", 5, false, 4, Lsn.parse("0/4000"));
        leftTimeline = Optional.of(Lsn.parse("0/5000"));
        assertThat(gaps()).isEmpty();
    }

    @Test
    void aFailOverThatLacksWhatWasDelivered() {
        identity = new ServerIdentity("77", 5, false, 4, Lsn.parse("0/6000"));
        leftTimeline = Optional.of(Lsn.parse("0/4FFF"));
        expect("", "from timeline 3 to 4 at 0/4FFF, but changes up to 0/5000");
    }

    /** While it runs the topics are not looked into, and what is applied can be behind. */
    @Test
    void aFailOverThatLacksWhatTheOffsetAloneTellsOf() {
        identity = new ServerIdentity("77", 5, false, 4, Lsn.parse("0/6000"));
        leftTimeline = Optional.of(Lsn.parse("0/4FFF"));
        delivered = null;
        expect("", "from timeline 3 to 4 at 0/4FFF, but changes up to 0/5000");
    }

    @Test
    void whatTheConnectorDeliveredFromTheNewTimelineIsNotMissingThere() {
        identity = new ServerIdentity("77", 5, false, 4, Lsn.parse("0/6000"));
        leftTimeline = Optional.of(Lsn.parse("0/4FFF"));
        offset = Optional.of(new Stored(Lsn.parse("0/5000"), Lsn.parse("0/5100"), 4, true));
        assertThat(gaps()).isEmpty();
    }

    @Test
    void aTimelineThatDoesNotDescendFromTheOneBefore() {
        identity = new ServerIdentity("77", 5, false, 4, Lsn.parse("0/6000"));
        expect("", "does not descend");
    }

    @Test
    void aPublicationThatWasDropped() {
        publication = Optional.empty();
        expect("", "Publication pub was dropped");
    }

    @Test
    void aPublicationWhoseOptionsWereChangedAndChangedBack() {
        publication = Optional.of(new PublicationState("16400:901", "app", false, BEFORE.members(), List.of()));
        expect("", "Publication pub was altered");
    }

    @Test
    void anotherOwnerOfThePublicationIsNoGap() {
        publication = Optional.of(new PublicationState("16400:901", "dba", false, BEFORE.members(), List.of()));
        assertThat(gaps()).isEmpty();
    }

    /** As DROP and CREATE PUBLICATION … FOR ALL TABLES leave it, of which no membership tells. */
    @Test
    void aPublicationThatWasMadeAnewUnderAnotherOwner() {
        publication = Optional.of(new PublicationState("16477:901", "dba", false, BEFORE.members(), List.of()));
        expect("", "Publication pub was altered, or dropped and made anew");
    }

    @Test
    void aPublicationThatGotAnotherOwnerAndLeavesOutOperations() {
        publication = Optional.of(new PublicationState("16400:901", "dba", true, BEFORE.members(), List.of()));
        expect("", "Publication pub was altered");
    }

    @Test
    void aTableThatWasTakenOutOfThePublication() {
        publication = Optional.of(new PublicationState("16400:900", "app", false, Map.of(), List.of()));
        expect("public.orders", "was taken out of publication pub;");
    }

    @Test
    void aTableThatWasDropped() {
        publication = Optional.of(new PublicationState("16400:900", "app", false, Map.of(), List.of()));
        tables = Set.of();
        expect("public.orders", "Table public.orders is gone from the source");
    }

    @Test
    void aTableThatWasTakenOutAndPutBack() {
        publication = Optional.of(
                new PublicationState("16400:900", "app", false, Map.of("public.orders", "table 16600"), List.of()));
        expect("public.orders", "was taken out of publication pub and put in again");
    }

    @Test
    void aTopicThatWasDeleted() {
        topics = Map.of("t.message", "id-2");
        expect("public.orders", "Topic t.public.orders was deleted;");
    }

    @Test
    void aTopicThatWasMadeAnew() {
        topics = Map.of("t.public.orders", "id-9");
        expect("public.orders", "Topic t.public.orders was deleted and made anew;");
    }

    @Test
    void aTableThatWasLeftOutForAWhileHasAGapOnceItIsBack() {
        Evidence without = BEFORE.withTables(List.of("public.items"));
        assertThat(without.gapList()).isEmpty();
        assertThat(without.withTables(List.of("public.items", "public.orders")).gapList())
                .singleElement()
                .satisfies(gap -> assertThat(gap.message()).contains("left out of the pipeline for a while"));
    }

    @Test
    void offsetsAreReadAsKafkaConnectTellsThem() throws Exception {
        String answer = """
                {"offsets":[{"partition":{"server":"ome"},"offset":{"lsn_proc":23000,"messageType":"UPDATE",
                "lsn_commit":24000,"lsn":23500,"timeline":2,"txId":771,"ts_usec":1790000000000000}}]}""";
        assertThat(ConnectOffsets.parse(answer)).contains(new Stored(new Lsn(23500), new Lsn(24000), 2, true));
        String sealed = answer.replace("\"txId\"", "\"commit\":24000,\"seal\":%d,\"txId\"");
        long seal = 31L * (31 * (31 * (31 * 23500 + 23000) + 24000) + 24000) + 2;
        assertThat(ConnectOffsets.parse(sealed.formatted(seal)))
                .contains(new Stored(new Lsn(23500), new Lsn(24000), 2, true));
        assertThat(ConnectOffsets.parse(sealed.formatted(seal).replace("\"lsn\":2", "\"lsn\":92")))
                .hasValueSatisfying(set -> assertThat(set.own()).isFalse());
        assertThat(ConnectOffsets.parse("{\"offsets\":[]}")).isEmpty();
    }
}
