package io.caravan.cutover;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.caravan.Servers;
import io.caravan.Sql;
import io.caravan.cutover.PipelineEnding.WayBack;
import io.caravan.postgres.Database;
import io.caravan.postgres.Lsn;
import io.caravan.postgres.SessionLock;
import io.caravan.postgres.TableName;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The order of the checks, beside a writer that comes while the databases are compared. */
class CutoverChecksIT {
    /** Whoever writes here began before, and is not done. */
    private static final long WINDOW_MILLIS = 100;

    private final Database source = Servers.create("source", "left_source");
    private final Database target = Servers.create("target", "left_target");
    private final NotedEnding noted = new NotedEnding();

    private long end = 1;
    private boolean compared;
    private boolean reversed;
    private @Nullable Connection writer;

    CutoverChecksIT() throws SQLException {}

    @AfterEach
    void endWriter() throws SQLException {
        if (writer != null) {
            writer.close();
        }
    }

    @Test
    void aTransactionThatBeganWhileTheDatabasesWereComparedKeepsItFromBeingReady() throws Exception {
        assertKeptFromBeingReady(cutover(this::write).run(false, true));
    }

    /** After the first look for one. */
    @Test
    void oneThatBeganWhileTheWayBackWasMadeDoesSoToo() throws Exception {
        noted.whileTheWayBackIsMade = this::write;

        assertKeptFromBeingReady(cutover(() -> {}).run(true, true));
    }

    /** And was committed before anybody looked for it. */
    @Test
    void whatWasCommittedWhileTheDatabasesWereComparedDoesSoToo() throws Exception {
        CutoverReport report = cutover(() -> end++).run(false, true);

        assertThat(report.state()).isEqualTo("not-ready");
        assertThat(report.checks()).last().satisfies(check -> {
            assertThat(check.name()).isEqualTo("still");
            assertThat(check.details()).containsExactly("sale");
        });
    }

    /** And was not there when the comparison began. */
    @Test
    void aTableThatWasMadeWhileTheDatabasesWereComparedDoesSoToo() throws Exception {
        Cutover cutover = cutover(() -> noted.unfollowed = List.of("Table public.refund was made"));

        CutoverReport report = cutover.run(false, true);

        assertThat(report.state()).isEqualTo("not-ready");
        assertThat(report.checks()).last().satisfies(check -> {
            assertThat(check.name()).isEqualTo("still");
            assertThat(check.details()).singleElement().asString().contains("Table public.refund was made");
        });
        assertThat(cutover.run(false, true).checks()).last().satisfies(check -> assertThat(check.name())
                .isEqualTo("tables"));
        assertThat(noted.finished).isFalse();
    }

    private void assertKeptFromBeingReady(CutoverReport report) {
        assertThat(report.state()).isEqualTo("not-ready");
        assertThat(report.checks())
                .filteredOn(check -> !check.done())
                .singleElement()
                .satisfies(check -> {
                    assertThat(check.name()).isEqualTo("still");
                    assertThat(check.details()).singleElement().asString().contains("application late shop");
                });
        assertThat(noted.ready).isFalse();
        assertThat(noted.finished).isFalse();
    }

    @Test
    void withoutOneItIsReadyAndFinished() throws Exception {
        CutoverReport report = cutover(() -> {}).run(true, true);

        assertThat(report.state()).isEqualTo("finished");
        assertThat(report.checks())
                .extracting(CutoverReport.Check::name)
                .doesNotHaveDuplicates()
                .contains("still", "reverse-slot", "finish");
        assertThat(noted.ready).isTrue();
        assertThat(noted.finished).isTrue();
    }

    @Test
    void whatWasReadyIsComparedAgainOnceTheSourceWasWrittenTo() throws Exception {
        noted.readyAt = Map.of("sale", end++);

        CutoverReport report = cutover(() -> compared = true).run(false, true);

        assertThat(compared).isTrue();
        assertThat(report.checks()).extracting(CutoverReport.Check::name).contains("verify");
    }

    /** Its changes are in no topic yet. */
    @Test
    void whatWasReadyIsReadyNoMoreWhileATransactionThatHasWrittenToTheSourceIsOpen() throws Exception {
        noted.readyAt = Map.of("sale", end);
        Cutover cutover = cutover(() -> {});
        write();

        CutoverReport report = cutover.run(false, true);

        assertThat(report.state()).isEqualTo("not-ready");
        assertThat(report.checks()).last().satisfies(check -> assertThat(check.name())
                .isEqualTo("writers"));
        assertThat(noted.finished).isFalse();
    }

    @Test
    void theWayBackIsMadeAlsoWhenAllWasReadyWithoutIt() throws Exception {
        noted.readyAt = Map.of("sale", end);
        noted.whileTheWayBackIsMade = () -> reversed = true;

        cutover(() -> {}).run(true, false);

        assertThat(reversed).isTrue();
    }

