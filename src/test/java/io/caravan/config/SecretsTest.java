package io.caravan.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Passwords and tokens: where they are asked for, and where they never appear. */
class SecretsTest {
    @TempDir
    private Path home;

    @Test
    void aWrongPasswordInAnAddressIsNotRepeated() {
        assertThat(catchThrowable(() -> GivenSettings.read(home, "caravan.source.url=postgresql://u:se%zzcret@h/d")))
                .isInstanceOf(SettingsException.class)
                .hasMessageNotContaining("cret");
    }

    @Test
    void aPortThatOthersReachNeedsAToken() throws Exception {
        assertThatThrownBy(
                        () -> GivenSettings.read(home, "caravan.http.host=0.0.0.0\ncaravan.management.host=10.0.0.5\n"))
                .isInstanceOf(SettingsException.class)
                .hasMessageContaining("caravan.http.host is '0.0.0.0', which others can reach")
                .hasMessageContaining("caravan.management.host is '10.0.0.5'")
                .hasMessageContaining("CARAVAN_HTTP_TOKEN");
        assertThat(GivenSettings.read(home, "caravan.http.host=0.0.0.0\n", "CARAVAN_HTTP_TOKEN", "none")
                        .httpToken())
                .isEmpty();
        assertThat(GivenSettings.read(home, "caravan.http.host=0.0.0.0\n", "CARAVAN_HTTP_TOKEN", "s3")
                        .httpToken())
                .isEqualTo("s3");
        assertThat(GivenSettings.read(home, "caravan.http.host=::1\ncaravan.management.host=localhost\n")
                        .httpToken())
                .isEmpty();
    }

    @Test
    void whatIsPrintedOrHandedToRoutesHasNoSecrets() throws Exception {
        Settings settings = GivenSettings.read(home, """
                caravan.embedded=none
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
    void kafkaConnectsPasswordIsTakenOutOfItsAddress() throws Exception {
        Settings settings = GivenSettings.read(
                home, "caravan.embedded=none\ncaravan.connect.url=https://me:s3cr%23t@connect:8083\n");

        assertThat(settings.connect().authorization()).isEqualTo("Basic bWU6czNjciN0");
        assertThat(settings.connect()).hasToString("https://connect:8083");
        assertThat(settings.all())
                .containsEntry("caravan.connect.url", "https://connect:8083")
                .containsEntry("caravan.connect.user", "me");
        assertThat(settings + " " + settings.all()).doesNotContain("s3cr");
        assertThat(GivenSettings.read(home, "caravan.connect.user=me\n", "CARAVAN_CONNECT_PASSWORD", "s3cr#t")
                        .connect()
                        .authorization())
                .isEqualTo(settings.connect().authorization());
        assertThat(GivenSettings.read(home, "").connect().authorization()).isEmpty();
    }

    @Test
    void whatCannotBeReadOfKafkaConnectsLoginIsNotRepeated() throws Exception {
        GivenSettings.file(home, "");
        assertThat(catchThrowable(() -> GivenSettings.read(
                        home,
                        "caravan.connect.url=https://me:s3%zzcret@h\ncaravan.connect.ca=application.properties\n")))
                .isInstanceOf(SettingsException.class)
                .hasMessageContaining("caravan.connect.url has a user or a password with a percent sign")
                .hasMessageContaining("caravan.connect.ca names " + home)
                .hasMessageNotContaining("cret");
    }

    @Test
    void theConnectorIsGivenAReferenceToThePasswordWhereItCanBeResolved() throws Exception {
        assertThat(GivenSettings.read(home, "").connectPassword()).isEqualTo("${env:CARAVAN_SOURCE_PASSWORD}");
        assertThat(GivenSettings.read(home, "caravan.embedded=none\n").connectPassword())
                .isEqualTo("postgres");
        assertThat(GivenSettings.read(home, "caravan.embedded=none\ncaravan.connect.source-password=${file:/run/x:y}\n")
                        .connectPassword())
                .isEqualTo("${file:/run/x:y}");
    }

    @Test
    void aKeyFilesPasswordIsNotTakenInAnAddress() {
        assertThatThrownBy(
                        () -> GivenSettings.read(home, "caravan.source.url=jdbc:postgresql://db1/shop?sslpassword=x\n"))
                .hasMessageContaining("caravan.source.url has the parameter sslpassword");
    }

    /** Only the JDBC driver would check the certificate then. */
    @Test
    void encryptionIsAskedForByTheParameterThatEveryPartKnows() {
        assertThatThrownBy(() -> GivenSettings.read(home, "caravan.target.url=jdbc:postgresql://db2/shop?ssl=true\n"))
                .hasMessageContaining("caravan.target.url has the parameter ssl: ")
                .hasMessageContaining("Use sslmode=verify-full.");
    }

    @Test
    void anAddressDoesNotTakeTheSessionsSettingsAway() {
        assertThatThrownBy(() -> GivenSettings.read(home, """
                        caravan.source.url=postgresql://db1/shop?sslmode=require&options=-c%20DateStyle%3DGerman
                        caravan.target.url=jdbc:postgresql://db2/shop?currentSchema=a&socketTimeout=30
                        """))
                .hasMessageContaining("caravan.source.url has the parameter options: Caravan starts its sessions")
                .hasMessageContaining("caravan.target.url has the parameter currentSchema")
                .hasMessageContaining("caravan.target.url has the parameter socketTimeout");
    }
}
