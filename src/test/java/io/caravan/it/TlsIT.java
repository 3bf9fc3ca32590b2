package io.caravan.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.caravan.PostgresPrograms;
import io.caravan.TestPostgres;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Databases that speak TLS only, with certificates of their own making. */
class TlsIT {
    @TempDir
    Path directory;

    @Test
    void everyConnectionIsEncryptedAndTheServersCertificateIsChecked() throws Exception {
        Path certificate = SelfSigned.create(directory, "server").certificate();
        Path another = SelfSigned.create(directory, "another").certificate();
        try (TestPostgres server = TestPostgres.start();
                Scenario scenario = Scenario.create(directory)) {
            TestDatabase plain =
                    TestDatabase.ofAddress(server.create("source", "shop").url());
            plain.execute("create table t (id integer primary key, word text)", "insert into t values (1, 'copied')");
            requireTls(plain, certificate);
            TestDatabase open = TestDatabase.ofAddress(plain.url() + "?sslmode=disable");
            assertThatThrownBy(() -> open.query("select 1")).isInstanceOf(SQLException.class);
            String url = plain.url() + "?sslmode=verify-full&sslrootcert=";

            scenario.folder().set("caravan.source.url", url + another);
            CaravanProcess refused = scenario.folder().command("check");
            assertThat(refused.exitCode()).isEqualTo(1);
            assertThat(refused.output()).containsIgnoringCase("certificat");

            scenario.folder().set("caravan.source.url", url + certificate);
            scenario.ready();
            TestDatabase source = TestDatabase.ofAddress(url + certificate);
            source.execute("insert into t values (2, 'streamed')");
            scenario.databases()
                    .awaitInTarget(
                            "select string_agg(word, ' ' order by id) from t", "copied streamed", Databases.LIMIT);
            assertThat(source.query("select count(*) || ' ' || bool_and(ssl) from pg_stat_replication"
                            + " join pg_stat_ssl using (pid)"))
                    .isEqualTo("1 true");
            assertThat(source.query("select bool_and(ssl) from pg_stat_ssl join pg_stat_activity using (pid)"
                            + " where client_addr is not null"))
                    .isEqualTo("t");
        }
    }

    /** The source is of the version whose pg_dump and pg_restore this machine has. */
    @Test
    void bothSidesCanAskForACertificateOfTheClientAndTheSchemaIsDumpedWithIt() throws Exception {
        Path programs = PostgresPrograms.of(15).orElse(null);
        assumeTrue(programs != null, "PostgreSQL 15 is not installed");
        Path server = SelfSigned.create(directory, "server").certificate();
        SelfSigned client = SelfSigned.create(directory, "client");
        try (TestPostgres sourceServer = TestPostgres.start(programs);
                TestPostgres targetServer = TestPostgres.start();
                Scenario scenario = Scenario.create(directory)) {
            TestDatabase plainSource =
                    TestDatabase.ofAddress(sourceServer.create("source", "shop").url());
            TestDatabase plainTarget =
                    TestDatabase.ofAddress(targetServer.create("target", "shop").url());
            plainSource.execute(
                    "create table t (id integer primary key, word text)",
                    "create view only_pg_dump_carries_views as select word from t",
                    "insert into t values (1, 'copied')");
            String parameters = "?sslmode=verify-full&sslrootcert=" + server + "&sslcert=" + client.certificate()
                    + "&sslkey=" + client.key();
            for (TestDatabase plain : List.of(plainSource, plainTarget)) {
                requireTls(plain, server, "clientcert=verify-ca", client.certificate());
            }
            TestDatabase source = TestDatabase.ofAddress(plainSource.url() + parameters);
            TestDatabase target = TestDatabase.ofAddress(plainTarget.url() + parameters);
            scenario.folder()
                    .set("caravan.source.url", source.url())
                    .set("caravan.target.url", target.url())
                    .set("caravan.schema", "pg_dump");

            scenario.ready();
            source.execute("insert into t values (2, 'streamed')");

            new Databases(source, target)
                    .awaitInTarget(
                            "select string_agg(word, ' ' order by word) from only_pg_dump_carries_views",
                            "copied streamed",
                            Databases.LIMIT);
            assertThat(target.query("select count(*) > 1 and bool_and(client_dn is not null)"
                            + " from pg_stat_ssl join pg_stat_activity using (pid) where client_addr is not null"))
                    .isEqualTo("t");
        }
    }

    private static void requireTls(TestDatabase database, Path certificate) throws Exception {
        requireTls(database, certificate, "", certificate);
    }

    /** @param clients the certificate that signs those of the clients, when the option asks for them */
    private static void requireTls(TestDatabase database, Path certificate, String option, Path clients)
            throws Exception {
        Path rules = Path.of(database.query("show hba_file"));
        Files.writeString(rules, "hostssl all all 127.0.0.1/32 trust " + option + "\n");
        database.execute(
                "alter system set ssl_ca_file = '" + clients + "'",
                "alter system set ssl_cert_file = '" + certificate + "'",
                "alter system set ssl_key_file = '" + certificate.resolveSibling(certificate.getFileName() + ".key")
                        + "'",
                "alter system set ssl = on",
                "select pg_reload_conf()");
        TestDatabase open = TestDatabase.ofAddress(database.url() + "?sslmode=disable");
        await("the new rules are in force").atMost(Databases.LIMIT).until(() -> isRefused(open));
    }

    private static boolean isRefused(TestDatabase database) {
        try {
            database.query("select 1");
            return false;
        } catch (SQLException e) {
            return true;
        }
    }
}