    /** Whoever moves then is not compared, and the slot has their changes. */
    @Test
    void theWayBackStaysAsItIsUntilTheSourceIsWrittenTo() throws Exception {
        Cutover cutover = cutover(() -> compared = true);
        assertThat(cutover.run(true, false).state()).isEqualTo("ready");
        noted.whileTheWayBackIsMade = () -> reversed = true;
        compared = false;

        assertThat(cutover.run(true, false).state()).isEqualTo("ready");

        assertThat(compared).isFalse();
        assertThat(reversed).isFalse();
    }

    /** Also when it is not asked for again: what was applied since would be told by the slot as a change of the target's. */
    @Test
    void theWayBackIsMadeAnewOnceTheSourceWasWrittenTo() throws Exception {
        Cutover cutover = cutover(() -> {});
        assertThat(cutover.run(true, false).state()).isEqualTo("ready");
        noted.whileTheWayBackIsMade = () -> reversed = true;
        end++;

        assertThat(cutover.run(false, true).state()).isEqualTo("finished");

        assertThat(reversed).isTrue();
    }

    /** By a cut-over that was cut off: what was applied since is in the slot that it left. */
    @Test
    void aWayBackThatWasOnlyBegunIsMadeAnewToo() throws Exception {
        noted.wayBack = WayBack.BEGUN;
        noted.whileTheWayBackIsMade = () -> reversed = true;

        assertThat(cutover(() -> {}).run(false, false).state()).isEqualTo("ready");

        assertThat(reversed).isTrue();
        assertThat(noted.wayBack).isEqualTo(WayBack.OPEN);
    }

    @Test
    void aWayBackThatWasLostSinceAllWasReadyIsTold() throws Exception {
        noted.readyAt = Map.of("sale", end);
        noted.wayBack = WayBack.LOST;

        assertThat(cutover(() -> {}).run(false, false).notes())
                .singleElement()
                .asString()
                .contains("The way back is lost");
    }

    @Test
    void oneIsUnderWayAtATime() throws Exception {
        try (SessionLock first = CutoverLock.take(target, "ome");
                SessionLock other = CutoverLock.take(target, "another")) {
            assertThat(first).isNotEqualTo(other);
            assertThatThrownBy(() -> CutoverLock.take(target, "ome"))
                    .hasMessageContaining("Another 'cutover' of pipeline ome is under way");
        }
    }

    @Test
    void aWayBackThatIsAskedForTooLateIsRefused() throws Exception {
        Cutover cutover = cutover(() -> {});
        assertThat(cutover.run(false, true).state()).isEqualTo("finished");

        CutoverReport report = cutover.run(true, true);

        assertThat(report.state()).isEqualTo("not-ready");
        assertThat(report.checks()).last().satisfies(check -> assertThat(check.name())
                .isEqualTo("reverse-slot"));
        assertThat(cutover.run(false, true).state()).isEqualTo("finished");
    }

    @Test
    void whatWasWrittenAfterTheLastLookIsToldBeforeItCanBeAccepted() throws Exception {
        noted.late = List.of("public.sale (1 change)");
        Cutover accepting = cutover(() -> {}, true);

        CutoverReport report = accepting.run(false, true);

        assertThat(report.state()).isEqualTo("not-ready");
        assertThat(report.checks()).last().satisfies(check -> {
            assertThat(check.name()).isEqualTo("late-writers");
            assertThat(check.details()).containsExactly("public.sale (1 change)");
        });
        assertThat(noted.finished).isFalse();
        report = accepting.run(false, true);
        assertThat(report.state()).isEqualTo("finished");
        assertThat(report.notes()).anyMatch(note -> note.contains("public.sale (1 change)"));
    }

    private void write() throws SQLException {
        writer = source.connect(Map.of("ApplicationName", "late shop"));
        writer.setAutoCommit(false);
        Sql.run(writer, "insert into public.sale values (1)");
    }

    private Cutover cutover(NotedEnding.Meanwhile meanwhile) throws SQLException {
        return cutover(meanwhile, false);
    }

    private Cutover cutover(NotedEnding.Meanwhile meanwhile, boolean acceptMissing) throws SQLException {
        Sql.run(source, "create table sale (id integer)");
        Sql.run(target, "create table sale (id integer)");
        PipelineStream stream = new PipelineStream() {
            @Override
            public List<String> problems() {
                return List.of();
            }

            @Override
            public Map<String, Long> ends() {
                return Map.of("sale", end);
            }

            @Override
            public Lsn lookedAt() {
                return Lsn.ZERO;
            }

            @Override
            public Optional<String> verify() throws Exception {
                meanwhile.happens();
                return Optional.empty();
            }
        };
        return new Cutover(
                stream, noted, source, target, List.of(new TableName("public", "sale")), acceptMissing, WINDOW_MILLIS);
    }
}
