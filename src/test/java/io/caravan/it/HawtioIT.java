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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/**
 * The requests that Hawtio makes for its pages on Camel (packages/hawtio/src/plugins/camel of hawtio/hawtio-next at 2424c8b:
 * contexts-, routes-, route-stats-, endpoints-, exchanges-, tracing- and debug-service), to the Jolokia of a pipeline that runs.
 */
class HawtioIT {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    static Path directory;

    private static Scenario scenario;
    private static CaravanProcess caravan;
    private static String context;

    @BeforeAll
    static void start() throws Exception {
        scenario = Scenario.create(directory, "create table item (id integer primary key)");
        caravan = scenario.ready(CaravanProcess.WITH_MBEANS);
        context = "org.apache.camel:context=caravan-" + scenario.name();
    }

    @AfterAll
    static void stop() throws Exception {
        scenario.close();
    }

    @Test
    void theTreeHasEveryRouteOfTheFilesWithItsDescription() throws Exception {
        JsonNode tree =
                value(Map.of("type", "list", "config", Map.of("maxDepth", 9, "ignoreErrors", true, "listCache", true)));
        JsonNode camel =
                tree.has("domains") ? tree.path("domains").path("org.apache.camel") : tree.path("org.apache.camel");
        Map<String, String> found = new TreeMap<>();
        camel.fieldNames().forEachRemaining(name -> {
            if (name.contains("type=routes")) {
                JsonNode route = read("org.apache.camel:" + name);
                found.put(
                        route.path("RouteId").asText(),
                        route.path("Description").asText());
                assertThat(route.path("State").asText()).as(name).isEqualTo("Started");
            }
        });

        assertThat(found).containsAllEntriesOf(described()).containsKeys("apply-public.item", "apply-messages");
        assertThat(found.get("apply-public.item")).isEqualTo("Reads one table's topic and applies its changes.");
    }

    @Test
    void theDiagramHasTheStepsAndTheirFigures() throws Exception {
        scenario.source().execute("insert into item values (1)");
        scenario.databases().awaitEqual();

        assertThat(read(mbean("context")).path("CamelVersion").asText()).isEqualTo("4.17.0");
        assertThat(exec(mbean("context"), "dumpRoutesAsXml()").asText())
                .contains("<route id=\"apply-or-set-aside\"", "id=\"op-delete\"", "id=\"ledger-advance\"");
        String figures =
                exec(mbean("context"), "dumpRoutesStatsAsXml", true, true).asText();
        assertThat(figures).contains("<routeStat id=\"apply-public.item\"", "<processorStat id=\"ledger-advance\"");
        assertThat(exec(mbean("context"), "componentNames()").toString()).contains("kafka-batch", "sql");
        assertThat(exec(mbean("services") + ",name=DefaultInflightRepository", "browse()")
                        .isObject())
                .isTrue();
        JsonNode bulk = answer(List.of(
                Map.of("type", "read", "mbean", mbean("context"), "attribute", "State"),
                Map.of("type", "read", "mbean", mbean("context"), "attribute", "Uptime")));
        assertThat(bulk.get(0).path("value").asText()).isEqualTo("Started");
        assertThat(bulk).hasSize(2);
    }

    @Test
    void aRouteIsStoppedAndStartedByItsButtons() throws Exception {
        String route = mbean("routes") + ",name=\"apply-public.item\"";

        exec(route, "stop()");
        scenario.source().execute("insert into item values (2)");
        Await.until(
                Databases.LIMIT,
                () -> "the status says so",
                () -> caravan.status().get("problems").toString().contains("stopped by hand"));
        assertThat(scenario.target().query("select count(*) from item where id = 2"))
                .isEqualTo("0");

        exec(route, "start()");
        scenario.databases().awaitEqual();
    }

    @Test
    void whatWritesToTheTargetOrShowsRowsIsRefused() throws Exception {
        List<Map<String, Object>> forbidden = new ArrayList<>();
        String sql = "sql:drop table public.item";
        for (Object[] each : new Object[][] {
            {mbean("context"), "createEndpoint(java.lang.String)", sql},
            {mbean("context"), "canSendToEndpoint(java.lang.String)", sql},
            {mbean("context"), "sendStringBody(java.lang.String, java.lang.String)", sql, "x"},
            {
                mbean("context"),
                "sendBodyAndHeaders(java.lang.String, java.lang.Object, java.util.Map)",
                sql,
                "x",
                Map.of()
            },
            {mbean("routes") + ",name=\"apply-public.item\"", "remove()"},
            {mbean("routes") + ",name=\"apply-public.item\"", "updateRouteFromXml(java.lang.String)", "<route/>"},
            {mbean("tracer") + ",name=BacklogTracer", "setEnabled(boolean)", true},
            {mbean("tracer") + ",name=BacklogDebugger", "enableDebugger()"},
            {mbean("tracer") + ",name=BacklogDebugger", "addBreakpoint(java.lang.String)", "op-delete"},
        }) {
            forbidden.add(Map.of(
                    "type",
                    "exec",
                    "mbean",
                    each[0],
                    "operation",
                    each[1],
                    "arguments",
                    List.of(each).subList(2, each.length)));
        }
        forbidden.add(Map.of(
                "type",
                "write",
                "mbean",
                mbean("tracer") + ",name=BacklogTracer",
                "attribute",
                "Enabled",
                "value",
                true));

        for (Map<String, Object> request : forbidden) {
            assertThat(answer(request).path("status").asInt())
                    .as(request.toString())
                    .isEqualTo(403);
        }
        assertThat(scenario.target().query("select to_regclass('public.item')")).isEqualTo("item");
    }

    /** The descriptions of the route files, by id; without a route that is there only with another setting. */
    private static Map<String, String> described() throws Exception {
        Map<String, String> described = new TreeMap<>();
        try (Stream<Path> files = Files.list(Path.of("routes"))) {
            for (Path file : files.toList()) {
                Object yaml = new Load(LoadSettings.builder().build()).loadFromString(Files.readString(file));
                JSON.<JsonNode>valueToTree(yaml).forEach(item -> {
                    JsonNode route = item.path("route");
                    if (route.has("id") && !route.has("precondition")) {
                        described.put(
                                route.path("id").asText(),
                                route.path("description").asText());
                    }
                });
            }
        }
        assertThat(described).hasSizeGreaterThan(30);
        return described;
    }

    private static String mbean(String type) {
        return context + ",type=" + type + (type.equals("context") ? ",name=\"caravan-" + scenario.name() + "\"" : "");
    }

    private static JsonNode read(String mbean) {
        return value(Map.of("type", "read", "mbean", mbean, "config", Map.of("ignoreErrors", true)));
    }

    private static JsonNode exec(String mbean, String operation, Object... arguments) {
        return value(Map.of("type", "exec", "mbean", mbean, "operation", operation, "arguments", List.of(arguments)));
    }

    private static JsonNode value(Map<String, Object> request) {
        JsonNode answer = answer(request);
        assertThat(answer.path("status").asInt())
                .as("%s: %s", request, answer.path("error").asText())
                .isEqualTo(200);
        return answer.path("value");
    }

    private static JsonNode answer(Object request) {
        try {
            String url = caravan.addresses().get("management").asText() + "/observe/jolokia/";
            return JSON.readTree(HttpClient.newHttpClient()
                    .send(
                            HttpRequest.newBuilder(URI.create(url))
                                    .header("Content-Type", "text/json")
                                    .POST(HttpRequest.BodyPublishers.ofString(JSON.writeValueAsString(request)))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString())
                    .body());
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
