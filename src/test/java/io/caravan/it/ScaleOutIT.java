package io.caravan.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravan.config.Part;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.common.utils.Utils;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** Topics with eight partitions, which three instances of Caravan share: the order of each row is kept, whatever dies. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ScaleOutIT {
    private static final Duration LIMIT = Duration.ofSeconds(90);

    /** A change of the key that keeps large values; TRUNCATE, alone and with another table; rows that come behind it. */
    private static final String[] MEETINGS = {
        "delete from wide where id > 1000",
        "update wide set id = 1000 + id where id <= 40",
        "truncate item cascade",
        "insert into item (id, name) select n, 'after' from generate_series(1, 500) n on conflict do nothing",
        "insert into wide select 1 + n % 40, 5, wide.doc from wide, generate_series(1, 40) n where id > 1000 on conflict do nothing",
        "truncate scratch, journal",
        "insert into scratch (word) select 'after' from generate_series(1, 90)",
        "update item set name = name || ' all'",
        "alter table wide add column if not exists extra integer default 7",
    };

    private static final int PARTITIONS = 8;

    @TempDir
    static Path directory;

    private static Scenario scenario;
    private static CaravanProcess second;
    private static CaravanProcess third;

    @BeforeAll
    static void start() throws Exception {
        scenario = Scenario.create(
                directory, AttackLoad.schema(), "create table large (id integer primary key, body text)");
        scenario.folder().set("caravan.topic.partitions", PARTITIONS).set("caravan.tables.watch-seconds", 2);
        scenario.ready();
        second = scenario.folder().copy(directory.resolve("second")).start();
        third = scenario.folder().copy(directory.resolve("third")).start();
        Await.until(
                LIMIT,
                () -> "three members",
                () -> Broker.members(scenario.name()).size() == 3);
    }

    @AfterAll
    static void stop() throws Exception {
        for (CaravanProcess other : new CaravanProcess[] {second, third}) {
            if (other != null) {
                other.close();
            }
        }
        scenario.close();
    }

    private static String partitionsOf(String table) throws Exception {
        return scenario.target()
                .query(
                        "select count(*) filter (where changes > 0) || ' of ' || count(*) from caravan.ledger where topic = '"
                                + scenario.topic(table) + "'");
    }

    private static Load load(long seed) {
        return AttackLoad.start(scenario.source(), seed)
                .add(seed, random -> List.of(MEETINGS[random.nextInt(MEETINGS.length)], "select pg_sleep(0.05)"));
    }

    private static void awaitMore(Load load) {
        long committed = load.committed();
        Await.until(LIMIT, () -> "load", () -> load.committed() > committed + 150);
    }

    @Test
    @Order(1)
    void threeInstancesShareTheTablesOfWhichOneIsKilledAndEveryRowIsEqual() throws Exception {
        try (Load load = load(7)) {
            for (CaravanProcess killed : List.of(third, second)) {
                awaitMore(load);
                killed.kill();
                awaitMore(load);
            }
            load.stop();
        }
        scenario.databases().awaitEqual();
        assertThat(partitionsOf("wide")).isEqualTo("8 of 8");
        assertThat(partitionsOf("item")).isEqualTo("8 of 8");
    }

    @Test
    @Order(2)
    void tablesWhoseRowsDependOnEachOtherStayInOnePartition() throws Exception {
        assertThat(partitionsOf("account")).as("a second unique index").isEqualTo("1 of 1");
        assertThat(partitionsOf("logbook")).as("no key").isEqualTo("1 of 1");
    }

    @Test
    @Order(3)
    void whatConnectSendsAgainAfterAKillIsPassedOverInEveryPartition() throws Exception {
        try (Load load = load(8)) {
            for (Part part : SharedStack.present(Part.CONNECT, Part.KAFKA, Part.TARGET)) {
                awaitMore(load);
                SharedStack.kill(part);
            }
            load.stop();
        }
        scenario.databases().awaitEqual();
    }

    @Test
    @Order(4)
    void aTableIsCopiedAgainWhileItsPartitionsStream() throws Exception {
        try (Load load = load(9)) {
            for (String table : List.of("public.item", "public.wide")) {
                awaitMore(load);
                scenario.folder().answer(0, "resync", table);
            }
            load.stop();
        }
        scenario.databases().awaitEqual();
        assertThat(scenario.target().query("select count(*) from caravan.dead_letter where state <> 'superseded'"))
                .isEqualTo("0");
        assertThat(scenario.folder().answer(0, "verify")).contains("EQUAL");
    }

    /** Those that wait hold more bytes than are read ahead for all; the one that is waited for is read on all the same. */
    @Test
    @Order(6)
    void aPartitionThatIsBehindIsReadWhileTheOthersHoldAllTheMemoryThatThereIs() throws Exception {
        second.kill();
        third.kill();
        scenario.closeProcesses();
        // not to be compressed, so that a fetch brings a few of them only
        String body = "(select string_agg(md5(random()::text || id || n), '') from generate_series(1, 31250) n)";
        String insert = "insert into large select id, " + body + " from unnest('{%s}'::integer[]) id";
        scenario.source()
                .execute(
                        insert.formatted(ids(20, partition -> partition == 0)),
                        "truncate large",
                        insert.formatted(ids(80, partition -> partition != 0)));

        scenario.ready();

        scenario.databases().awaitEqual();
    }

    private static String ids(int count, IntPredicate wanted) {
        return IntStream.iterate(1, id -> id + 1)
                .filter(id -> wanted.test(partitionOf(String.valueOf(id))))
                .limit(count)
                .mapToObj(String::valueOf)
                .collect(Collectors.joining(","));
    }

    /** As the connector chooses it. */
    private static int partitionOf(String key) {
        byte[] text = key.getBytes(StandardCharsets.US_ASCII);
        byte[] bytes = ByteBuffer.allocate(Integer.BYTES + text.length)
                .putInt(text.length)
                .put(text)
                .array();
        return Utils.toPositive(Utils.murmur2(bytes)) % PARTITIONS;
    }

    @Test
    @Order(5)
    void aTableThatGetsAnotherKeyStopsUntilItHasItsOwnAgain() throws Exception {
        String detail = "select detail from caravan.bootstrap where table_name = 'public.wide'";
        scenario.source().execute("alter table wide drop constraint wide_pkey, add primary key (counter, id)");
        Await.until(LIMIT, () -> "stopped: " + detail, () -> String.valueOf(
                        scenario.target().query(detail))
                .contains("had the key [id]"));

        scenario.source()
                .execute(
                        "update wide set counter = counter + 1",
                        "alter table wide drop constraint wide_pkey, add primary key (id)",
                        "update wide set counter = counter + 1");

        scenario.databases().awaitEqual();
    }
}
