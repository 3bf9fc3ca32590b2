package io.caravan.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravan.TestPostgres;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Databases that Caravan's authors did not have in mind. */
class OwnSchemaIT {
    private static final Path DEBIAN_15 = Path.of("/usr/lib/postgresql/15/bin");

    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"film-rental", "shipping"})
    void aSchemaOfYourOwnIsReplicatedByTheCatalogueCopier(String name) throws Exception {
        try (Scenario scenario = Scenario.create(directory, read(name))) {
            scenario.folder().set("caravan.tables.include", "*.*").set("caravan.schema", "catalog");
            CaravanProcess caravan = scenario.ready();
            assertThat(caravan.output()).contains("not carried: view");
            scenario.databases().awaitEqual();

            scenario.source().execute(read(name + "-changes"));

            scenario.databases().awaitEqual();
            CaravanProcess verify = scenario.folder().command("verify");
            assertThat(verify.exitCode()).as(verify.output()).isZero();
        }
    }

    /** Copied, streamed, compared, mended, copied again, cut off in that, and truncated, all of them through the root. */
    @Test
    void aTargetMayBePartitionedWhereTheSourceIsNot() throws Exception {
        String tables = """
                create table sale (day date, id integer, note text, primary key (day, id))%1$s;
                create table visit (day date, note text)%1$s;
                alter table visit replica identity full;
                """;
        try (Scenario scenario = Scenario.create(directory, tables.formatted("") + """
                insert into sale select '2026-01-01'::date + n, n, 'old' from generate_series(0, 50) n;
                insert into visit select day, note from sale""");
                ArmedCaravan caravan = startDivided(scenario, tables.formatted(" partition by range (day)"))) {
            scenario.source()
                    .execute(
                            "update sale set note = 'new' where id % 3 = 0",
                            "delete from visit where day < '2026-01-10'",
                            "insert into visit values ('2026-03-01', 'new'), ('2026-03-01', 'new')");
            awaitEqual(scenario);
            scenario.folder().answer(0, "verify");

            scenario.target()
                    .execute(
                            "update sale set note = 'someone' where id = 7",
                            "delete from visit where note = 'new'",
                            "insert into visit values ('2026-01-20', 'surplus')");
            assertThat(scenario.folder().answer(1, "verify")).contains("public.sale differs", "public.visit differs");
            scenario.folder().answer(0, "verify", "--repair");
            awaitEqual(scenario);

            killBeforeTheCopyCommits(scenario, caravan);
            scenario.ready();
            awaitEqual(scenario);
            scenario.folder().answer(0, "resync", "public.visit");
            awaitEqual(scenario);

            scenario.source().execute("truncate visit");
            awaitEqual(scenario);
            assertThat(scenario.target().query("select count(*) from visit")).isEqualTo("0");
        }
    }

    private static ArmedCaravan startDivided(Scenario scenario, String tables) throws Exception {
        scenario.target().execute(tables + """
                create table sale_january partition of sale for values from ('2026-01-01') to ('2026-02-01');
                create table sale_later partition of sale default;
                create table visit_all partition of visit default""");
        ArmedCaravan caravan = ArmedCaravan.start(scenario.folder().set("caravan.schema", "existing"));
        caravan.process().awaitReady();
        return caravan;
    }

    /** The rows of all partitions are deleted by then, and those of the copy written. */
    private static void killBeforeTheCopyCommits(Scenario scenario, ArmedCaravan caravan) throws Exception {
        scenario.target().execute("update sale set note = 'mistake' where id in (7, 40)"); // one in each partition
        caravan.arm(CrashPoint.COPY_OF_ONE_TABLE_BEFORE_COMMIT, true);
        CompletableFuture<String> copy =
                CompletableFuture.supplyAsync(() -> caravan.process().post("/api/tables/public.sale/resync"));
        caravan.awaitPoint();
        assertThat(copy).failsWithin(Duration.ofMinutes(1));
        assertThat(scenario.target()
                        .query("select count(*) || ' ' || count(*) filter (where note = 'mistake') from sale"))
                .isEqualTo("51 2");
    }

    /** Read through the roots, since the partitions are the target's alone. */
    private static void awaitEqual(Scenario scenario) throws Exception {
        String rows = "select string_agg(r, ',' order by r) from"
                + " (select 'sale' || s::text from sale s union all select 'visit' || v::text from visit v) t(r)";
        scenario.databases().awaitInTarget(rows, scenario.source().query(rows), Duration.ofMinutes(1));
    }

    @Test
    void theInitFileIsLoadedIntoTheEmbeddedSource() throws Exception {
        CaravanFolder folder = CaravanFolder.create(directory)
                .set("caravan.embedded.init", "film rental.sql")
                .set("caravan.tables.include", "*.*")
                .set("caravan.tables.exclude", "catalogue.film_actor");
        Files.writeString(directory.resolve("film rental.sql"), read("film-rental"));
        try (CaravanProcess caravan = folder.ready()) {
            caravan.databases().source().execute(read("film-rental-changes"));

            caravan.databases().awaitEqual("catalogue.film_actor");
            assertThat(caravan.databases().target().query("select to_regclass('catalogue.film_actor')"))
                    .isNull();
            assertThat(caravan.terminate()).isZero();
        }
    }

    @Test
    void twoServersOfDebianGetTheWholeSchemaByPgDump() throws Exception {
        Assumptions.assumeTrue(
                Files.isExecutable(DEBIAN_15.resolve("postgres")), "Debian's PostgreSQL 15 is not installed");
        try (TestPostgres first = TestPostgres.start(DEBIAN_15);
                TestPostgres second = TestPostgres.start(DEBIAN_15)) {
            TestDatabase source =
                    TestDatabase.ofAddress(first.create("source", "rental").url());
            TestDatabase target =
                    TestDatabase.ofAddress(second.create("target", "rental").url());
            source.execute(read("film-rental"));
            CaravanFolder folder = CaravanFolder.create(directory)
                    .set("caravan.embedded", "kafka,connect")
                    .set("caravan.source.url", source.url())
                    .set("caravan.target.url", target.url())
                    .set("caravan.tables.include", "*.*");
            try (CaravanProcess caravan = folder.ready()) {
                assertThat(caravan.output()).contains("schema by pg_dump");
                source.execute(read("film-rental-changes"));

                new Databases(source, target).awaitEqual();
                String views =
                        "select string_agg(relname, ',' order by relname) from pg_class where relkind in ('v', 'm')"
                                + " and relnamespace::regnamespace::text in ('catalogue', '\"Front Desk\"')";
                assertThat(target.query(views)).isEqualTo("by_rating,income");
                assertThat(target.query("select count(*) from pg_trigger where tgname = 'film_touch'"))
                        .isEqualTo("1");
                assertThat(caravan.terminate()).isZero();
            }
        }
    }

    private static String read(String name) throws IOException {
        try (InputStream in = Objects.requireNonNull(OwnSchemaIT.class.getResourceAsStream(name + ".sql"), name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
