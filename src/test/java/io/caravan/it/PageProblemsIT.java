package io.caravan.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.Keys;

/** The status page while something is wrong: it says what and what to do, and its buttons mend it. One after the other. */
@TestMethodOrder(OrderAnnotation.class)
class PageProblemsIT {
    @TempDir
    static Path directory;

    private static Scenario scenario;
    private static CaravanProcess caravan;
    private static Browser browser;

    @BeforeAll
    static void open() throws Exception {
        scenario = Scenario.create(directory, PageIT.TABLES, PageIT.ROWS);
        caravan = scenario.ready();
        browser = Browser.open(
                directory.resolve("browser"), caravan.addresses().get("http").asText());
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
        assertThat(browser.stateOf("dead letter")).isEqualTo("bad");
        browser.awaitText("#detail", "The rest goes on: .* behind");
        assertThat(browser.title()).startsWith("! ");
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
    @Order(2)
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
    @Order(3)
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
    @Order(4)
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
        assertThat(browser.stateOf("apply")).isEqualTo("bad");
        browser.awaitText("#tables tr:first-child", "public.payments retrying");
        assertThat(browser.attribute("#tables tr:first-child td:nth-child(2)", "class"))
                .isEqualTo("bad");

        scenario.target().execute("drop trigger full_disk on payments");
        browser.awaitText("#state", "All is well.");
        scenario.databases().awaitEqual();
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
    @Order(5)
    void nothingComesFromElsewhere() {
        assertThat(browser.script("return performance.getEntriesByType('resource')"
                        + ".map(each => new URL(each.name).origin).filter(each => each !== location.origin)"))
                .isEqualTo(List.of());
    }

    @Test
    @Order(6)
    void whenCaravanIsGoneThePageSaysSoAndFromWhenItIs() throws Exception {
        caravan.kill();

        browser.awaitText("#state", "Caravan does not answer. What you see is from \\d");
        browser.photograph("gone");
    }
}
