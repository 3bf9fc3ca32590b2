package io.caravan.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.Keys;

/** The status page as a person has it open from the first copy on, without reloading it. One after the other. */
@TestMethodOrder(OrderAnnotation.class)
class PageIT {
    private static final String TABLES = """
            create table customers (id integer primary key, email text not null);
            create table orders (id integer primary key, customer_id integer not null, total numeric(12, 2) not null);
            create table payments (id integer primary key, amount numeric(12, 2) not null);
            create table "<b>a_name_as_long_as_postgresql_lets_one_be_of_sixty_three</b>__" (id integer primary key);
            """;
    private static final String ROWS = """
            insert into customers select n, 'c' || n || '@example.org' from generate_series(1, 20000) n;
            insert into orders select n, n % 20000, n * 1.5 from generate_series(1, 60000) n;
            insert into payments select n, n from generate_series(1, 500) n;
            """;
    /** Rows of payments wait for whoever holds the lock, so the copy stands still while the page is looked at. */
    private static final String WAITS = """
            create function public.wait() returns boolean immutable language sql as
            'select pg_catalog.pg_advisory_xact_lock_shared(42) is not null';
            alter table payments add constraint waits check (public.wait());
            """;

    @TempDir
    static Path directory;

    private static Scenario scenario;
    private static CaravanProcess caravan;
    private static Browser browser;
    private static String page;

    @BeforeAll
    static void prepare() throws Exception {
        scenario = Scenario.create(directory, TABLES, ROWS);
        try (ServerSocket free = new ServerSocket(0)) { // the page is looked at before READY names its port
            page = "http://127.0.0.1:" + free.getLocalPort();
            scenario.folder().set("caravan.schema", "existing").set("caravan.http.port", free.getLocalPort());
        }
        scenario.target().execute(TABLES, WAITS);
    }

    @AfterAll
    static void close() throws Exception {
        if (browser != null) {
            browser.close();
        }
        scenario.close();
    }

    @Test
    @Order(1)
    void whileTheRowsAreCopiedItSaysHowFarAndHowLong() throws Exception {
        try (Connection lock = scenario.target().connect()) {
            lock.createStatement().execute("select pg_advisory_lock(42)");
            caravan = scenario.start();
            awaitPage();
            browser = Browser.open(directory.resolve("browser"), page);

            browser.awaitText("#state", "Copying the rows");
            browser.awaitText("#copied", "3 of 4 tables, 80,000 rows");
            browser.awaitText("#left", "\\d+ %, (about \\d+|under 1) (s|min) left");
            assertThat(stateOf("slot")).isEqualTo("done");
            assertThat(stateOf("copy")).isEqualTo("now");
            assertThat(stateOf("apply")).isNull();
            browser.photograph("copying");
        }
    }

    @Test
    @Order(2)
    void whileItStreamsItSaysHowFarBehindAndHowMuch() throws Exception {
        caravan.awaitReady();
        scenario.source().execute("update orders set total = total + 1 where id <= 3000");

        browser.awaitText("#state", "Streaming, (at most )?\\d+ s behind. All is well.");
        browser.awaitText("tr[data-table='public.orders']", "streaming 60,000 3,000");
        browser.awaitText("#wal", "[KM]iB|B");
        browser.awaitText("#lag", "(at most )?\\d+ s");
        browser.awaitText("#rate", "^[\\d,.]+$");
        assertThat(browser.text("header"))
                .containsPattern("pipeline " + scenario.name() + "\\s.*\\w at localhost:\\d+ → \\w+ at localhost:\\d+");
        assertThat(browser.text("#foot"))
                .containsPattern("Slot \\w+ · connector .* · process \\d+ · refreshed \\d\\d:");
        assertThat(title()).startsWith("✓ ");
        assertThat(browser.text("#tables")).as("a name as it is").contains("public.<b>a_name_as_long");
        assertThat(browser.texts("#path b"))
                .containsExactly(
                        "source",
                        "preflight",
                        "slot",
                        "copy",
                        "connector",
                        "read",
                        "apply",
                        "commit",
                        "dead letter",
                        "verify",
                        "target");
        assertThat(browser.texts("#path .bad")).isEmpty();
        awaitChart("rates", "rows per second, last .*: now [\\d,.]+/s, highest [1-9][\\d,.]*/s");
        awaitChart("lags", "seconds behind, last .*: now (under 1|\\d+) s, highest (under 1|\\d+) s");
        awaitChart("wals", "WAL kept, last .*: now [\\d.,]+ [KM]?i?B, highest [1-9][\\d.,]* [KM]?i?B");
        assertThat(browser.find("#copy").isDisplayed()).isFalse();
        assertThat(browser.script("""
                        return Promise.all([import('/page/tables.js?first'), import('/page/path.js'),
                                fetch('/api/status').then(answer => answer.json())]).then(([tables, path, status]) => {
                            tables.measure(status);
                            path.showPath(status);
                            return document.querySelector("[data-station='apply'] .d").textContent;
                        })"""))
                .as("the rate after the first answer, which tells none")
                .isEqualTo("");
        browser.photograph("streaming");
    }

