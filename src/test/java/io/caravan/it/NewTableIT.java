package io.caravan.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tables that are made on the source while it is written to. */
class NewTableIT {
    private static final Duration LIMIT = Duration.ofSeconds(90);

    @TempDir
    static Path directory;

    private static Scenario scenario;
    private static CaravanProcess caravan;

    @BeforeAll
    static void start() throws Exception {
        scenario = Scenario.create(directory, Load.schema());
        scenario.folder().set("caravan.tables.watch-seconds", 1);
        caravan = scenario.ready();
    }

    @AfterAll
    static void stop() throws Exception {
        scenario.close();
    }

    @Test
    void aNewTableIsMadeCopiedAndStreamedWhileItIsWrittenTo() throws Exception {
        try (Load load = Load.start(scenario.source())) {
            scenario.source().execute("""
                    create type mood as enum ('good', 'bad');
                    create table visit (id bigint generated always as identity primary key,
                        item_id integer references item on update cascade on delete set null, how mood, at timestamptz default now());
                    insert into visit (how) select 'good' from generate_series(1, 1000);
                    create index visit_at on visit (at)""");
            try (Load visits = Load.repeating(
                            scenario.source(),
                            "insert into visit (how) values ('bad'), ('good');"
                                    + "update visit set at = now() where id = 1 + (random() * 1000)::int;"
                                    + "delete from visit where id = 1 + (random() * 2000)::int");
                    Connection writer = scenario.source().connect();
                    Statement statement = writer.createStatement()) {
                writer.setAutoCommit(false);
                statement.execute("insert into visit (how) values ('good'), ('bad')"); // before the table is published
                step("public.visit", "added");
                statement.execute("insert into visit (how) values ('good')");
                writer.commit();
                step("public.visit", "copied");
                visits.stop();
            }
            load.stop();
        }

        scenario.databases().awaitEqual("public\\.(keyless)");
        assertThat(scenario.target()
                        .query("select count(*) from pg_index where indrelid = 'visit'::regclass and indisvalid"))
                .isEqualTo("2");
        assertThat(scenario.target()
                        .query("select count(*) from pg_constraint where conrelid = 'visit'::regclass"
                                + " and contype = 'f'"))
                .isEqualTo("1");
    }

    @Test
    void aNewTableWithoutAKeyWaitsAndDoesNotFailTheSourcesWriters() throws Exception {
        scenario.source().execute("create table keyless (id integer, v text); insert into keyless values (1, 'a')");
        step("public.keyless", "waiting");
        scenario.source().execute("update keyless set v = 'b'"); // would be refused if it were published

        CaravanProcess status = scenario.folder().command("status");
        assertThat(status.output()).contains("public.keyless is waiting: ").contains("REPLICA IDENTITY FULL");

        scenario.source().execute("alter table keyless add primary key (id)");
        step("public.keyless", "copied");
        scenario.source().execute("insert into keyless values (2, 'c')");
        scenario.databases().awaitInTarget("select string_agg(v, '' order by id) from keyless", "bc", LIMIT);
    }

    private static void step(String table, String step) {
        scenario.databases()
                .awaitInTarget("select step from caravan.bootstrap where table_name = '" + table + "'", step, LIMIT);
        assertThat(caravan.isAlive()).isTrue();
    }
}
