package io.caravan.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import io.caravan.config.Settings.Endpoint;
import io.caravan.config.Settings.SchemaSource;
import io.caravan.postgres.TableName;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Keys and defaults are what people's files and scripts rely on, so a change of one is a change of this test. */
class CaravanConfigTest {
    @TempDir
    private Path home;

    @Test
    void everyKeyHasItsDefault() {
        assertThat(SettingsReader.packagedDefaults())
                .containsOnly(
                        entry("caravan.embedded", "source,target,kafka,connect"),
                        entry("caravan.embedded.dir", "data"),
                        entry("caravan.embedded.init", "classpath:demo/ome.sql"),
                        entry("caravan.source.url", "jdbc:postgresql://localhost:5433/omedb"),
                        entry("caravan.source.user", "postgres"),
                        entry("caravan.source.password", "postgres"),
                        entry("caravan.target.url", "jdbc:postgresql://localhost:5434/omedb"),
                        entry("caravan.target.user", "postgres"),
                        entry("caravan.target.password", "postgres"),
                        entry("caravan.kafka.bootstrap-servers", "localhost:29093"),
                        entry("caravan.kafka.config", ""),
                        entry("caravan.connect.url", "http://localhost:8083"),
                        entry("caravan.connect.user", ""),
                        entry("caravan.connect.password", ""),
                        entry("caravan.connect.ca", ""),
                        entry("caravan.connect.source-password", ""),
                        entry("caravan.pipeline", "ome"),
                        entry("caravan.slot", "debezium_slot"),
                        entry("caravan.publication", "dbz_publication"),
                        entry("caravan.topic-prefix", "ome"),
                        entry("caravan.tables.include", "public.*"),
                        entry("caravan.tables.exclude", ""),
                        entry("caravan.tables.watch-seconds", "30"),
                        entry("caravan.wait-for-table", ""),
                        entry("caravan.wait-seconds", "120"),
                        entry("caravan.schema", "auto"),
                        entry("caravan.copy", "true"),
                        entry("caravan.copy.jobs", "2"),
                        entry("caravan.capture", "connect"),
                        entry("caravan.topic.partitions", "1"),
                        entry("caravan.topic.replication-factor", "-1"),
                        entry("caravan.topic.retention-hours", "168"),
                        entry("caravan.apply.max-rows", "5000"),
                        entry("caravan.apply.max-bytes", "8388608"),
                        entry("caravan.apply.workers", "4"),
                        entry("caravan.apply.max-dead-letters", "1000"),
                        entry("caravan.heartbeat-millis", "2000"),
                        entry("caravan.verify.mib-per-second", "0"),
                        entry("caravan.guard.millis", "5000"),
                        entry("caravan.guard.wal-yellow-mib", "1024"),
                        entry("caravan.guard.wal-red-mib", "10240"),
                        entry("caravan.guard.lag-yellow-seconds", "60"),
                        entry("caravan.guard.lag-red-seconds", "900"),
                        entry("caravan.http.host", "127.0.0.1"),
                        entry("caravan.http.token", ""),
                        entry("caravan.log.format", "text"),
                        entry("caravan.http.port", "8080"),
                        entry("caravan.management.host", "127.0.0.1"),
                        entry("caravan.management.port", "9876"),
                        entry("caravan.routes", "routes"));
    }

    @Test
    void theDefaultsAreSettingsThatCanBeUsed() throws Exception {
        Settings settings = GivenSettings.read(home, "");

        assertThat(settings.embedded().parts()).containsExactly(Part.values());
        assertThat(settings.embedded().directory()).isEqualTo(home.resolve("data"));
        assertThat(settings.source().url()).isEqualTo("jdbc:postgresql://localhost:5433/omedb");
        assertThat(settings.connectorName()).isEqualTo("ome-source");
        assertThat(settings.schema()).isEqualTo(SchemaSource.AUTO);
        assertThat(settings.http()).isEqualTo(new Endpoint("127.0.0.1", 8080));
        assertThat(settings.tables().matches(new TableName("public", "devices")))
                .isTrue();
        assertThat(settings.routes()).isEqualTo(home.resolve("routes"));
    }

    @Test
    void theFileWinsOverTheDefaultAndTheEnvironmentOverTheFile() throws Exception {
        String file = "caravan.pipeline=of-the-file\ncaravan.slot=of_the_file";

        Settings settings = GivenSettings.read(home, file, "CARAVAN_SLOT", "of_the_environment");

        assertThat(settings.pipeline()).isEqualTo("of-the-file");
        assertThat(settings.slot()).isEqualTo("of_the_environment");
    }

    @Test
    void addressesOfEmbeddedPartsWinOverAll() throws Exception {
        Path file = GivenSettings.file(home, "caravan.http.port=1");

        Settings settings =
                SettingsReader.read(file, Map.of("CARAVAN_HTTP_PORT", "2"), Map.of("caravan.http.port", "3"));

        assertThat(settings.http().port()).isEqualTo(3);
    }

    @Test
    void keysOfCamelsOwnAreHandedOn() throws Exception {
        assertThat(GivenSettings.read(home, "camel.main.tracing=true").all())
                .containsEntry("camel.main.tracing", "true");
    }

