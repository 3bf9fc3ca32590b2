package io.caravan.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Differences that someone made in the target are found by their keys and mended, while the source is written to. */
class RepairIT {
    /** Rows that no writer of {@link Load} touches, and tables of values that are easily spoilt on the way. */
    private static final String QUIET = """
            insert into item (id, name, notes)
            select n, 'quiet ' || n, (select string_agg(md5(n::text || m), '') from generate_series(1, 200) m)
            from generate_series(5001, 5010) n;
            insert into "Order Line" select 9001, n, 5001, n from generate_series(1, 5) n;
            insert into journal select '2020-01-01', 'quiet', -5 from generate_series(1, 5);
            create table curious (
                "my ""key" char(5) collate "C",
                day date,
                id integer generated always as identity,
                bytes bytea, doc jsonb, words text[], code text unique, price numeric, ip inet,
                twice numeric generated always as (price * 2) stored,
                primary key ("my ""key", day)
            );
            insert into curious ("my ""key", day, bytes, doc, words, code, price, ip)
            select 'k,' || n, '2025-02-28 BC', '\\x00ff', '{"a": "b\\"c"}', array['x, y', null, '{'], 'code ' || n, 1.10, '10.0.0.1'
            from generate_series(1, 20) n;
            create table many (id integer primary key, word text);
            insert into many select n, 'word' from generate_series(1, 12000) n""";

    /**
     * All but the one that is truncated again and again: TRUNCATE respects no older snapshot, so one that comes between the
     * snapshot and the reading leaves nothing to be compared.
     */
    private static final List<String> NEVER_TRUNCATED = List.of(
            "public.item", "public.Order Line", "public.account", "public.journal", "public.curious", "public.many");

    @RegisterExtension
    static final Streaming PIPELINE = new Streaming(QUIET);

    @Test
    void differencesOfEachKindAreFoundByTheirKeysAndMendedWhileWritersRun() throws Exception {
        try (Load load = Load.start(PIPELINE.source())) {
            makeDifferences();

            JsonNode found = verify(1, tables());

            assertThat(found.get("atBarrier").asBoolean()).isTrue();
            assertThat(differences(found))
                    .containsExactlyInAnyOrder(
                            "public.item MISSING_IN_TARGET (5001)",
                            "public.item DIFFERENT (5002)",
                            "public.item SURPLUS_IN_TARGET (7777)",
                            "public.Order Line MISSING_IN_TARGET (9001,1)",
                            "public.Order Line DIFFERENT (9001,2)",
                            "public.Order Line SURPLUS_IN_TARGET (9001,77)",
                            "public.curious DIFFERENT (\"k,1  \",\"2025-02-28 BC\")",
                            "public.curious DIFFERENT (\"k,2  \",\"2025-02-28 BC\")",
                            "public.curious MISSING_IN_TARGET (\"k,3  \",\"2025-02-28 BC\")",
                            "public.journal MISSING_IN_TARGET",
                            "public.journal SURPLUS_IN_TARGET");

            JsonNode mended = verify(0, tables("--repair"));

            assertThat(mended.get("equal").asBoolean()).isTrue();
            assertThat(repaired(mended))
                    .containsExactlyInAnyOrder(
                            "public.item 3", "public.Order Line 3", "public.curious 3", "public.journal 5");
            assertThat(load.stop()).isGreaterThan(20);
        }

        PIPELINE.databases().awaitEqual();
        assertThat(verify(0, "--live").get("equal").asBoolean()).isTrue();
        assertThat(PIPELINE.letters()).isEqualTo("0");
    }

    private static void makeDifferences() throws Exception {
        PIPELINE.target()
                .execute(
                        "set session_replication_role = replica; delete from item where id = 5001",
                        "update item set notes = notes || '.' where id = 5002",
                        "insert into item (id, name) values (7777, 'surplus')",
                        "delete from \"Order Line\" where \"order\" = 9001 and line = 1",
                        "update \"Order Line\" set amount = 0.01 where \"order\" = 9001 and line = 2",
                        "insert into \"Order Line\" values (9001, 77, null, 1)",
                        "delete from curious where code = 'code 3'",
                        "update curious set code = 'hold' where code = 'code 1'",
                        "update curious set code = 'code 1', price = 1.1 where code = 'code 2'",
                        "update curious set code = 'code 2', words = array['x, y', 'null', '{'] where code = 'hold'",
                        "delete from journal where ctid = (select ctid from journal where n = -5 limit 1)",
                        "update journal set what = 'changed' where ctid = (select ctid from journal where n = -5 limit 1)",
                        "insert into journal select * from journal where what = 'changed'",
                        "insert into journal values ('2021-01-01', 'surplus', -5)");
    }