    @Test
    @Order(3)
    void theKeyboardVerifiesAndFindsATable() throws Exception {
        browser.find("#verify").sendKeys(Keys.ENTER);
        assertThat(browser.text("#ask")).contains("Verify now?");
        browser.photograph("asking");
        browser.focused().sendKeys(Keys.ESCAPE);
        assertThat(browser.find("#ask").isDisplayed()).isFalse();
        browser.find("#verify").sendKeys(Keys.ENTER);
        scenario.databases()
                .awaitEqual(); // else the stream would wait for the index, and the point of comparison for the stream
        try (Connection holding = scenario.target().connect()) {
            holding.setAutoCommit(false);
            // whoever is to read the table waits for its index, the catalogues are free
            holding.createStatement().execute("reindex index orders_pkey");
            browser.find("#yes").sendKeys(Keys.ENTER);
            browser.awaitText("#verified", "Comparing public.orders, table \\d of 4, .* of about ");
            assertThat(browser.attribute("#path [data-station=verify]", "class"))
                    .isEqualTo("now");
            browser.photograph("comparing");
        }
        browser.awaitText("#verified", "Equal: 80,500 rows in 4 tables");

        browser.find("#filter").sendKeys("pay");
        assertThat(browser.texts("#tables tr")).hasSize(1);
        browser.find("#filter").sendKeys(Keys.BACK_SPACE, Keys.BACK_SPACE, Keys.BACK_SPACE);
        browser.find("#heads th:nth-child(3) button").sendKeys(Keys.ENTER);
        assertThat(browser.text("#tables tr:first-child")).startsWith("public.orders");
        assertThat(browser.focused().getText()).as("pressed, and drawn anew").isEqualTo("rows copied");
        browser.script("held = document.querySelector(\"[data-key='resync public.orders']\"); held.focus()");
        await("the next answer").until(() -> Boolean.TRUE.equals(browser.script("return !held.isConnected")));
        assertThat(browser.focused().getDomAttribute("data-key")).isEqualTo("resync public.orders");
    }

    @Test
    @Order(4)
    void whatIsWrongStandsOnTopInPlainWords() throws Exception {
        scenario.target()
                .execute(
                        "alter table orders rename column total to sum",
                        "alter table customers add constraint known check (email like '%@example.org')");
        scenario.source()
                .execute(
                        "update orders set total = 0 where id = 1",
                        "update customers set email = '<img src=x onerror=document.title=1>' where id = 1");

        browser.awaitText("#state", "Needs attention: 2 things are wrong");
        browser.awaitText("#problems", "Table public.orders is stopped: .*column \"?total");
        browser.awaitText("#problems", "1 dead letter");
        browser.awaitText("tr[data-table='public.orders']", "stopped for (under 1|\\d+) s");
        browser.awaitText("#problems", "Table public.orders is stopped: .* It stopped at 20\\d\\d-.*Z\\. Mend that");
        browser.awaitText("tr[data-table='public.customers']", "streaming");
        browser.awaitText("[data-station='apply']", "1 table stopped");
        assertThat(stateOf("dead letter")).isEqualTo("bad");
        browser.awaitText("#detail", "The rest goes on: .* behind");
        assertThat(title()).startsWith("! ");
        browser.find("#heads th:first-child button").sendKeys(Keys.ENTER);
        browser.find("#heads th:first-child button")
                .sendKeys(Keys.ENTER); // from the last name on, but for what needs a person
        assertThat(browser.text("#tables tr:first-child")).startsWith("public.orders");
        browser.find("#verify").sendKeys(Keys.ENTER);
        browser.find("#yes").sendKeys(Keys.ENTER);
        browser.awaitText("#verified", "Different: 2 tables of 4");
        browser.awaitText("#report", "public.customers: .*1 differ");
        browser.photograph("red");
        caravan.awaitOutput("Z red: Table public.orders is stopped: ");
    }

    @Test
    @Order(5)
    void theButtonsMendItOnceTheCauseIsGone() throws Exception {
        press("replay public.customers", "Replay the dead letters of public.customers?");
        browser.awaitText("#said", "0 dead letters replayed, 1 was rejected again: .*known");
        scenario.target()
                .execute(
                        "alter table orders rename column sum to total", "alter table customers drop constraint known");

        press("replay public.customers", "Replay the dead letters of public.customers?");
        browser.awaitText("#said", "1 dead letter replayed");
        press("resync public.orders", "Copy public.orders again?");
        browser.awaitText("#said", "public.orders was copied again");
        browser.click("#verify");
        browser.click("#yes");
        browser.awaitText("#verified", "Equal: 80,500 rows in 4 tables");

        browser.awaitText("#state", "Streaming, (at most )?\\d+ s behind. All is well.");
        caravan.awaitOutput("Z over: Table public.orders is stopped: ");
        scenario.databases().awaitEqual();
        browser.photograph("mended");
    }

