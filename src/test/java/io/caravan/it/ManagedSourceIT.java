package io.caravan.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A source whose server is run by someone else, who gives nobody the superuser. */
class ManagedSourceIT {
    @TempDir
    static Path directory;

    private static Scenario scenario;

    @BeforeAll
    static void create() throws Exception {
        scenario = Scenario.create(directory, Load.schema());
    }

    @AfterAll
    static void close() throws Exception {
        scenario.close();
    }

    /** Amazon's: no superuser, and a role that gives the right to replicate. The server here does not know what that role means. */
    @Test
    void anAdministratorWhoIsNoSuperuserPreparesAManagedServer() throws Exception {
        TestDatabase source = scenario.source();
        source.execute(
                "create role rds_superuser",
                "create role rds_replication",
                "create role chief login createrole password 'chief'",
                "grant rds_superuser, rds_replication to chief with admin option",
                "do $$ begin execute format('grant create, connect on database %I to chief with grant option',"
                        + " current_database()); end $$",
                "create schema authorization chief",
                "grant create on schema public to chief",
                "create table chief.parcel (id integer primary key)",
                "alter table chief.parcel owner to chief");
        scenario.folder()
                .set("caravan.source.user", "clerk")
                .set("caravan.source.password", "l3ast")
                .set("caravan.publication", scenario.name() + "_managed")
                .set("caravan.tables.include", "chief.*")
                .set("caravan.tables.exclude", "");
        String[] asChief = {
            "prepare-source",
            "--admin",
            "chief",
            "--admin-password-file",
            Files.writeString(directory.resolve("chief"), "chief").toString()
        };
        try {
            CaravanProcess prepared = scenario.folder().command(asChief);
            assertThat(prepared.exitCode()).as(prepared.output()).isZero();
            assertThat(prepared.output())
                    .contains(
                            "create role clerk login\n",
                            "grant rds_replication to clerk",
                            "not done: alter publication")
                    .doesNotContain("login replication");
            assertThat(scenario.folder().answer(1, "check"))
                    .contains("Role clerk may not replicate: ", "Run GRANT rds_replication TO \"clerk\" on the source")
                    .doesNotContain("wal_level");
        } finally {
            source.execute(
                    "drop owned by chief cascade",
                    "drop owned by clerk cascade",
                    "drop role if exists clerk",
                    "drop role chief, rds_replication, rds_superuser");
        }
    }
}
