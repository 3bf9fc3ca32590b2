package io.caravan.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What the target will not take: one row, or a whole table's changes. */
class DeadLetterIT {
    private static final Duration SOON = Duration.ofMinutes(1);
    private static final ObjectMapper JSON = new ObjectMapper();

    @RegisterExtension
    static final Streaming PIPELINE = new Streaming();

    @Test
    void aRowThatTheTargetRejectsIsSetAsideAndTheRestGoesOnUntilItIsReplayed() throws Exception {
        PIPELINE.target().execute("alter table account add constraint not_rich check (balance < 1000000)");
        PIPELINE.source()
                .execute("insert into account select 9000 + n, 'P' || n, case n when 50 then 2000000 else n end"
                        + " from generate_series(1, 100) n");
        arrives("select count(*) from account where id > 9000", "99");

        PIPELINE.source()
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

        assertThat(PIPELINE.answer(1, "status"))
                .contains("NOT HEALTHY")
                .contains("dead letters wait in caravan.dead_letter");
        assertThat(PIPELINE.answer(0, "dead-letters", "list", "--table", "public.account"))
                .contains("23514", "id=9050", "id=9050 -> id=9999", "not_rich", "1 rejected, 4 held");
        JsonNode letters = JSON.readTree(PIPELINE.answer(0, "dead-letters", "list", "--json"));
        long id = letters.get(0).get("id").asLong();
        assertThat(PIPELINE.answer(0, "dead-letters", "show", String.valueOf(id)))
                .contains("violates check constraint", "2000000", "chain");

        // what the chain comes to is welcome, so nothing needs to be mended
        assertThat(PIPELINE.answer(0, "dead-letters", "replay", String.valueOf(id)))
                .contains("public.account: 5 replayed");
        PIPELINE.target().execute("alter table account drop constraint not_rich");
        PIPELINE.databases().awaitEqual("public\\.\"Order Line\"");
    }

    @Test
    void aLetterWaitsThroughARestartAndIsReplayedWithoutAProcess() throws Exception {
        PIPELINE.target().execute("create unique index one_amount on \"Order Line\" (amount) where \"order\" >= 7000");
        PIPELINE.source()
                .execute(
                        "insert into \"Order Line\" values (7001, 1, null, 1), (7002, 1, null, 1), (7003, 1, null, 2)");
        arrives("select count(*) from \"Order Line\" where \"order\" >= 7000", "2");

        PIPELINE.stop();
        PIPELINE.start();
        PIPELINE.source()
                .execute(
                        "update \"Order Line\" set amount = amount + 10 where \"order\" in (7001, 7003)",
                        "update \"Order Line\" set amount = 1 where \"order\" = 7002");

        arrives(
                "select string_agg(\"order\" || '=' || amount, ' ' order by 1) from \"Order Line\" where \"order\" >= 7000",
                "7001=11.00 7003=12.00");
        arrives(
                "select string_agg(state, ', ' order by id) from caravan.dead_letter where table_name = 'public.Order Line'",
                "rejected, held");

        PIPELINE.stop();
        assertThat(PIPELINE.answer(0, "dead-letters", "replay", "--table", "public.Order Line"))
                .contains("public.Order Line: 2 replayed");
        PIPELINE.target().execute("drop index one_amount");
        PIPELINE.start();
        PIPELINE.source().execute("delete from \"Order Line\" where \"order\" = 7002");
        PIPELINE.databases().awaitEqual("public\\.account");
    }

    @Test
    void aLetterThatIsGivenUpAsksFirst() throws Exception {
        PIPELINE.target().execute("alter table scratch add constraint polite check (word <> 'rude')");
        PIPELINE.source().execute("insert into scratch (word) values ('rude')");
        arrives("select count(*) from caravan.dead_letter where table_name = 'public.scratch'", "1");

        assertThat(PIPELINE.answer(2, "dead-letters", "discard")).contains("Say which letters");
        assertThat(PIPELINE.answer(1, "dead-letters", "discard", "--table", "public.scratch"))
                .contains("Nothing was discarded");
        assertThat(PIPELINE.answer(1, "dead-letters", "replay", "--all")).contains("refused again", "polite");
        assertThat(api("replay", "{\"table\":\"public.scratch\"}", "text/plain").statusCode())
                .isEqualTo(415);
        assertThat(api("discard", "{}", "application/json").statusCode()).isEqualTo(400);
        assertThat(JSON.readTree(api("replay", "{\"table\":\"public.scratch\"}", "application/json")
                                .body())
                        .at("/0/refused/0/sqlState")
                        .asText())
                .isEqualTo("23514");
        assertThat(PIPELINE.answer(0, "dead-letters", "discard", "--table", "public.scratch", "--yes"))
                .contains("Discarded: 1", "No dead letters wait");

        PIPELINE.target().execute("alter table scratch drop constraint polite");
        PIPELINE.source().execute("delete from scratch where word = 'rude'");
        PIPELINE.databases().awaitEqual("public\\.(account|\"Order Line\")");
    }