    @Test
    void aPartThatIsStartedHereHasNoAddressElsewhere() throws Exception {
        String file = """
                caravan.source.url=jdbc:postgresql://old.example:5432/shop
                caravan.kafka.bootstrap-servers=localhost:9092,k2.example:9092
                caravan.connect.url=http://connect.example:8083
                """;

        assertThatThrownBy(() -> GivenSettings.read(home, file))
                .hasMessageContainingAll(
                        "caravan.source.url names host old.example, but caravan.embedded has source",
                        "caravan.kafka.bootstrap-servers names host k2.example",
                        "caravan.connect.url names host connect.example")
                .hasMessageNotContaining("caravan.target.url");
        assertThat(GivenSettings.read(home, file + "caravan.embedded=target")
                        .embedded()
                        .parts())
                .containsExactly(Part.TARGET);
        assertThat(GivenSettings.read(home, "caravan.source.url=jdbc:postgresql://127.0.0.1:0,[::1]:5/d")
                        .source()
                        .url())
                .contains("127.0.0.1");
    }

    @Test
    void everyProblemIsReportedAtOnce() {
        String file = """
                caravan.wait-secnds=5
                caravan.wait-seconds=soon
                caravan.copy=yes
                caravan.copy.jobs=0
                caravan.schema=magic
                caravan.embedded=source,mongo
                caravan.slot=My-Slot
                caravan.pipeline=
                caravan.source.url=mysql://localhost/db
                caravan.connect.url=localhost:8083
                caravan.http.port=65536
                caravan.capture=magic
                """;

        assertThatThrownBy(() -> GivenSettings.read(home, file, "CARAVAN_SLOTS", "x"))
                .isInstanceOf(SettingsException.class)
                .hasMessageContainingAll(
                        "There is no setting caravan.wait-secnds",
                        "caravan.wait-seconds is 'soon'; use a whole number from 1 to 86400.",
                        "caravan.copy is 'yes'; use true or false.",
                        "caravan.copy.jobs is '0'; use a whole number from 1 to 64.",
                        "caravan.schema is 'magic'; use one of [auto, pg_dump, catalog, existing].",
                        "caravan.embedded has 'mongo'",
                        "caravan.slot is 'My-Slot'",
                        "caravan.pipeline is empty",
                        "caravan.source.url is not a PostgreSQL address",
                        "caravan.connect.url is 'localhost:8083'",
                        "caravan.http.port is '65536'",
                        "caravan.capture is 'magic'",
                        "CARAVAN_SLOTS");
    }

    @ParameterizedTest
    @CsvSource({
        "caravan.slott, caravan.slot",
        "caravan.publicaton, caravan.publication",
        "caravan.table.include, caravan.tables.include",
        "caravan.sorce.ulr, ''", // three letters off
        "caravan.copying.jobs, caravan.copy.jobs" // the last word is there
    })
    void aMistypedKeyIsToldItsLikelyName(String given, String meant) {
        assertThatThrownBy(() -> GivenSettings.read(home, given + "=3"))
                .hasMessageContaining(
                        meant.isEmpty()
                                ? "application.properties of the distribution names every one."
                                : "Did you mean " + meant + "?");
    }

    @ParameterizedTest
    @CsvSource({
        "postgresql://h/d, jdbc:postgresql://h/d, postgres, postgres",
        "postgres://h:5/d, jdbc:postgresql://h:5/d, postgres, postgres",
        "postgresql://me@h/d, jdbc:postgresql://h/d, me, postgres",
        "postgresql://me:p%40ss%3A+x@h:5/d?sslmode=require, jdbc:postgresql://h:5/d?sslmode=require, me, p@ss:+x",
        "postgresql://me:pw@my_host:5432/d, jdbc:postgresql://my_host:5432/d, me, pw",
        "postgresql://me:pw@[::1]:5432/d, jdbc:postgresql://[::1]:5432/d, me, pw",
        "'postgresql://me:pw@a:1,b:2/d', 'jdbc:postgresql://a:1,b:2/d', me, pw",
        "postgresql:///d, jdbc:postgresql://localhost/d, postgres, postgres",
        "postgresql://me:pw@h, jdbc:postgresql://h/, me, pw",
        "jdbc:postgresql://h:5/d?sslmode=require, jdbc:postgresql://h:5/d?sslmode=require, postgres, postgres"
    })
    void anAddressIsTakenInEitherForm(String given, String url, String user, String password) throws Exception {
        Settings settings = GivenSettings.read(home, "caravan.embedded=none\ncaravan.target.url=" + given);

        assertThat(settings.target().url()).isEqualTo(url);
        assertThat(settings.target().user()).isEqualTo(user);
        assertThat(settings.target().password()).isEqualTo(password);
    }

    @Test
    void noneStandsAlone() throws Exception {
        assertThat(GivenSettings.read(home, "caravan.embedded=none").embedded().parts())
                .isEmpty();
        assertThatThrownBy(() -> GivenSettings.read(home, "caravan.embedded=none,kafka"))
                .hasMessageContaining("'none'");
    }

    @ParameterizedTest
    @ValueSource(strings = {"AUTO", "Pg_Dump", "catalog", "existing"})
    void theSchemasSourceIsReadInAnyCase(String word) throws Exception {
        assertThat(GivenSettings.read(home, "caravan.schema=" + word).schema().name())
                .isEqualToIgnoringCase(word);
    }
}
