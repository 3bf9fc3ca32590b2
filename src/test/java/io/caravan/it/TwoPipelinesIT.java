package io.caravan.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravan.config.Part;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two pipelines of one source on one Kafka and one Connect, each with the four names of its own. */
class TwoPipelinesIT {
    @TempDir
    Path directory;

    private Scenario first;
    private CaravanFolder folder;
    private CaravanProcess second;

    @AfterEach
    void stop() throws Exception {
        if (second != null) {
            second.close();
        }
        TestedCapture.IT.remove(other());
        first.close();
    }

    @Test
    void twoTargetsAreEqualAndOneIsResetWhileTheOtherStreams() throws Exception {
        first = Scenario.create(directory, Load.schema());
        TestDatabase server = SharedStack.database(Part.TARGET, "postgres");
        server.execute("create database " + other() + " template template0");
        Databases others = new Databases(first.source(), server.named(other()));
        folder = beside(others.target());

        try (Load load = Load.start(first.source())) {
            CaravanProcess caravan = first.ready();
            second = folder.ready();
            await(load, 100);
            assertThat(addresses(caravan)).doesNotContainAnyElementsOf(addresses(second));

            second.terminate();
            Set<String> topics = topics(first.name());
            CaravanProcess reset = folder.command("reset", "--yes", "--target-data");
            assertThat(reset.exitCode()).as(reset.output()).isZero();
            assertThat(Fingerprint.of(others.target()).tables()).isEmpty();
            assertThat(topics(other())).isEmpty();
            assertThat(topics(first.name())).isEqualTo(topics).isNotEmpty();
            await(load, 100);
            assertThat(caravan.status().get("problems")).isEmpty();

            second = folder.ready();
            await(load, 100);
            load.stop();
        }
        first.databases().awaitEqual();
        others.awaitEqual();
        assertThat(first.folder().command("verify").exitCode()).isZero();
        assertThat(folder.command("verify").exitCode()).isZero();
    }

    @Test
    void oneTopicPrefixForTwoIsRefusedBeforeAnythingIsMade() throws Exception {
        first = Scenario.create(directory, "create table t (id integer primary key)", "insert into t values (1)");
        first.ready();
        folder = beside(first.target()).set("caravan.topic-prefix", first.name());

        assertThat(folder.answer(1, "check"))
                .contains("Set caravan.topic-prefix to a name of this pipeline's own")
                .containsAnyOf(
                        "Connector " + first.connector().replace("/connectors/", ""),
                        "Topic " + first.name() + ".caravan-engine-offsets");
        assertThat(first.source()
                        .query("select count(*) from pg_replication_slots where slot_name = '" + other() + "_slot'"))
                .isEqualTo("0");
    }

    @Test
    void tablesOfOneTargetAreSharedOutAndOnePartIsReset() throws Exception {
        first = Scenario.create(
                directory,
                "create schema mine create table note (id serial primary key, v text)",
                "create schema yours create table note (id serial primary key, v text)",
                "create schema shared",
                "insert into mine.note (v) select 'm' || i from generate_series(1, 500) i",
                "insert into yours.note (v) select 'y' || i from generate_series(1, 700) i");
        first.folder().set("caravan.tables.include", "mine.*,shared.*").set("caravan.tables.watch-seconds", 1);
        CaravanProcess caravan = first.ready();
        folder = beside(first.target()).set("caravan.tables.include", "mine.*,shared.*,yours.*");
        assertThat(folder.answer(1, "check"))
                .contains("Pipeline " + first.name() + " writes into table mine.note of this target already")
                .doesNotContain("writes into table yours.note", "caravan.schema=existing");
        folder.set("caravan.tables.include", "shared.*,yours.*");
        second = folder.ready();
        insert();
        first.databases().awaitEqual();

        second.terminate();
        assertThat(folder.command("reset", "--yes", "--target-data").exitCode()).isZero();
        insert();
        first.databases().awaitEqual("yours.*");
        assertThat(Fingerprint.of(first.target()).tables().keySet()).containsExactly("mine.note");
        assertThat(first.target().query("select string_agg(distinct pipeline, ' ') from caravan.ledger"))
                .isEqualTo(first.name());
        assertThat(caravan.status().get("problems")).isEmpty();

        second = folder.ready();
        insert();
        first.databases().awaitEqual();
        aNewTableOfBothIsThatOfOne(caravan);
    }