    @Test
    void aFailureOfUnknownKindStopsThatTableVisiblyAndNoOther() throws Exception {
        PIPELINE.target().execute("alter table item rename column quantity to mistake");
        try {
            PIPELINE.source()
                    .execute(
                            "update item set quantity = 77 where id = 7",
                            "insert into scratch (word) values ('goes on')");

            arrives("select count(*) from scratch where word = 'goes on'", "1");
            await("item is stopped")
                    .atMost(SOON)
                    .until(() -> table("public.item").get("state").asText().equals("stopped"));
            assertThat(table("public.item").get("error").asText())
                    .containsPattern("no column quantity|column \"quantity\"");
            assertThat(PIPELINE.answer(1, "status")).contains("Table public.item is stopped: ");
            assertThat(table("public.scratch").get("state").asText()).isEqualTo("streaming");
        } finally {
            PIPELINE.target().execute("alter table item rename column mistake to quantity");
        }

        PIPELINE.stop();
        PIPELINE.start();
        arrives("select quantity from item where id = 7", "77");
        PIPELINE.databases().awaitEqual("public\\.(account|\"Order Line\")");
    }

    /** PostgreSQL says of such a row only that it wrote one less. */
    @Test
    void rowsThatATriggerOrARuleOfTheTargetLeavesOutAreLettersAndTheStatusTellsWhy() throws Exception {
        PIPELINE.target().execute("""
                create function leave_out() returns trigger language plpgsql as 'begin return null; end';
                create trigger leaves before insert on journal for each row when (new.n = 77) execute function leave_out();
                alter table journal enable always trigger leaves;
                create rule passes_over as on insert to account where new.id = 8077 do instead nothing;
                alter table account enable replica rule passes_over""");

        PIPELINE.source()
                .execute(
                        "insert into journal select now(), 'left', n from generate_series(70, 79) n",
                        "insert into account select 8000 + n, 'R' || n, n from generate_series(70, 79) n");

        String missing = "select state from caravan.dead_letter where error like '%ENABLE ALWAYS%' and table_name = ";
        arrives(missing + "'public.journal'", "rejected");
        arrives(missing + "'public.account'", "rejected");
        assertThat(PIPELINE.answer(1, "status"))
                .contains("TRIGGER leaves of table public.journal in the target is ENABLE ALWAYS or REPLICA")
                .contains("RULE passes_over of table public.account in the target is ENABLE ALWAYS or REPLICA");
        PIPELINE.target()
                .execute(
                        "drop trigger leaves on journal",
                        "drop function leave_out",
                        "drop rule passes_over on account");
        PIPELINE.answer(0, "dead-letters", "replay", "--all");
        arrives("select count(*) from journal where what = 'left'", "10");
        arrives("select count(*) from account where id between 8070 and 8079", "10");
    }

    private static HttpResponse<String> api(String what, String body, String contentType) throws Exception {
        String http = PIPELINE.caravan().addresses().get("http").asText();
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(http + "/api/dead-letters/" + what))
                                .header("Content-Type", contentType)
                                .POST(HttpRequest.BodyPublishers.ofString(body))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
    }

    private static void arrives(String query, String value) {
        PIPELINE.databases().awaitInTarget(query, value, SOON);
    }

    private static JsonNode table(String name) throws Exception {
        JsonNode status = PIPELINE.status();
        for (JsonNode table : status.get("tables")) {
            if (table.get("table").asText().equals(name)) {
                return table;
            }
        }
        throw new AssertionError("status knows no table " + name + ": " + status);
    }
}
