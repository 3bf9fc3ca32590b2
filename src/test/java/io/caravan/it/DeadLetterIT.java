package io.caravan.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the target will not take: one row, or a whole table's changes. */
class DeadLetterIT {
    private static final Duration SOON = Duration.ofSeconds(10);

    @TempDir
    static Path directory;

    private static Scenario scenario;
    private static CaravanProcess caravan;

    @BeforeAll
    static void start() throws Exception {
        scenario = Scenario.create(directory, Load.schema());
        caravan = scenario.ready();
    }

    @AfterAll
    static void stop() throws Exception {
        scenario.close();
    }

    @Test
    void aRowThatTheTargetRejectsIsSetAsideAndTheRestGoesOn() throws Exception {
        scenario.target().execute("alter table account add constraint not_rich check (balance < 1000000)");
        scenario.source()
                .execute("insert into account select 9000 + n, 'P' || n, case n when 50 then 2000000 else n end"
                        + " from generate_series(1, 100) n");
        arrives("select count(*) from account where id > 9000", "99");

        scenario.source()
                .execute(
                        "update account set balance = 5 where id = 9050",
                        "update account set id = 9999 where id = 9050",
                        "update account set balance = 6 where id = 9999",
                        "update account set balance = 7 where id in (9049, 9051)");
        arrives(
                "select string_agg(id || '=' || balance, ' ' order by id) from account where id in (9049, 9050, 9051, 9999)",
                "9049=7 9051=7");
        arrives(
                "select string_agg(state || coalesce(nullif(' ' || sqlstate, ' '), ''), ', ' order by id) from caravan.dead_letter where table_name = 'public.account'",
                "rejected 23514, held, held, held, held");

        CaravanProcess status = scenario.folder().command("status");
        assertThat(status.exitCode()).isEqualTo(1);
        assertThat(status.output()).contains("NOT HEALTHY").contains("dead letters wait in caravan.dead_letter");
        scenario.databases().awaitEqual("public.account");
    }

    @Test
    void aLetterWaitsThroughARestartAndKeepsItsKeyBehindIt() throws Exception {
        scenario.target().execute("create unique index on \"Order Line\" (amount) where \"order\" >= 7000");
        scenario.source()
                .execute(
                        "insert into \"Order Line\" values (7001, 1, null, 1), (7002, 1, null, 1), (7003, 1, null, 2)");
        arrives("select count(*) from \"Order Line\" where \"order\" >= 7000", "2");

        caravan.terminate();
        caravan = scenario.ready();
        scenario.source()
                .execute(
                        "update \"Order Line\" set amount = amount + 10 where \"order\" in (7001, 7003)",
                        "delete from \"Order Line\" where \"order\" = 7002");

        arrives(
                "select string_agg(\"order\" || '=' || amount, ' ' order by 1) from \"Order Line\" where \"order\" >= 7000",
                "7001=11.00 7003=12.00");
        arrives(
                "select string_agg(state, ', ' order by id) from caravan.dead_letter where table_name = 'public.Order Line'",
                "rejected, held");
    }

    @Test
    void aFailureOfUnknownKindStopsThatTableVisiblyAndNoOther() throws Exception {
        scenario.target().execute("alter table item rename column quantity to mistake");
        try {
            scenario.source()
                    .execute(
                            "update item set quantity = 77 where id = 7",
                            "insert into scratch (word) values ('goes on')");

            arrives("select count(*) from scratch where word = 'goes on'", "1");
            await("item is stopped")
                    .atMost(SOON)
                    .until(() -> table("public.item").get("state").asText().equals("stopped"));
            assertThat(table("public.item").get("error").asText()).contains("column \"quantity\"");
            CaravanProcess status = scenario.folder().command("status");
            assertThat(status.exitCode()).isEqualTo(1);
            assertThat(status.output()).contains("Table public.item is stopped: ");
            assertThat(table("public.scratch").get("state").asText()).isEqualTo("streaming");
        } finally {
            scenario.target().execute("alter table item rename column mistake to quantity");
        }

        caravan.terminate();
        caravan = scenario.ready();
        arrives("select quantity from item where id = 7", "77");
        scenario.databases().awaitEqual("public\\.(account|\"Order Line\")");
    }

    private static void arrives(String query, String value) {
        scenario.databases().awaitInTarget(query, value, SOON);
    }

    private static JsonNode table(String name) throws Exception {
        JsonNode status = new ObjectMapper()
                .readTree(scenario.folder().command("status", "--json").output());
        for (JsonNode table : status.get("tables")) {
            if (table.get("table").asText().equals(name)) {
                return table;
            }
        }
        throw new AssertionError("status knows no table " + name + ": " + status);
    }
}