    /** Also when it was the other one's before. Its rows have no key, so a change that both apply is seen. */
    private void aNewTableOfBothIsThatOfOne(CaravanProcess caravan) throws Exception {
        first.source().execute("create table shared.log (v text); alter table shared.log replica identity full");
        String line = "select count(*) from caravan.bootstrap where table_name = 'shared.log' and step = 'copied'";
        first.databases().awaitInTarget(line, "1", Databases.LIMIT);
        boolean isOfFirst = first.target()
                .query(line + " and pipeline = '" + first.name() + "'")
                .equals("1");
        CaravanProcess other = isOfFirst ? second : caravan;
        String whose = "Pipeline " + (isOfFirst ? first.name() : other())
                + " writes into table shared.log of this target already";
        awaitProblem(other, whose);

        first.target()
                .execute(
                        "update caravan.bootstrap set step = 'left', detail = '' where table_name = 'shared.log' and step = 'waiting'");
        awaitProblem(other, "Table shared.log is left: " + whose);
        first.source().execute("insert into shared.log values ('once')");
        first.databases().awaitEqual();
    }

    private static void awaitProblem(CaravanProcess caravan, String problem) {
        Await.until(Databases.LIMIT, () -> problem, () -> caravan.status()
                .toString()
                .contains(problem));
    }

    @Test
    void commandsLeaveTheProcessOfAnotherPipelineAloneThatListensOnTheirPort() throws Exception {
        first = Scenario.create(directory, "create table note (id serial primary key, v text)");
        CaravanProcess caravan = first.ready();
        TestDatabase server = SharedStack.database(Part.TARGET, "postgres");
        server.execute("create database " + other() + " template template0");
        String port = caravan.addresses().get("http").asText().replaceFirst(".*:", "");
        folder = beside(server.named(other())).set("caravan.http.port", port);
        String whose = "Port " + port + " of 127.0.0.1 is that of the Caravan process of pipeline " + first.name();

        assertThat(folder.answer(1, "status")).contains(whose, "Pipeline " + other());
        assertThat(folder.answer(1, "resync", "public.note")).contains(whose, "not set up yet");
        assertThat(folder.answer(1, "verify", "--live")).contains(whose);
        assertThat(folder.answer(1, "cutover")).contains(whose);
        assertThat(folder.answer(0, "reset", "--yes")).contains(whose);

        assertThat(caravan.status().get("problems")).isEmpty();
        first.source().execute("insert into note (v) values ('new')");
        first.databases().awaitEqual();
    }

    private String other() {
        return first.name() + "b";
    }

    /** The settings of a second pipeline: the four names and the target are its own. */
    private CaravanFolder beside(TestDatabase target) throws Exception {
        return first.folder()
                .copy(directory.resolve("second"))
                .set("caravan.target.url", target.url())
                .set("caravan.pipeline", other())
                .set("caravan.slot", other() + "_slot")
                .set("caravan.publication", other() + "_publication")
                .set("caravan.topic-prefix", other());
    }

    private void insert() throws Exception {
        first.source()
                .execute(
                        "insert into mine.note (v) values ('new')",
                        "insert into yours.note (v) values ('new'), ('newer')");
    }

    private static void await(Load load, long more) {
        long committed = load.committed();
        Await.until(Databases.LIMIT, () -> "load", () -> load.committed() > committed + more);
    }

    private static Set<String> addresses(CaravanProcess caravan) {
        return Set.of(
                caravan.addresses().get("http").asText(),
                caravan.addresses().get("management").asText());
    }

    private static Set<String> topics(String prefix) throws Exception {
        return Broker.topics().stream()
                .filter(topic -> topic.startsWith(prefix + "."))
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
