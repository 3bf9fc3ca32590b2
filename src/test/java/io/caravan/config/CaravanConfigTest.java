package io.caravan.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.entry;

import io.caravan.config.Settings.Endpoint;
import io.caravan.config.Settings.SchemaSource;
import io.caravan.postgres.TableName;
import java.io.IOException;
import java.nio.file.Files;
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
        Settings settings = read("");

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

        Settings settings = read(file, "CARAVAN_SLOT", "of_the_environment");

        assertThat(settings.pipeline()).isEqualTo("of-the-file");
        assertThat(settings.slot()).isEqualTo("of_the_environment");
    }

    @Test
    void addressesOfEmbeddedPartsWinOverAll() throws Exception {
        Path file = file("caravan.http.port=1");

        Settings settings =
                SettingsReader.read(file, Map.of("CARAVAN_HTTP_PORT", "2"), Map.of("caravan.http.port", "3"));

        assertThat(settings.http().port()).isEqualTo(3);
    }

    @Test
    void keysOfCamelsOwnAreHandedOn() throws Exception {
        assertThat(read("camel.main.tracing=true").all()).containsEntry("camel.main.tracing", "true");
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

        assertThatThrownBy(() -> read(file, "CARAVAN_SLOTS", "x"))
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

    @Test
    void aWrongPasswordInAnAddressIsNotRepeated() {
        assertThat(catchThrowable(() -> read("caravan.source.url=postgresql://u:se%zzcret@h/d")))
                .isInstanceOf(SettingsException.class)
                .hasMessageNotContaining("cret");
    }

    @Test
    void aMistypedKeyIsToldItsLikelyName() {
        assertThatThrownBy(() -> read("caravan.copying.jobs=3"))
                .hasMessageContaining("Did you mean caravan.copy.jobs?");
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
        "jdbc:postgresql://h:5/d?ssl=true, jdbc:postgresql://h:5/d?ssl=true, postgres, postgres"
    })
    void anAddressIsTakenInEitherForm(String given, String url, String user, String password) throws Exception {
        Settings settings = read("caravan.target.url=" + given);

        assertThat(settings.target().url()).isEqualTo(url);
        assertThat(settings.target().user()).isEqualTo(user);
        assertThat(settings.target().password()).isEqualTo(password);
    }

    @ParameterizedTest
    @CsvSource({
        "caravan.source.url, CARAVAN_SOURCE_URL",
        "caravan.kafka.bootstrap-servers, CARAVAN_KAFKA_BOOTSTRAP_SERVERS",
        "caravan.heartbeat-millis, CARAVAN_HEARTBEAT_MILLIS"
    })
    void everyKeyHasAnEnvironmentVariable(String key, String variable) {
        assertThat(EnvironmentNames.variable(key)).isEqualTo(variable);
    }

    @Test
    void theNamesOfTheTemplatesAreHonoured() throws Exception {
        Settings settings = read(
                "",
                "CARAVAN_HTTP_TOKEN",
                "none",
                "POSTGRES_CDC_DSN",
                "postgresql://me:pw@h:1/d",
                "POSTGRES_CDC_PUBLICATION",
                "pub",
                "POSTGRES_CDC_SLOT",
                "slot",
                "POSTGRES_CDC_WAIT_FOR_TABLE",
                "ready",
                "POSTGRES_CDC_TOPIC",
                "prefix",
                "POSTGRES_CDC_BROKER_ADDRESS",
                "k:9",
                "POSTGRES_CDC_HTTP_ADDR",
                ":8081");

        assertThat(settings.source().url()).isEqualTo("jdbc:postgresql://h:1/d");
        assertThat(settings.source().password()).isEqualTo("pw");
        assertThat(settings.publication()).isEqualTo("pub");
        assertThat(settings.slot()).isEqualTo("slot");
        assertThat(settings.waitForTable()).isEqualTo("ready");
        assertThat(settings.topicPrefix()).isEqualTo("prefix");
        assertThat(settings.kafka().servers()).isEqualTo("k:9");
        assertThat(settings.http()).isEqualTo(new Endpoint("0.0.0.0", 8081));
    }

    @Test
    void ourOwnNameWinsOverATemplates() throws Exception {
        assertThat(read("", "POSTGRES_CDC_SLOT", "theirs", "CARAVAN_SLOT", "ours")
                        .slot())
                .isEqualTo("ours");
    }

    @Test
    void theTemplatesTablesAreQualifiedByTheirSchema() throws Exception {
        assertThat(read("", "POSTGRES_CDC_SCHEMA", "s", "POSTGRES_CDC_TABLES", "a, t.b")
                        .tables()
                        .include())
                .containsExactly("s.a", "t.b");
        assertThat(read("", "POSTGRES_CDC_TABLES_JSON", "[\"a\",\"b\"]")
                        .tables()
                        .include())
                .containsExactly("public.a", "public.b");
        assertThat(read("", "POSTGRES_CDC_SCHEMA", "s").tables().include()).containsExactly("s.*");
    }

    @Test
    void templateTablesThatAreNoJsonAreAProblem() {
        assertThatThrownBy(() -> read("", "POSTGRES_CDC_TABLES_JSON", "a,b"))
                .hasMessageContaining("POSTGRES_CDC_TABLES_JSON is not a JSON array");
    }

    @Test
    void libpqsNamesReplaceTheDefaultsOfASourceThatIsNotEmbedded() throws Exception {
        Settings settings = read(
                "caravan.embedded=kafka,connect", "PGHOST", "h", "PGPORT", "6", "PGUSER", "me", "PGPASSWORD", "pw");

        assertThat(settings.source().url()).isEqualTo("jdbc:postgresql://h:6/me");
        assertThat(settings.source().user()).isEqualTo("me");
        assertThat(settings.source().password()).isEqualTo("pw");
        assertThat(settings.target().user()).isEqualTo("postgres");
    }

    @Test
    void libpqsNamesDoNotTouchAnEmbeddedSourceNorWhatIsSet() throws Exception {
        assertThat(read("", "PGHOST", "h").source().url()).isEqualTo("jdbc:postgresql://localhost:5433/omedb");
        assertThat(read(
                                "caravan.embedded=none\ncaravan.source.url=jdbc:postgresql://mine/d\ncaravan.source.user=u",
                                "PGHOST",
                                "h",
                                "PGUSER",
                                "me")
                        .source()
                        .toString())
                .isEqualTo("source jdbc:postgresql://mine/d as u");
    }

    @Test
    void whetherTheSourceIsEmbeddedMayComeFromTheEnvironment() throws Exception {
        assertThat(read("", "CARAVAN_EMBEDDED", "none", "PGHOST", "h").source().url())
                .isEqualTo("jdbc:postgresql://h:5432/postgres");
        assertThat(read("caravan.embedded=none", "CARAVAN_EMBEDDED", "source", "PGHOST", "h")
                        .source()
                        .url())
                .isEqualTo("jdbc:postgresql://localhost:5433/omedb");
    }

    @Test
    void noneStandsAlone() throws Exception {
        assertThat(read("caravan.embedded=none").embedded().parts()).isEmpty();
        assertThatThrownBy(() -> read("caravan.embedded=none,kafka")).hasMessageContaining("'none'");
    }

    @ParameterizedTest
    @ValueSource(strings = {"AUTO", "Pg_Dump", "catalog", "existing"})
    void theSchemasSourceIsReadInAnyCase(String word) throws Exception {
        assertThat(read("caravan.schema=" + word).schema().name()).isEqualToIgnoringCase(word);
    }

    private Settings read(String content, String... environment) throws Exception {
        Map<String, String> variables = new java.util.HashMap<>();
        for (int i = 0; i < environment.length; i += 2) {
            variables.put(environment[i], environment[i + 1]);
        }
        return SettingsReader.read(file(content), variables);
    }

    private Path file(String content) throws IOException {
        return Files.writeString(home.resolve("application.properties"), content);
    }

    @Test
    void aPortThatOthersReachNeedsAToken() throws Exception {
        assertThatThrownBy(() -> read("caravan.http.host=0.0.0.0\ncaravan.management.host=10.0.0.5\n"))
                .isInstanceOf(SettingsException.class)
                .hasMessageContaining("caravan.http.host is '0.0.0.0', which others can reach")
                .hasMessageContaining("caravan.management.host is '10.0.0.5'")
                .hasMessageContaining("CARAVAN_HTTP_TOKEN");
        assertThat(read("caravan.http.host=0.0.0.0\n", "CARAVAN_HTTP_TOKEN", "none")
                        .httpToken())
                .isEmpty();
        assertThat(read("caravan.http.host=0.0.0.0\n", "CARAVAN_HTTP_TOKEN", "s3")
                        .httpToken())
                .isEqualTo("s3");
        assertThat(read("caravan.http.host=::1\ncaravan.management.host=localhost\n")
                        .httpToken())
                .isEmpty();
    }

    @Test
    void whatIsPrintedOrHandedToRoutesHasNoSecrets() throws Exception {
        Settings settings = read("""
                caravan.source.url=postgresql://me:s3cret@db1/shop?sslmode=require
                caravan.target.url=jdbc:postgresql://db2/shop?user=you&password=s3cr%23t&sslmode=require
                """, "CARAVAN_HTTP_TOKEN", "s3cret");

        assertThat(settings.source().password()).isEqualTo("s3cret");
        assertThat(settings.target().user()).isEqualTo("you");
        assertThat(settings.target().password()).isEqualTo("s3cr#t");
        assertThat(settings.target().url()).isEqualTo("jdbc:postgresql://db2/shop?sslmode=require");
        assertThat(settings + " " + settings.all() + settings.source() + settings.target())
                .doesNotContain("s3cr");
    }

    @Test
    void theConnectorIsGivenAReferenceToThePasswordWhereItCanBeResolved() throws Exception {
        assertThat(read("").connectPassword()).isEqualTo("${env:CARAVAN_SOURCE_PASSWORD}");
        assertThat(read("caravan.embedded=none\n").connectPassword()).isEqualTo("postgres");
        assertThat(read("caravan.embedded=none\ncaravan.connect.source-password=${file:/run/x:y}\n")
                        .connectPassword())
                .isEqualTo("${file:/run/x:y}");
    }

    @Test
    void aKeyFilesPasswordIsNotTakenInAnAddress() {
        assertThatThrownBy(() -> read("caravan.source.url=jdbc:postgresql://db1/shop?sslpassword=x\n"))
                .hasMessageContaining("caravan.source.url has a sslpassword");
    }
}
