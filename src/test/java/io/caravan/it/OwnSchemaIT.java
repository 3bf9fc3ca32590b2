package io.caravan.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravan.TestPostgres;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Databases that Caravan's authors did not have in mind. */
class OwnSchemaIT {
    private static final Path DEBIAN_15 = Path.of("/usr/lib/postgresql/15/bin");

    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"film-rental", "shipping"})
    void aSchemaOfYourOwnIsReplicatedByTheCatalogueCopier(String name) throws Exception {
        try (Scenario scenario = Scenario.create(directory, read(name))) {
            scenario.folder().set("caravan.tables.include", "*.*").set("caravan.schema", "catalog");
            CaravanProcess caravan = scenario.ready();
            assertThat(caravan.output()).contains("not carried: view");
            scenario.databases().awaitEqual();

            scenario.source().execute(read(name + "-changes"));

            scenario.databases().awaitEqual();
            CaravanProcess verify = scenario.folder().command("verify");
            assertThat(verify.exitCode()).as(verify.output()).isZero();
        }
    }

    @Test
    void theInitFileIsLoadedIntoTheEmbeddedSource() throws Exception {
        CaravanFolder folder = CaravanFolder.create(directory)
                .set("caravan.embedded.init", "film rental.sql")
                .set("caravan.tables.include", "*.*")
                .set("caravan.tables.exclude", "catalogue.film_actor");
        Files.writeString(directory.resolve("film rental.sql"), read("film-rental"));
        try (CaravanProcess caravan = folder.ready()) {
            caravan.databases().source().execute(read("film-rental-changes"));

            caravan.databases().awaitEqual("catalogue.film_actor");
            assertThat(caravan.databases().target().query("select to_regclass('catalogue.film_actor')"))
                    .isNull();
            assertThat(caravan.terminate()).isZero();
        }
    }

    @Test
    void twoServersOfDebianGetTheWholeSchemaByPgDump() throws Exception {
        Assumptions.assumeTrue(
                Files.isExecutable(DEBIAN_15.resolve("postgres")), "Debian's PostgreSQL 15 is not installed");
        try (TestPostgres first = TestPostgres.start(DEBIAN_15);
                TestPostgres second = TestPostgres.start(DEBIAN_15)) {
            TestDatabase source =
                    TestDatabase.ofAddress(first.create("source", "rental").url());
            TestDatabase target =
                    TestDatabase.ofAddress(second.create("target", "rental").url());
            source.execute(read("film-rental"));
            CaravanFolder folder = CaravanFolder.create(directory)
                    .set("caravan.embedded", "kafka,connect")
                    .set("caravan.source.url", source.url())
                    .set("caravan.target.url", target.url())
                    .set("caravan.tables.include", "*.*");
            try (CaravanProcess caravan = folder.ready()) {
                assertThat(caravan.output()).contains("schema by pg_dump");
                source.execute(read("film-rental-changes"));

                new Databases(source, target).awaitEqual();
                String views =
                        "select string_agg(relname, ',' order by relname) from pg_class where relkind in ('v', 'm')"
                                + " and relnamespace::regnamespace::text in ('catalogue', '\"Front Desk\"')";
                assertThat(target.query(views)).isEqualTo("by_rating,income");
                assertThat(target.query("select count(*) from pg_trigger where tgname = 'film_touch'"))
                        .isEqualTo("1");
                assertThat(caravan.terminate()).isZero();
            }
        }
    }

    private static String read(String name) throws IOException {
        try (InputStream in = Objects.requireNonNull(OwnSchemaIT.class.getResourceAsStream(name + ".sql"), name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
