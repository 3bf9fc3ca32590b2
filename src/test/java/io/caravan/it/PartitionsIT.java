package io.caravan.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What happens on the source to a single partition of a table, as a whole: the stream does not tell of it. */
class PartitionsIT {
    @RegisterExtension
    static final Streaming PIPELINE = new Streaming().with("caravan.tables.watch-seconds", 1);

    @Test
    void onesThatAreMadeAreMadeInTheTargetBeforeTheirRowsAndNothingIsCopied() throws Exception {
        divided("made");

        PIPELINE.source()
                .execute(
                        "create table made_2 partition of made for values from (100) to (200)",
                        "insert into made values (102, 'b'), (3, 'c')",
                        "update made set id = 101 where id = 1",
                        // as pg_partman makes them
                        "begin; create table made_3 (like made including all);"
                                + " alter table made attach partition made_3 for values from (200) to (300);"
                                + " insert into made values (201, 'd'); commit");

        arrives("select from made where id = 201");
        PIPELINE.databases().awaitEqual(""); // each partition by itself
        assertThat(PIPELINE.caravan().output())
                .doesNotContain("public.made was altered on the source and is copied again");
        assertNoLetters();
    }

    @Test
    void theRowsThatOneIsAttachedWithAreCopied() throws Exception {
        divided("joined");
        divided("loaded");

        PIPELINE.source()
                .execute(
                        "create schema staging",
                        "create table staging.joined_2 (like joined including all)",
                        "insert into staging.joined_2 values (101, 'a'), (102, 'b')",
                        "alter table joined attach partition staging.joined_2 for values from (100) to (200)",
                        "insert into joined values (103, 'c')",
                        "begin; create table loaded_2 (like loaded including all);"
                                + " insert into loaded_2 values (101, 'a'), (102, 'b');"
                                + " alter table loaded attach partition loaded_2 for values from (100) to (200);"
                                + " insert into loaded values (103, 'c'); commit");

        arrives("select from joined where id = 102");
        arrives("select from loaded where id = 102");
        PIPELINE.databases().awaitEqual("");
        assertNoLetters();
    }

    /** As one does that is loaded by itself first. Its own changes must not be applied beside the copy. */
    @Test
    void aTableOfThePipelineThatBecomesOneStopsBothUntilItIsOneInTheTargetToo() throws Exception {
        divided("united");
        PIPELINE.source()
                .execute("create table single (id integer primary key, v text); insert into single values (101, 'a')");
        PIPELINE.awaitAgreed("public.single");

        PIPELINE.source()
                .execute("begin; update single set v = 'b';"
                        + " alter table united attach partition single for values from (100) to (200);"
                        + " insert into united values (102, 'c'); commit");
        String statement =
                "ALTER TABLE ONLY public.united ATTACH PARTITION public.single FOR VALUES FROM (100) TO (200)";
        Await.until(Streaming.LIMIT, () -> statement + " in " + PIPELINE.status(), () -> told("united")
                .contains(statement));
        Await.until(Streaming.LIMIT, () -> "single in " + PIPELINE.status(), () -> told("single")
                .contains("attached to another one as its partition"));
        PIPELINE.target().execute(statement);

        arrives("select from united where id = 102");
        PIPELINE.databases().awaitEqual("");
        Await.until(Streaming.LIMIT, () -> told("united"), () -> told("united").isEmpty());
        assertNoLetters();
    }

    @Test
    void oneThatIsTruncatedIsNoticedAndOneThatIsRewrittenIsNot() throws Exception {
        divided("emptied");
        divided("packed");

        PIPELINE.source()
                .execute(
                        "truncate emptied_1",
                        "insert into emptied values (50, 'anew')",
                        "vacuum full packed_1",
                        "insert into packed values (50, 'more')");

        arrives("select from emptied where id = 50 having (select count(*) from emptied) = 1");
        arrives("select from packed where id = 50");
        PIPELINE.databases().awaitEqual("");
        assertThat(PIPELINE.caravan().output())
                .contains("public.emptied was altered on the source and is copied again")
                .doesNotContain("public.packed was altered on the source and is copied again");
        assertNoLetters();
    }

