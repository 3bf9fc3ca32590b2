package io.caravan.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rows of 50 MB, with the memory that Caravan, Kafka and Kafka Connect have by default. Another size by {@code -Dcaravan.it.row-mib=n}. */
class LargeRowIT {
    private static final int MIB = Integer.getInteger("caravan.it.row-mib", 50);
    private static final String OPTIONS = "@"
            + Path.of(System.getProperty("caravan.home", ""), "scripts", "jvm.options")
                    .toAbsolutePath();
    private static final Duration LIMIT = Duration.ofMinutes(2);

    /**
     * Values that hardly compress, so that they are as large in the WAL and on every other part of the way: what is repeated lies
     * further apart than PostgreSQL's and Kafka's compression look back.
     */
    private static final String TABLES = """
            create table large (id integer primary key, t text, b bytea, n integer);
            create table bag (t text, n integer);
            alter table bag replica identity full;
            create function large_text(seed text, mib integer) returns text language sql as $$
                select repeat(string_agg(md5(seed || n), ''), mib) from generate_series(1, 32768) n $$;
            create function large_bytes(seed text, mib integer) returns bytea language sql as $$
                select decode(large_text(seed, 2 * mib), 'hex') $$""";

    /** Cheaper than a comparison of whole rows, whose text is twice as long for bytes. */
    private static final String ROWS = """
            select (select string_agg(concat_ws(' ', id, n, md5(t), md5(b)), ', ' order by id) from large) || ' bag '
                || (select coalesce(string_agg(md5(t) || ' ' || n, ', ' order by md5(t), n), '') from bag)""";

    /** Of the same rows what can be told without reading the values: asked for again and again while they are on their way. */
    private static final String SIZES = ROWS.replace("md5(", "octet_length(");

    @TempDir
    Path directory;

    @Test
    void rowsOf50MegabytesAreCopiedInsertedUpdatedAndDeleted() throws Exception {
        try (Scenario scenario = Scenario.create(directory, TABLES, text(1), bytes(2), keyless())) {
            CaravanProcess caravan = scenario.ready(OPTIONS);
            awaitSame(scenario, "copied");

            for (String transaction : new String[] {
                text(3) + "; update large set n = 2 where id = 3; " + bytes(4),
                "update large set n = 1", // the large values are not in the stream
                "update large set t = large_text('new', " + MIB + "), id = 5 where id = 2",
                "update bag set n = 1 where n = 0",
                "delete from bag; delete from large where id > 2"
            }) {
                scenario.source().execute("begin; " + transaction + "; commit");
                awaitSame(scenario, transaction);
            }
            assertThat(scenario.target().query("select count(*) from caravan.dead_letter"))
                    .isEqualTo("0");
            assertThat(caravan.status().get("problems")).isEmpty();
        }
    }

    @Test
    void aRowThatIsTooLargeForAMessageStopsItsTableAloneAndACopyCarriesIt() throws Exception {
        try (Scenario scenario = Scenario.create(directory, TABLES)) {
            CaravanProcess caravan = scenario.ready(OPTIONS);

            scenario.source()
                    .execute(
                            "insert into large values (1, large_text('1', 140), null, 0)",
                            "update large set n = 1",
                            "insert into bag values ('small', 1)");

            scenario.databases().awaitInTarget("select n from bag", "1", LIMIT);
            Await.until(LIMIT, () -> "table large stopped", () -> caravan.status()
                    .get("problems")
                    .toString()
                    .contains("table public.large is larger than the 128 MiB of text"));
            caravan.post("/api/tables/public.large/resync");
            awaitSame(scenario, "copied again");
            scenario.source().execute("update large set n = 2");
            awaitSame(scenario, "changed after that");
            assertThat(caravan.status().get("problems")).isEmpty();
        }
    }

    private static void awaitSame(Scenario scenario, String what) throws Exception {
        long since = System.nanoTime();
        scenario.databases().awaitInTarget(SIZES, scenario.source().query(SIZES), LIMIT);
        scenario.databases().awaitInTarget(ROWS, scenario.source().query(ROWS), LIMIT);
        System.out.printf("large rows: %.1f s %s%n", (System.nanoTime() - since) / 1e9, what);
    }

    private static String text(int id) {
        return "insert into large values (%1$d, large_text('%1$d', %2$d), null, 0)".formatted(id, MIB);
    }

    private static String bytes(int id) {
        return "insert into large values (%1$d, null, large_bytes('%1$d', %2$d), 0)".formatted(id, MIB);
    }

    private static String keyless() {
        return "insert into bag values (large_text('bag', %d), 0)".formatted(MIB);
    }
}