    @Test
    @Order(6)
    void whatGoesOnButWantsALookIsYellow() throws Exception {
        Path steps = scenario.folder().path().resolve("routes/25-own-steps.camel.yaml");
        String before = Files.readString(steps);
        Files.writeString(steps, "- route: [");
        browser.awaitText("#state", "Streaming, .* behind. Someone should look.");
        assertThat(browser.attribute("#state", "class")).isEqualTo("wait");
        browser.awaitText("#problems .wait", "25-own-steps.camel.yaml as saved at .* Correct the file");
        assertThat(browser.texts("#problems .bad")).isEmpty();
        browser.photograph("yellow");
        Files.writeString(steps, before);
        browser.awaitText("#state", "All is well.");
        assertThat(browser.attribute("#state", "class")).isEqualTo("good");
    }

    @Test
    @Order(7)
    void aTableThatIsRetryingStandsOnTopUntilTheTargetTakesItAgain() throws Exception {
        scenario.target()
                .execute(
                        "create function full_disk() returns trigger language plpgsql as"
                                + " $$begin raise exception using errcode = '53100', message = 'no space left'; end$$",
                        "create trigger full_disk before update on payments for each row execute function full_disk()",
                        "alter table payments enable always trigger full_disk");
        scenario.source().execute("update payments set amount = 0 where id = 1");

        browser.awaitText("#problems .bad", "Table public.payments is retrying: .*no space left.*goes on by itself");
        browser.awaitText("[data-station='apply']", "1 table retrying");
        assertThat(stateOf("apply")).isEqualTo("bad");
        browser.awaitText("#tables tr:first-child", "public.payments retrying");
        assertThat(browser.attribute("#tables tr:first-child td:nth-child(2)", "class"))
                .isEqualTo("bad");

        scenario.target().execute("drop trigger full_disk on payments");
        browser.awaitText("#state", "All is well.");
        scenario.databases().awaitEqual();
    }

    /** @param label what is read aloud of it */
    private static void awaitChart(String id, String label) {
        await(id + " " + label).atMost(Databases.LIMIT).ignoreExceptions().untilAsserted(() -> assertThat(
                        browser.attribute("#" + id + " svg", "aria-label"))
                .containsPattern(label));
    }

    /** The name of its tab. */
    private static String title() {
        return String.valueOf(browser.script("return document.title"));
    }

    private static void press(String button, String question) {
        String selector = "[data-key='" + button + "']";
        String said = browser.text("#said");
        browser.click(selector);
        assertThat(browser.text("#ask")).contains(question);
        browser.click("#no");
        assertThat(browser.find("#ask").isDisplayed()).isFalse();
        assertThat(browser.text("#said")).as("nothing is done").isEqualTo(said);
        browser.click(selector);
        browser.click("#yes");
    }

    @Test
    @Order(8)
    void nothingComesFromElsewhere() {
        assertThat(browser.script("return performance.getEntriesByType('resource')"
                        + ".map(each => new URL(each.name).origin).filter(each => each !== location.origin)"))
                .isEqualTo(List.of());
    }

    @Test
    @Order(9)
    void whenCaravanIsGoneThePageSaysSoAndFromWhenItIs() throws Exception {
        caravan.kill();

        browser.awaitText("#state", "Caravan does not answer. What you see is from \\d");
        browser.photograph("gone");
    }

    @Test
    @Order(10)
    void theHistoryGoesOnFromASecondThatIsAskedFor() throws Exception {
        caravan = scenario.start();
        awaitPage();
        await().until(() -> history("0").get("samples").size() >= 2);

        JsonNode all = history("0");
        JsonNode later = history(all.at("/samples/0/0").asText());

        assertThat(all.get("columns").toString()).isEqualTo("[\"at\",\"rowsPerSecond\",\"lagSeconds\",\"slotBytes\"]");
        assertThat(later.at("/samples/0")).isEqualTo(all.at("/samples/1"));
    }

    /** What load balancers and monitors ask. */
    @Test
    @Order(8)
    void whetherThePageIsThereCanBeAskedWithoutReadingIt() throws Exception {
        HttpRequest head = HttpRequest.newBuilder(URI.create(page + "/"))
                .method("HEAD", HttpRequest.BodyPublishers.noBody())
                .build();

        HttpResponse<String> answer = HttpClient.newHttpClient().send(head, HttpResponse.BodyHandlers.ofString());

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Content-Type")).hasValue("text/html; charset=utf-8");
        assertThat(answer.body().length()).isZero();
    }

    private static @Nullable String stateOf(String station) {
        return browser.attribute("[data-station='" + station + "']", "class");
    }

    private static void awaitPage() {
        await("the page").atMost(Databases.LIMIT).ignoreExceptions().until(() -> get("/").startsWith(
                        "<!doctype html>"));
    }

    private static JsonNode history(String since) throws Exception {
        return new ObjectMapper().readTree(get("/api/history?since=" + since));
    }

    private static String get(String path) throws Exception {
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(URI.create(page + path)).build(), HttpResponse.BodyHandlers.ofString())
                .body();
    }
}
