package io.caravan.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.caravan.change.Row;
import io.caravan.postgres.Column;
import io.caravan.postgres.Database;
import io.caravan.postgres.ReplicaIdentity;
import io.caravan.postgres.Table;
import io.caravan.postgres.TableName;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.apache.kafka.connect.errors.ConnectException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConnectorTest {
    private static final Database SOURCE =
            new Database("source", "jdbc:postgresql://db:5433/omedb?sslmode=require", "me", "secret");

    private final Connector connector = connector(false);

    private static Connector connector(boolean slotTakenOver) {
        return new Connector(SOURCE, "${env:PASSWORD}", "ome-source", "slot", "pub", "ome", slotTakenOver);
    }

    /** A role or a database may give its sessions limits that Debezium's, idle for hours, do not keep. */
    @Test
    void noSessionOfTheConnectorIsEndedForItsTime() {
        assertThat(connector.configuration(List.of(), Map.of()).get("driver.options"))
                .contains(
                        "-c statement_timeout=0",
                        "-c lock_timeout=0",
                        "-c idle_session_timeout=0",
                        "-c idle_in_transaction_session_timeout=0");
    }

    /** The walsender writes the values' text with the settings of this session. */
    @Test
    void valuesHaveOneTextWhateverRoleAndDatabaseSetTheirSessionsTo() {
        assertThat(connector.configuration(List.of(), Map.of()).get("driver.options"))
                .contains(
                        "-c IntervalStyle=postgres",
                        "-c bytea_output=hex",
                        "-c extra_float_digits=1",
                        "-c lc_monetary=C",
                        "-c search_path=pg_catalog",
                        "-c quote_all_identifiers=off");
    }

    @Test
    void nothingIsLeftOutOfTheStreamInSilence() {
        assertThat(connector.configuration(List.of(keyed("devices")), Map.of()))
                .containsAllEntriesOf(Map.of(
                        "snapshot.mode", "no_data",
                        "publication.autocreate.mode", "disabled",
                        "skipped.operations", "none",
                        "include.unknown.datatypes", "true",
                        "event.converting.failure.handling.mode", "fail",
                        "event.processing.failure.handling.mode", "fail",
                        "offset.mismatch.strategy", "trust_offset",
                        "slot.drop.on.stop", "false",
                        "errors.tolerance", "none",
                        "heartbeat.interval.ms", "0"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "table.include.list",
                "table.exclude.list",
                "skipped.operations",
                "caravan.seal",
                "predicates",
                "caravan.partitioning",
                "driver.options", // in which form the walsender writes values
                "driver.extra_float_digits",
                "database.initial.statements",
                "database.dbname"
            })
    void withAConfigurationThatSomeoneAlteredItReadsNothing(String option) {
        Map<String, String> config = new TreeMap<>(connector.configuration(List.of(keyed("devices")), Map.of()));
        config.put(option, "public\\.other");

        assertThatThrownBy(() -> io.caravan.connector.ConfigurationSeal.require(config))
                .hasMessageContaining("someone altered it", "Stop and start Caravan");
    }

    /** Kafka Connect adds the class of the task. */
    @ParameterizedTest
    @ValueSource(strings = {"max.batch.size", "task.class", "database.password", "producer.override.linger.ms"})
    void whatSaysNothingOfTheChangesMayBeAltered(String option) {
        Map<String, String> config = new TreeMap<>(connector.configuration(List.of(keyed("devices")), Map.of()));
        config.put(option, "7");

        assertThatCode(() -> io.caravan.connector.ConfigurationSeal.require(config))
                .doesNotThrowAnyException();
    }

    @Test
    void ofItsOwnOptionsTheseMayBeAlteredAndNoOther() {
        Map<String, String> config = connector.configuration(List.of(keyed("devices")), Map.of());

        assertThat(config.keySet())
                .filteredOn(option -> isReadWith(config, option, "7") && !option.startsWith("producer.override."))
                .containsExactlyInAnyOrder(
                        "connector.class",
                        "database.hostname",
                        "database.password",
                        "database.port",
                        "database.sslmode",
                        "database.user",
                        "internal.advanced.metrics.enable",
                        "max.batch.size",
                        "max.queue.size",
                        "max.queue.size.in.bytes",
                        "name",
                        "poll.interval.ms",
                        "retriable.restart.connector.wait.ms",
                        "slot.max.retries",
                        "slot.retry.delay.ms",
                        "status.update.interval.ms",
                        "tasks.max");
    }

    private static boolean isReadWith(Map<String, String> config, String option, String value) {
        Map<String, String> altered = new TreeMap<>(config);
        altered.put(option, value);
        try {
            io.caravan.connector.ConfigurationSeal.require(altered);
            return true;
        } catch (ConnectException e) {
            return false;
        }
    }

    @Test
    void theSourceIsWhereTheSettingsSay() {
        assertThat(connector.configuration(List.of(keyed("devices")), Map.of()))
                .containsAllEntriesOf(Map.of(
                        "database.hostname", "db",
                        "database.port", "5433",
                        "database.dbname", "omedb",
                        "database.user", "me",
                        "database.password", "${env:PASSWORD}",
                        "database.sslmode", "require",
                        "slot.name", "slot",
                        "publication.name", "pub",
                        "topic.prefix", "ome"));
    }

    @Test
    void bothSidesUseTheSameMarkerForUnchangedValues() {
        assertThat(connector.configuration(List.of(keyed("devices")), Map.of()))
                .containsEntry("unavailable.value.placeholder", Row.UNCHANGED_MARKER);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"devices", "Order_x", "a.b", "a,b", "a;b", "a:b", "x y", "(a|b)*", "q\"u\\o'te", "ž😀", "$1"})
    void anyNameOfATableIsMatchedByItselfAlone(String name) {
        String list = connector.configuration(List.of(keyed(name)), Map.of()).get("table.include.list");

        assertThat(list).doesNotContainPattern("[,;:\\s]");
        assertThat(Pattern.matches(list, "public." + name)).isTrue();
        assertThat(Pattern.matches(list, "public.other")).isFalse();
        assertThat(Pattern.matches(list, "publicx" + name)).isFalse();
    }

    @Test
    void tablesAreAListOfExpressions() {
        assertThat(connector
                        .configuration(List.of(keyed("a"), keyed("b")), Map.of())
                        .get("table.include.list"))
                .isEqualTo("public\\.a,public\\.b");
    }

    @Test
    void theKeyOfAReplicaIdentityIndexIsNamedBecauseThePrimaryKeyIsNotInTheEvents() {
        Table table = table("us:ers", List.of("e,mail", "x"), ReplicaIdentity.INDEX);

        assertThat(connector.configuration(List.of(table), Map.of()))
                .containsEntry("message.key.columns", "public\\.us\\x{3a}ers:e\\x{2c}mail,x");
        assertThat(connector.configuration(List.of(keyed("devices")), Map.of()))
                .doesNotContainKey("message.key.columns");
    }

    @Test
    void onlyASlotThatWasTakenOverTellsOfPartitionsByTheirOwnNames() {
        Table parts = table("parts", List.of("id"), ReplicaIdentity.INDEX, new TableName("eu", "a b"));
        Map<String, String> config = connector(true).configuration(List.of(parts), Map.of());

        assertThat(config.get("table.include.list")).isEqualTo("public\\.parts,eu\\.a\\x{20}b");
        assertThat(config.get("message.key.columns")).isEqualTo("public\\.parts:id;eu\\.a\\x{20}b:id");
        assertThat(config.get("transforms")).isEqualTo("root,size");
        assertThat(config.get("transforms.root.partitions"))
                .isEqualTo("[[\"eu\",\"a b\",\"public\",\"parts\",\"ome.public.parts\"]]");
        assertThat(connector.configuration(List.of(parts), Map.of()))
                .containsEntry("table.include.list", "public\\.parts")
                .containsEntry("transforms", "size");
        assertThat(connector(true).configuration(List.of(keyed("devices")), Map.of()))
                .containsEntry("transforms", "size");
    }

    @Test
    void everyEventTellsWhereInTheStreamItIsAndNoWorkerHasToSendItOnce() {
        assertThat(connector.configuration(List.of(keyed("devices")), Map.of()))
                .containsEntry("header.converter", "io.caravan.connector.EventHeaders")
                .doesNotContainKeys("exactly.once.support", "transaction.boundary");
    }

    /** What is larger would fail the task again and again, for all tables. */
    @Test
    void aChangeThatIsLargerThanAMessageBecomesANote() {
        assertThat(connector.configuration(List.of(keyed("devices")), Map.of()))
                .containsEntry("transforms.size.type", "io.caravan.connector.SizeLimit")
                .containsEntry("transforms.size.bytes", String.valueOf(127 << 20))
                .containsEntry("producer.override.max.request.size", String.valueOf(128 << 20));
    }

    /** Which proves that a connector with just these tables was running. */
    @Test
    void ofLogicalMessagesOnlyThoseOfThisListOfTablesPass() {
        List<Table> some = List.of(keyed("devices"));
        List<Table> more = List.of(keyed("devices"), keyed("groups"));

        assertThat(connector.listPrefix(some)).startsWith("caravan-").isNotEqualTo(connector.listPrefix(more));
        assertThat(connector.configuration(some, Map.of()))
                .containsEntry("message.prefix.include.list", "caravan," + connector.listPrefix(some));
    }

    @Test
    void theConnectorKnowsWhichTopicsHaveSeveralPartitions() {
        Map<String, Partitioning> partitioning = Map.of("ome.public.devices", new Partitioning(3, List.of("id")));

        assertThat(connector.configuration(List.of(keyed("devices")), partitioning))
                .containsEntry("caravan.partitioning", Partitioning.json(partitioning));
        assertThat(connector.configuration(List.of(keyed("devices")), Map.of()))
                .doesNotContainKey("caravan.partitioning");
    }

    @Test
    void recordsReachTheTopicInTheOrderInWhichTheyAreSent() {
        assertThat(connector.configuration(List.of(keyed("devices")), Map.of()))
                .containsEntry("producer.override.enable.idempotence", "true")
                .containsEntry("producer.override.max.in.flight.requests.per.connection", "1")
                .doesNotContainKey("producer.override.delivery.timeout.ms");
    }

    @Test
    void theConnectorIsCreatedStopped() {
        assertThat(connector.creation(List.of(keyed("devices")), Map.of()))
                .startsWith("{\"name\":\"ome-source\",\"initial_state\":\"STOPPED\",\"config\":{")
                .contains("\"slot.name\":\"slot\"");
    }

    @Test
    void aConfigurationIsCurrentWhenItIsTheSame() throws Exception {
        List<Table> tables = List.of(keyed("devices"));

        assertThat(connector.isCurrent(connector.configurationJson(tables, Map.of()), tables, Map.of()))
                .isTrue();
        assertThat(connector.isCurrent(
                        connector.configurationJson(List.of(keyed("other")), Map.of()), tables, Map.of()))
                .isFalse();
        assertThat(connector.isCurrent("{\"error_code\":404,\"message\":\"not found\"}", tables, Map.of()))
                .isFalse();
    }

    private static Table keyed(String name) {
        return table(name, List.of("id"), ReplicaIdentity.DEFAULT);
    }

    private static Table table(String name, List<String> key, ReplicaIdentity identity, TableName... partitions) {
        List<Column> columns = List.of(new Column("id", "integer", "integer", false, false, true, "=", true));
        return new Table(
                new TableName("public", name),
                columns,
                key,
                false,
                identity,
                false,
                false,
                false,
                List.of(partitions),
                0,
                0);
    }
}
