package io.caravan.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What add-a-step.md promises, with the examples taken from that page, and what Hawtio sees of it. */
class OwnStepsIT {
    private static final Path PAGE = Path.of("src/site/markdown/add-a-step.md");

    @TempDir
    Path directory;

    private Scenario scenario;

    @AfterEach
    void stop() throws Exception {
        scenario.close();
    }

    @Test
    void aStepThatIsSavedActsWithTheNextBatchAndABrokenFileChangesNothing() throws Exception {
        scenario = Scenario.create(
                directory,
                "create table users (id integer primary key, email text not null unique)",
                "create table orders (id integer primary key, notes text default 'none')");
        CaravanProcess caravan = scenario.ready(CaravanProcess.WITH_MBEANS);
        Path file = file();
        String empty = Files.readString(file);
        insert(1);
        awaitRow(1, "u1@example.org", "n1");

        String masking = with(empty, example("yaml", "mask-email"));
        Files.writeString(file, masking);
        awaitStep(caravan, "mask-email");
        insert(2);
        awaitMasked(1);
        awaitOrder(2, "n2");
        scenario.target().execute(example("sql", "mask-email"));
        awaitMasked(2);
        scenario.source().execute("update users set email = email where id = 1");
        scenario.source().execute("delete from users where id = 2");
        awaitMasked(1);

        Files.writeString(file, masking.replace("steps:", "stops: ["));
        Await.until(Databases.LIMIT, () -> "the status says what is wrong with the file", () -> alarms(caravan)
                .contains("steps yellow: routes/25-own-steps.camel.yaml as saved at "));
        assertThat(alarms(caravan))
                .containsPattern(
                        "cannot be used: .* [(]line \\d+, column \\d+[)][.] The steps as they were before go on[.]");
        assertThat(caravan.status().get("healthy").asBoolean()).isTrue();
        insert(3);
        awaitMasked(2);

        Files.writeString(file, with(masking, example("yaml", "drop-notes")));
        awaitStep(caravan, "drop-notes");
        Await.until(Databases.LIMIT, () -> "the alarm of the file is gone", () -> !alarms(caravan)
                .contains("steps yellow"));
        insert(4);
        awaitOrder(4, "none");
        scenario.target().execute(example("sql", "drop-notes"));
        awaitOrder(1, "none");
        awaitMasked(3);

        Files.writeString(file, empty);
        Await.until(Databases.LIMIT, () -> "the steps are gone", () -> !routes(caravan)
                .toString()
                .contains("mask-email"));
        insert(5);
        awaitRow(5, "u5@example.org", "n5");
        assertThat(caravan.status().get("problems")).isEmpty();
    }

    @Test
    void ofATableOnlyTheChosenRowsComeAndAColumnHasAnotherNameWhileWritersRun() throws Exception {
        scenario = Scenario.create(
                directory,
                "create table customers (id integer primary key, region text, n integer)",
                "insert into customers select i, case when i % 3 = 0 then 'eu' when i % 3 = 1 then 'us' end, 0 from generate_series(1, 300) i",
                "create table remarks (id integer primary key, text text)");
        CaravanProcess caravan = scenario.ready(CaravanProcess.WITH_MBEANS);
        scenario.target().execute(example("sql", "rename-text"));
        String steps = with(Files.readString(file()), example("yaml", "keep-region"));
        try (Load load = Load.repeating(scenario.source(), """
                insert into customers select i, (array['eu', 'us', null])[1 + i % 3], 0 from (select 1000 + (random() * 500)::int i) r on conflict do nothing;
                update customers set region = (array['eu', 'us', null])[1 + (random() * 2)::int], n = n + 1 where id = 1 + (random() * 300)::int;
                update customers set id = id + 10000 where id = 1000 + (random() * 500)::int and id < 10000;
                delete from customers where id = 11000 + (random() * 500)::int;
                insert into remarks select coalesce(max(id), 0) + 1, 'said' from remarks""")) {
            Files.writeString(file(), with(steps, example("yaml", "rename-text")));
            awaitStep(caravan, "rename-text");
            scenario.databases()
                    .awaitInTarget("select count(*) > 0 from remarks where content = 'said'", "t", Databases.LIMIT);
            scenario.target().execute(example("sql", "keep-region"));
            Await.until(Databases.LIMIT, () -> "the writers go on", () -> load.committed() > 20);
            load.stop();
        }

        String kept = "select md5(string_agg(c::text, ' ' order by id)) from customers c";
        String expected = scenario.source().query(kept + " where region = 'eu'");
        scenario.databases().awaitInTarget(kept, expected, Databases.LIMIT);
        assertThat(scenario.target().query("select count(*) from caravan.dead_letter"))
                .isEqualTo("0");
    }