    @Test
    void rowsThatAreWrittenToAllTheTimeAreNeitherOverwrittenNorOvertaken() throws Exception {
        Set<String> all = new TreeSet<>();
        try (Load load = Load.start(PIPELINE.source(), 100)) {
            for (int round = 0; round < 5; round++) {
                PIPELINE.target()
                        .execute(
                                mistakes("item", 100, "name = 'mistake'"),
                                mistakes("account", 200, "balance = balance + 1000, iban = 'mistake ' || id"),
                                "insert into journal select * from journal where n between 0 and 3 limit 3");

                JsonNode mended = verify(
                        0,
                        "--repair",
                        "--table",
                        "public.item",
                        "--table",
                        "public.account",
                        "--table",
                        "public.journal");

                assertThat(repaired(mended)).contains("public.journal 3");
                all.addAll(repaired(mended));
            }
            assertThat(load.stop()).isGreaterThan(20);
        }

        // A change that comes meanwhile brings its whole row and mends it, but not every time all of them.
        assertThat(all).anyMatch(each -> each.startsWith("public.account"));
        PIPELINE.databases().awaitEqual("public.(curious|many)");
    }

    /** In the first rows, each in a transaction of its own, or it could be in a deadlock with the apply step. */
    private static String mistakes(String table, int rows, String assignment) {
        return "do $$ begin for n in 1..%d loop update public.%s set %s where id = n; commit; end loop; end $$"
                .formatted(rows, table, assignment);
    }

    /** The writer that the repair waits for lets it go while the commit of another one is applied already, and seen by no snapshot. */
    @Test
    void aChangeThatNoSnapshotSeesYetIsNotOverwrittenWithTheRowBeforeIt() throws Exception {
        PIPELINE.target().execute("update curious set code = 'mistake' where code = 'code 9'");
        CompletableFuture<Void> waits;
        CompletableFuture<JsonNode> repair;
        try (Connection writer = PIPELINE.source().connect();
                AbsentStandby standby = AbsentStandby.of(PIPELINE.source())) {
            writer.setAutoCommit(false);
            writer.createStatement().execute("select pg_current_xact_id()");
            repair = CompletableFuture.supplyAsync(RepairIT::repairCurious);
            Await.until(Databases.LIMIT, () -> "no repair waits", () -> "t"
                    .equals(PIPELINE.source()
                            .query("select exists (select from pg_stat_activity"
                                    + " where pid <> pg_backend_pid() and query like '%mode = ''ExclusiveLock''%')")));
            waits = standby.commit("update curious set code = 'newer' where code = 'code 9'");
            String newer = "select count(*) from curious where code = 'newer'";
            PIPELINE.databases().awaitInTarget(newer, "1", Databases.LIMIT);

            writer.rollback();

            assertThat(repair).failsWithin(Duration.ofSeconds(3)).withThrowableOfType(TimeoutException.class);
            assertThat(PIPELINE.target().query(newer)).isEqualTo("1");
        }
        waits.get(Streaming.LIMIT.toSeconds(), TimeUnit.SECONDS);

        assertThat(repair.get(Streaming.LIMIT.toSeconds(), TimeUnit.SECONDS)
                        .get("equal")
                        .asBoolean())
                .isTrue();
        PIPELINE.databases().awaitEqual();
    }

    private static JsonNode repairCurious() {
        try {
            return verify(0, "--repair", "--table", "public.curious");
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void whatCannotBeMendedRowByRowSaysWhatToDoAndIsLeftAsItIs() throws Exception {
        PIPELINE.target()
                .execute(
                        "update many set word = 'other'",
                        "alter table scratch add constraint short check (length(word) < 10)");
        PIPELINE.source().execute("insert into scratch (word) values ('longer than ten')");
        PIPELINE.databases()
                .awaitInTarget(
                        "select count(*) from caravan.dead_letter where state = 'rejected'", "1", Databases.LIMIT);

        JsonNode refused = verify(1, "--repair", "--table", "public.many", "--table", "public.scratch");

        assertThat(refused.toString())
                .contains("More than 10000 rows", "'resync public.many'")
                .contains("Dead letters of it wait. Replay or discard them first");
        assertThat(PIPELINE.target().query("select count(*) from many where word <> 'other'"))
                .isEqualTo("0");
        PIPELINE.target().execute("alter table scratch drop constraint short");
        for (String table : new String[] {"many", "scratch"}) {
            PIPELINE.caravan().post("/api/tables/public." + table + "/resync");
        }
        verify(0);
    }

    private static String[] tables(String... options) {
        List<String> all = new ArrayList<>(List.of(options));
        NEVER_TRUNCATED.forEach(table -> all.addAll(List.of("--table", table)));
        return all.toArray(new String[0]);
    }

    private static JsonNode verify(int exitCode, String... options) throws Exception {
        return PIPELINE.json(exitCode, "verify", options);
    }

    /** Table, kind and key; of a table without a key the kind alone, since its keys are hashes of the rows. */
    private static Set<String> differences(JsonNode report) {
        Set<String> differences = new TreeSet<>();
        report.get("tables").forEach(table -> table.get("examples").forEach(each -> {
            String key = each.get("key").asText();
            differences.add(name(table) + " " + each.get("kind").asText() + (key.startsWith("(") ? " " + key : ""));
        }));
        return differences;
    }

    private static Set<String> repaired(JsonNode report) {
        Set<String> repaired = new TreeSet<>();
        report.get("tables").forEach(table -> {
            if (table.get("repaired").asLong() > 0) {
                repaired.add(name(table) + " " + table.get("repaired").asLong());
            }
        });
        return repaired;
    }

    private static String name(JsonNode table) {
        return table.get("table").textValue(); // as in status
    }
}
