package io.caravan.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.sql.Connection;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A comparison says of no row more than it knows, keeps what it found, and leaves nothing behind when it is cut off. */
class VerifyIT {
    /** At 1 MiB a second the comparison of the second one takes 8 seconds. */
    private static final String LARGE = """
            create table many (id integer primary key, word text);
            insert into many select n, 'word' from generate_series(1, 12000) n;
            create table bulky (id integer primary key, body text);
            insert into bulky select n, repeat('x', 1000) from generate_series(1, 8000) n""";

    private static final String OPEN_SNAPSHOTS = "select exists (select from pg_stat_activity"
            + " where datname = current_database() and backend_type = 'client backend' and pid <> pg_backend_pid()"
            + " and state = 'idle in transaction' and backend_xmin is not null)";

    @RegisterExtension
    static final Streaming PIPELINE = new Streaming(LARGE).with("caravan.tables.watch-seconds", 1);

    /** Asked for by another process, and made when this one looks; here it has to wait for the table's line. */
    @Test
    void aTableThatIsToBeCopiedAgainIsNotSaidToDiffer() throws Exception {
        try (Connection line = PIPELINE.target().connect()) {
            line.setAutoCommit(false);
            line.createStatement()
                    .execute("select from caravan.ledger where topic = '"
                            + PIPELINE.scenario().topic("many") + "' for update");
            PIPELINE.target()
                    .execute(
                            "update caravan.bootstrap set step = 'resync' where table_name = 'public.many'",
                            "delete from many where id <= 10");

            assertThat(verify(1, "--table", "public.many", "--table", "public.account")
                            .toString())
                    .contains("Table public.many is being copied, or is about to be")
                    .doesNotContain("public.account is", "MISSING_IN_TARGET");
        }

        PIPELINE.databases().awaitEqual();
        verify(0);
    }

    @Test
    void howFarTheTargetWasEqualIsRemembered() throws Exception {
        verify(0, "--table", "public.many");
        String through = "select verified_through from caravan.verification where table_name = 'public.many'"
                + " order by id desc limit 1";
        String before = PIPELINE.target().query(through);
        PIPELINE.source().execute("insert into many values (0, 'new')");
        PIPELINE.databases().awaitInTarget("select word from many where id = 0", "new", Databases.LIMIT);
        PIPELINE.target().execute("delete from many where id = 0");

        verify(1, "--table", "public.many");
        assertThat(PIPELINE.target().query(through)).isEqualTo(before);

        verify(0, "--table", "public.many", "--repair");
        assertThat(PIPELINE.target().query("select '" + before + "'::pg_lsn < (" + through + ")"))
                .isEqualTo("t");
    }

    @Test
    void withoutAProcessNothingIsRepairedAndWhatIsOnlyOnItsWayIsNotKept() throws Exception {
        String kept = "select count(*) from caravan.verification where table_name = 'public.many'";
        PIPELINE.stop();
        assertThat(PIPELINE.answer(1, "verify", "--repair"))
                .contains("No Caravan process of this pipeline is running. Start it with 'run'");
        PIPELINE.source().execute("insert into many values (-3, 'on its way')");
        String before = PIPELINE.target().query(kept);

        assertThat(PIPELINE.answer(1, "verify", "--table", "many", "--table", "account"))
                .contains("missing in target (-3)", "which 'status' does not keep");

        assertThat(PIPELINE.target().query(kept)).isEqualTo(before);
        assertThat(PIPELINE.answer(1, "status")).doesNotContain("DIFFERENT", "found differences");
        PIPELINE.start();
    }

    /** The one of the start, which after the large table waits for 8 seconds with a snapshot of either side open. */
    @Test
    void aKillWhileTheComparisonWaitsToKeepItsPaceLeavesNoSnapshotAndTheNextOneWorks() throws Exception {
        PIPELINE.stop();
        PIPELINE.folder().set("caravan.verify.mib-per-second", 1);
        CaravanProcess paced = PIPELINE.scenario().start();
        awaitSnapshots("t");
        PIPELINE.source().execute("insert into many values (-1, 'while it is compared')");
        PIPELINE.databases().awaitInTarget("select count(*) from many where id = -1", "1", Databases.LIMIT);
        assertThat(paced.isReady()).as("compared to the end").isFalse();

        paced.kill();

        awaitSnapshots("f");
        PIPELINE.folder().unset("caravan.verify.mib-per-second");
        PIPELINE.start();
        PIPELINE.source().execute("insert into many values (-2, 'after the kill')");
        PIPELINE.databases().awaitEqual();
        verify(0);
    }

    private static void awaitSnapshots(String open) {
        for (TestDatabase each : List.of(PIPELINE.source(), PIPELINE.target())) {
            Await.until(Databases.LIMIT, () -> "snapshots: " + open, () -> open.equals(each.query(OPEN_SNAPSHOTS)));
        }
    }

    private static JsonNode verify(int exitCode, String... options) throws Exception {
        return PIPELINE.json(exitCode, "verify", options);
    }
}
