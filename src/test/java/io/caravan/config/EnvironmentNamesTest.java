package io.caravan.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.caravan.config.Settings.Endpoint;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Variables of the environment: our own for every key, and those that other tools have made usual. */
class EnvironmentNamesTest {
    @TempDir
    private Path home;

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
        Settings settings = GivenSettings.read(
                home,
                "caravan.embedded=none",
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
        assertThat(GivenSettings.read(home, "", "POSTGRES_CDC_SLOT", "theirs", "CARAVAN_SLOT", "ours")
                        .slot())
                .isEqualTo("ours");
    }

    @Test
    void theTemplatesTablesAreQualifiedByTheirSchema() throws Exception {
        assertThat(GivenSettings.read(home, "", "POSTGRES_CDC_SCHEMA", "s", "POSTGRES_CDC_TABLES", "a, t.b")
                        .tables()
                        .include())
                .containsExactly("s.a", "t.b");
        assertThat(GivenSettings.read(home, "", "POSTGRES_CDC_TABLES_JSON", "[\"a\",\"b\"]")
                        .tables()
                        .include())
                .containsExactly("public.a", "public.b");
        assertThat(GivenSettings.read(home, "", "POSTGRES_CDC_SCHEMA", "s")
                        .tables()
                        .include())
                .containsExactly("s.*");
    }

    @Test
    void templateTablesThatAreNoJsonAreAProblem() {
        assertThatThrownBy(() -> GivenSettings.read(home, "", "POSTGRES_CDC_TABLES_JSON", "a,b"))
                .hasMessageContaining("POSTGRES_CDC_TABLES_JSON is not a JSON array");
    }

    @Test
    void libpqsNamesReplaceTheDefaultsOfASourceThatIsNotEmbedded() throws Exception {
        Settings settings = GivenSettings.read(
                home,
                "caravan.embedded=kafka,connect",
                "PGHOST",
                "h",
                "PGPORT",
                "6",
                "PGUSER",
                "me",
                "PGPASSWORD",
                "pw");

        assertThat(settings.source().url()).isEqualTo("jdbc:postgresql://h:6/me");
        assertThat(settings.source().user()).isEqualTo("me");
        assertThat(settings.source().password()).isEqualTo("pw");
        assertThat(settings.target().user()).isEqualTo("postgres");
    }

    @Test
    void libpqsNamesDoNotTouchAnEmbeddedSourceNorWhatIsSet() throws Exception {
        assertThat(GivenSettings.read(home, "", "PGHOST", "h").source().url())
                .isEqualTo("jdbc:postgresql://localhost:5433/omedb");
        assertThat(GivenSettings.read(
                                home,
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
        assertThat(GivenSettings.read(home, "", "CARAVAN_EMBEDDED", "none", "PGHOST", "h")
                        .source()
                        .url())
                .isEqualTo("jdbc:postgresql://h:5432/postgres");
        assertThat(GivenSettings.read(home, "caravan.embedded=none", "CARAVAN_EMBEDDED", "source", "PGHOST", "h")
                        .source()
                        .url())
                .isEqualTo("jdbc:postgresql://localhost:5433/omedb");
    }
}