    @Test
    void whatHappenedWhileNothingRanIsMendedAtTheNextStart() throws Exception {
        divided("away");
        divided("cleared");
        divided("again");
        divided("dim");
        PIPELINE.caravan().kill();
        PIPELINE.source()
                .execute(
                        "create table away_2 (like away including all)",
                        "insert into away_2 values (101, 'a')",
                        "alter table away attach partition away_2 for values from (100) to (200)",
                        "update away set v = 'changed' where id = 101",
                        "truncate cleared_1",
                        "insert into cleared values (7, 'anew')",
                        "alter table dim_1 set unlogged",
                        "alter table again detach partition again_1",
                        "update again_1 set v = 'by itself'",
                        "alter table again attach partition again_1 for values from (0) to (100)",
                        "grant select on cleared_1 to public"); // the catalog's line of it is younger than the row now

        PIPELINE.start();

        Await.until(Streaming.LIMIT, () -> told("dim"), () -> told("dim").startsWith("red ")); // it alone
        PIPELINE.source().execute("update dim set v = 'in no WAL' where id = 1", "alter table dim_1 set logged");
        arrives("select from dim where v = 'in no WAL'");
        arrives("select from away where id = 101 and v = 'changed'");
        arrives("select from again where id = 1 and v = 'by itself'");
        arrives("select from cleared where id = 7 having (select count(*) from cleared) = 1");
        PIPELINE.databases().awaitEqual("");
    }

    /** It may be dropped to make room, and the target be where its rows are kept. */
    @Test
    void oneThatIsDroppedIsToldUntilAPersonEndsIt() throws Exception {
        divided("kept");
        PIPELINE.source()
                .execute(
                        "create table kept_2 partition of kept for values from (100) to (200)",
                        "insert into kept values (101, 'x')");
        arrives("select from kept where id = 101");

        PIPELINE.source().execute("drop table kept_1", "insert into kept values (102, 'y')");

        String statement = "ALTER TABLE \"public\".\"kept\" DETACH PARTITION public.kept_1";
        Await.until(Streaming.LIMIT, () -> "kept_1 in " + PIPELINE.status(), () -> told("kept")
                .contains(statement));
        arrives("select from kept where id = 102");
        assertThat(told("kept")).startsWith("yellow ");
        PIPELINE.target().execute(statement, "drop table kept_1");
        Await.until(Streaming.LIMIT, () -> told("kept"), () -> told("kept").isEmpty());
        PIPELINE.databases().awaitEqual("");
    }

    /** To archive its rows, say: a new table that the filter includes, with a name that the target has already. */
    @Test
    void oneThatIsDetachedIsATableOfItsOwnOnceItIsOneInTheTargetToo() throws Exception {
        divided("split");
        PIPELINE.source()
                .execute(
                        "create table split_2 partition of split for values from (100) to (200)",
                        "insert into split values (101, 'x')");
        arrives("select from split where id = 101");

        PIPELINE.source()
                .execute(
                        "alter table split detach partition split_1",
                        "update split_1 set v = 'by itself' where id = 1");

        String statement = "ALTER TABLE public.split DETACH PARTITION public.split_1; DROP TABLE public.split_1";
        Await.until(
                Streaming.LIMIT,
                () -> "split_1: " + told("split_1") + "; split: " + told("split"),
                () -> told("split_1").contains(statement));
        PIPELINE.source().execute("insert into split values (102, 'y')");
        arrives("select from split where id = 102");
        PIPELINE.target().execute(statement);
        arrives("select from split_1 where v = 'by itself'");
        PIPELINE.source().execute("insert into split_1 values (50, 'streamed')");
        arrives("select from split_1 where v = 'streamed'");
        Await.until(Streaming.LIMIT, () -> told("split"), () -> told("split").isEmpty());
        PIPELINE.databases().awaitEqual("");
    }

    /** PostgreSQL refuses it only of a table that is published by its own name. */
    @Test
    void oneThatIsMadeUnloggedStopsTheTableUntilItIsLogged() throws Exception {
        divided("dark");

        PIPELINE.source().execute("alter table dark_1 set unlogged");
        Await.until(Streaming.LIMIT, () -> told("dark"), () -> told("dark")
                .contains("Partition public.dark_1 of table public.dark is UNLOGGED"));
        assertThat(told("dark")).startsWith("red ").contains("ALTER TABLE public.dark_1 SET LOGGED");
        PIPELINE.source().execute("update dark set v = 'in no WAL' where id = 1", "alter table dark_1 set logged");

        arrives("select from dark where v = 'in no WAL'");
        Await.until(Streaming.LIMIT, () -> told("dark"), () -> told("dark").isEmpty());
        PIPELINE.databases().awaitEqual("");
    }