    private static String alarms(CaravanProcess caravan) throws Exception {
        StringBuilder alarms = new StringBuilder();
        caravan.status().get("alarms").forEach(alarm -> alarms.append(
                        alarm.get("subject").asText())
                .append(' ')
                .append(alarm.get("severity").asText())
                .append(": ")
                .append(alarm.get("message").asText())
                .append('\n'));
        return alarms.toString();
    }

    private Path file() {
        return scenario.folder().path().resolve("routes/25-own-steps.camel.yaml");
    }

    private void awaitMasked(int rows) {
        scenario.databases()
                .awaitInTarget(
                        "select count(*) from users where email ~ '^[0-9a-f]{20}@masked[.]invalid$'",
                        Integer.toString(rows),
                        Databases.LIMIT);
    }

    private void insert(int id) throws Exception {
        scenario.source()
                .execute(
                        "insert into users values (%1$d, 'u%1$d@example.org')".formatted(id),
                        "insert into orders values (%1$d, 'n%1$d')".formatted(id));
    }

    private void awaitRow(int id, String email, String notes) {
        scenario.databases().awaitInTarget("select email from users where id = " + id, email, Databases.LIMIT);
        awaitOrder(id, notes);
    }

    private void awaitOrder(int id, String notes) {
        scenario.databases().awaitInTarget("select notes from orders where id = " + id, notes, Databases.LIMIT);
    }

    private static void awaitStep(CaravanProcess caravan, String id) {
        Await.until(Databases.LIMIT, () -> "step " + id + " acts", () -> routes(caravan)
                .toString()
                .contains(id));
    }

    /** The page's example with this step, as it stands there. */
    static String example(String language, String step) throws Exception {
        List<String> examples = Pattern.compile("```" + language + "\\n(.*?)```", Pattern.DOTALL)
                .matcher(Files.readString(PAGE))
                .results()
                .map(found -> found.group(1))
                .filter(text -> text.contains(step))
                .toList();
        assertThat(examples).hasSize(1);
        return examples.get(0);
    }

    static String with(String file, String example) {
        Matcher last = Pattern.compile("(?m)^        - log:").matcher(file);
        assertThat(last.find()).isTrue();
        return file.substring(0, last.start()) + example + file.substring(last.start());
    }

    /** What Hawtio reads: every route with its steps, through Jolokia. */
    static JsonNode routes(CaravanProcess caravan) throws Exception {
        String url = caravan.addresses().get("management").asText();
        HttpRequest request = HttpRequest.newBuilder(URI.create(url + "/observe/jolokia"))
                .POST(
                        HttpRequest.BodyPublishers.ofString(
                                "{\"type\":\"read\",\"mbean\":\"org.apache.camel:context=*,type=processors,name=*\",\"attribute\":[\"ProcessorId\",\"RouteId\"]}"))
                .build();
        return new ObjectMapper()
                .readTree(HttpClient.newHttpClient()
                        .send(request, HttpResponse.BodyHandlers.ofString())
                        .body());
    }
}
