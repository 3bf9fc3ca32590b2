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
import java.nio.file.Path;
import java.sql.Connection;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.Keys;

/** The status page as a person has it open from the first copy on, without reloading it, while all is well. One after the other. */
@TestMethodOrder(OrderAnnotation.class)
class PageIT {
    static final String TABLES = """
            create table customers (id integer primary key, email text not null);
            create table orders (id integer primary key, customer_id integer not null, total numeric(12, 2) not null);
            create table payments (id integer primary key, amount numeric(12, 2) not null);
            create table "<b>a_name_as_long_as_postgresql_lets_one_be_of_sixty_three</b>__" (id integer primary key);
            """;
    static final String ROWS = """
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
            assertThat(browser.stateOf("slot")).isEqualTo("done");
            assertThat(browser.stateOf("copy")).isEqualTo("now");
            assertThat(browser.stateOf("apply")).isNull();
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
        assertThat(browser.title()).startsWith("✓ ");
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

    /** @param label what is read aloud of it */
    private static void awaitChart(String id, String label) {
        await(id + " " + label).atMost(Databases.LIMIT).ignoreExceptions().untilAsserted(() -> assertThat(
                        browser.attribute("#" + id + " svg", "aria-label"))
                .containsPattern(label));
    }

    @Test
    @Order(4)
    void theHistoryGoesOnFromASecondThatIsAskedFor() throws Exception {
        await().until(() -> history("0").get("samples").size() >= 2);

        JsonNode all = history("0");
        JsonNode later = history(all.at("/samples/0/0").asText());

        assertThat(all.get("columns").toString()).isEqualTo("[\"at\",\"rowsPerSecond\",\"lagSeconds\",\"slotBytes\"]");
        assertThat(later.at("/samples/0")).isEqualTo(all.at("/samples/1"));
    }

    /** What load balancers and monitors ask. */
    @Test
    @Order(5)
    void whetherThePageIsThereCanBeAskedWithoutReadingIt() throws Exception {
        HttpRequest head = HttpRequest.newBuilder(URI.create(page + "/"))
                .method("HEAD", HttpRequest.BodyPublishers.noBody())
                .build();

        HttpResponse<String> answer = HttpClient.newHttpClient().send(head, HttpResponse.BodyHandlers.ofString());

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Content-Type")).hasValue("text/html; charset=utf-8");
        assertThat(answer.body().length()).isZero();
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