    /** Its rows are elsewhere, and in no WAL of the source. */
    @Test
    void oneThatIsAForeignTableIsToldUntilItIsDetachedAndTheOthersGoOn() throws Exception {
        PIPELINE.source()
                .execute(
                        "create table abroad (id integer, v text) partition by range (id);"
                                + "create table abroad_1 partition of abroad for values from (0) to (100);"
                                + "alter table abroad replica identity full; alter table abroad_1 replica identity full;"
                                + "insert into abroad values (1, 'a')",
                        "create foreign data wrapper none",
                        "create server elsewhere foreign data wrapper none");
        PIPELINE.awaitAgreed("public.abroad");

        PIPELINE.source()
                .execute(
                        "create foreign table abroad_2 partition of abroad for values from (100) to (200) server elsewhere");
        PIPELINE.source().execute("insert into abroad values (2, 'b')");
        arrives("select from abroad where id = 2");
        Await.until(Streaming.LIMIT, () -> told("abroad"), () -> told("abroad").startsWith("yellow "));
        String statement = "ALTER TABLE public.abroad DETACH PARTITION public.abroad_2";
        assertThat(told("abroad"))
                .contains("Partition public.abroad_2 of table public.abroad is a foreign table", statement);
        PIPELINE.source().execute(statement);

        Await.until(Streaming.LIMIT, () -> told("abroad"), () -> told("abroad").isEmpty());
        PIPELINE.source().execute("drop foreign data wrapper none cascade");
        PIPELINE.databases().awaitEqual("");
    }

    @Test
    void oneWhoseRowsCannotBeUpdatedOnTheSourceIsToldUntilItIsMended() throws Exception {
        PIPELINE.source()
                .execute("create table loose (id integer, v text) partition by range (id);"
                        + "create table loose_1 partition of loose for values from (0) to (100);"
                        + "alter table loose replica identity full; alter table loose_1 replica identity full;"
                        + "insert into loose values (1, 'a')");
        PIPELINE.awaitAgreed("public.loose");

        PIPELINE.source()
                .execute(
                        "create table loose_2 partition of loose for values from (100) to (200)",
                        "insert into loose values (101, 'a')");
        String statement = "ALTER TABLE public.loose_2 REPLICA IDENTITY FULL";
        Await.until(Streaming.LIMIT, () -> told("loose"), () -> told("loose").contains(statement));
        assertThat(told("loose")).startsWith("yellow ");
        PIPELINE.source().execute(statement, "update loose set v = 'b' where id = 101");

        arrives("select from loose where v = 'b'");
        Await.until(Streaming.LIMIT, () -> told("loose"), () -> told("loose").isEmpty());
    }

    /** A table with one partition and a row, whose shape is noted. */
    private static void divided(String table) throws Exception {
        PIPELINE.source()
                .execute("create table %1$s (id integer primary key, v text) partition by range (id);".formatted(table)
                        + "create table %1$s_1 partition of %1$s for values from (0) to (100);".formatted(table)
                        + "insert into %s values (1, 'a'), (2, 'b')".formatted(table));
        PIPELINE.awaitAgreed("public." + table);
    }

    private static void arrives(String query) {
        PIPELINE.databases().awaitInTarget("select exists (" + query + ")", "t", Streaming.LIMIT);
    }

    private static void assertNoLetters() throws Exception {
        assertThat(PIPELINE.target().query("select count(*) from caravan.dead_letter where state <> 'superseded'"))
                .isEqualTo("0");
    }

    private static String told(String table) {
        for (JsonNode alarm : PIPELINE.status().get("alarms")) {
            if (alarm.get("subject").asText().equals("public." + table)) {
                return alarm.get("severity").asText() + " "
                        + alarm.get("message").asText();
            }
        }
        return "";
    }
}
