package io.caravan;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import java.io.InputStream;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What holds for every file of {@code routes/}: people edit these, and a slip there must not be found by lost rows. */
class RouteRulesTest {
    private static final JsonSchema SCHEMA = JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V4)
            .getSchema(RouteRulesTest.class.getResourceAsStream("/schema/camelYamlDsl.json"));

    /** Every bean that the routes call by name. */
    private static final Map<String, String> BEANS = Map.ofEntries(
            Map.entry("batches", "io.caravan.read.Batches"),
            Map.entry("alarmLog", "io.caravan.status.AlarmLog"),
            Map.entry("bootstrap", "io.caravan.bootstrap.Bootstrap"),
            Map.entry("connectAnswers", "io.caravan.bootstrap.ConnectAnswers"),
            Map.entry("connector", "io.caravan.bootstrap.ConnectorDeployment"),
            Map.entry("connectorWatch", "io.caravan.guard.ConnectorWatch"),
            Map.entry("deadLetters", "io.caravan.apply.DeadLetters"),
            Map.entry("drift", "io.caravan.bootstrap.Drift"),
            Map.entry("engine", "io.caravan.pipeline.EngineBean"),
            Map.entry("failures", "io.caravan.apply.Failures"),
            Map.entry("history", "io.caravan.status.History"),
            Map.entry("pageFiles", "io.caravan.run.PageFiles"),
            Map.entry("guard", "io.caravan.guard.Guard"),
            Map.entry("ledger", "io.caravan.apply.Ledger"),
            Map.entry("letters", "io.caravan.apply.Letters"),
            Map.entry("messages", "io.caravan.bootstrap.Messages"),
            Map.entry("lock", "io.caravan.bootstrap.BootstrapLock"),
            Map.entry("newTables", "io.caravan.bootstrap.NewTables"),
            Map.entry("metrics", "io.caravan.status.PipelineMetrics"),
            Map.entry("preflight", "io.caravan.preflight.Preflight"),
            Map.entry("retries", "io.caravan.apply.Retries"),
            Map.entry("run", "io.caravan.run.RunState"),
            Map.entry("sequences", "io.caravan.pipeline.SequencesBean"),
            Map.entry("status", "io.caravan.status.RecentStatus"),
            Map.entry("tableCopies", "io.caravan.pipeline.CopyBean"),
            Map.entry("tableRoutes", "io.caravan.pipeline.TableRoutes"),
            Map.entry("tables", "io.caravan.apply.Tables"),
            Map.entry("verification", "io.caravan.run.VerifyBean"),
            Map.entry("waiting", "io.caravan.bootstrap.Waiting"));

    /** Bound for Camel itself: found by type, as a component, a policy or a processor. */
    private static final Set<String> CAMELS_OWN = Set.of(
            "kafka-batch",
            "capture",
            "connectClient",
            "dataSource",
            "httpServer",
            "transaction",
            "savepoint",
            "runParameters",
            "tellWhatIsMissing",
            "tellWhatIsLeft",
            "noteRetry");

    /** For steps of the user's own, which are not in these files. */
    private static final Set<String> FOR_OWN_STEPS = Set.of("columns");

    private static final Set<String> SCRIPTS =
            Set.of("groovy", "script", "joor", "java", "js", "python", "mvel", "ognl", "spel", "csimple", "wasm");

    /** Access to a property, perhaps compared with a constant. */
    private static final Pattern PLAIN_SIMPLE =
            Pattern.compile("\\$\\{\\w+(\\.\\w+)*}( == ('[^']*'|true|false))?|resource:classpath:[\\w/.-]+");

    static List<RouteFile> files() {
        return RouteFile.all();
    }

    @ParameterizedTest
    @MethodSource("files")
    void aFileIsValidByCamelsOwnSchema(RouteFile file) {
        assertThat(SCHEMA.validate(file.tree()))
                // the schema has no room for a placeholder where it wants a number
                .filteredOn(message -> !message.getInstanceNode().asText().matches("\\{\\{.*}}"))
                .isEmpty();
    }

    @ParameterizedTest
    @MethodSource("files")
    void everyRouteTemplateAndConfigurationHasAnIdAndSaysInOneSentenceWhatItDoes(RouteFile file) {
        for (JsonNode entry : file.tree()) {
            JsonNode definition = entry.elements().next();
            assertThat(definition.path("id").asText()).as(entry.toString()).isNotEmpty();
            assertSentence(definition);
            definition.path("parameters").forEach(RouteRulesTest::assertSentence);
        }
    }

    private static void assertSentence(JsonNode definition) {
        assertThat(definition.path("description").asText())
                .as(definition.path("id").asText(definition.path("name").asText()))
                .matches("[A-Z].*[^.]\\.")
                .doesNotContainPattern("\\. [A-Z]")
                .hasSizeLessThan(140);
    }

    @Test
    void idsAreUniqueOverAllFiles() {
        List<String> ids = new ArrayList<>();
        files().forEach(file -> file.find("id").forEach(id -> ids.add(id.asText())));

        assertThat(ids).doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @MethodSource("files")
    void optionsAreParametersAndNotQueryStrings(RouteFile file) {
        assertThat(file.texts("uri")).noneMatch(uri -> uri.contains("?"));
    }

    @ParameterizedTest
    @MethodSource("files")
    void thereAreNoScriptsAndNoExpressionBeyondAPropertyAndEquality(RouteFile file) {
        Set<String> keys = new HashSet<>();
        file.walk((key, value) -> keys.add(key));
        List<String> simple = new ArrayList<>();
        for (JsonNode each : file.find("simple")) {
            simple.add(
                    each.isTextual() ? each.asText() : each.path("expression").asText());
        }

        assertThat(keys).doesNotContainAnyElementsOf(SCRIPTS);
        assertThat(simple).allMatch(each -> PLAIN_SIMPLE.matcher(each).matches());
    }

    @ParameterizedTest
    @MethodSource("files")
    void noTableIsNamedAndNoSqlIsWritten(RouteFile file) {
        file.walk((key, value) -> {
            if (value.isTextual() && !key.equals("description")) {
                assertThat(value.asText())
                        .doesNotContainPattern("\\bpublic\\.")
                        .doesNotContainPattern("(?i)\\b(select|insert into|delete from|truncate table)\\b");
            }
        });
    }

    @Test
    void beansThatAreCalledAreThoseThatAreBound() throws Exception {
        Set<String> referenced = new TreeSet<>();
        files().forEach(file -> {
            referenced.addAll(file.texts("ref"));
            referenced.addAll(file.texts("onRedeliveryRef"));
        });
        Set<String> bound = new TreeSet<>();
        for (String source : List.of("pipeline/PipelineBeans", "run/RunBeans")) {
            Matcher bind = Pattern.compile("registry\\.bind\\(\\s*\"([^\"]+)\"")
                    .matcher(Files.readString(Path.of("src/main/java/io/caravan", source + ".java")));
            bind.results().forEach(found -> bound.add(found.group(1)));
        }

        Set<String> known = new TreeSet<>(BEANS.keySet());
        known.addAll(CAMELS_OWN);
        known.addAll(FOR_OWN_STEPS);
        assertThat(bound).isEqualTo(known);
        assertThat(referenced).containsAll(BEANS.keySet());
        assertThat(known).containsAll(referenced);
    }

    @ParameterizedTest
    @MethodSource("files")
    void methodsThatAreCalledExist(RouteFile file) {
        file.walk((key, value) -> {
            if ((key.equals("bean") || key.equals("method")) && value.isObject()) {
                assertThat(methods(BEANS.get(value.path("ref").asText())))
                        .contains(value.path("method").asText().replaceFirst("\\(.*", ""));
            }
        });
    }

    /**
     * Camel takes {@code isReady} and {@code getReady} for {@code ready} too, whoever may call them, and which it takes, or that it
     * refuses to choose, depends on the order in which the JVM names them (BeanInfo in 4.17.0).
     */
    @ParameterizedTest
    @MethodSource("files")
    void methodsThatAreCalledHaveNoGetterOfTheirName(RouteFile file) {
        file.walk((key, value) -> {
            if ((key.equals("bean") || key.equals("method")) && value.isObject()) {
                String called = value.path("method").asText().replaceFirst("\\(.*", "");
                String suffix = called.substring(0, 1).toUpperCase(Locale.ROOT) + called.substring(1);
                assertThat(declared(BEANS.get(value.path("ref").asText())))
                        .doesNotContain("is" + suffix, "get" + suffix);
            }
        });
    }

    private static List<String> declared(String type) {
        try {
            return Arrays.stream(Class.forName(type).getDeclaredMethods())
                    .map(Method::getName)
                    .toList();
        } catch (ClassNotFoundException e) {
            throw new AssertionError(e);
        }
    }

    private static List<String> methods(String type) {
        try {
            return Arrays.stream(Class.forName(type).getMethods())
                    .map(Method::getName)
                    .toList();
        } catch (ClassNotFoundException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void everyPlaceholderIsAKeyOrAParameterOfItsTemplate() throws Exception {
        Properties keys = new Properties();
        try (InputStream in = RouteRulesTest.class.getResourceAsStream("/application.properties")) {
            keys.load(in);
        }
        for (RouteFile file : files()) {
            Set<String> known = new TreeSet<>(keys.stringPropertyNames());
            file.find("parameters")
                    .forEach(list ->
                            list.forEach(each -> known.add(each.path("name").asText())));
            file.walk((key, value) -> {
                if (value.isTextual()) {
                    Pattern.compile("\\{\\{([^}]*)}}")
                            .matcher(value.asText())
                            .results()
                            .forEach(found -> assertThat(known).contains(found.group(1)));
                }
            });
        }
    }

    @ParameterizedTest
    @MethodSource("files")
    void filesOnTheClassPathExist(RouteFile file) {
        Stream.concat(file.texts("uri").stream(), file.texts("simple").stream())
                .filter(text -> text.contains("classpath:"))
                .map(text -> "/" + text.substring(text.indexOf("classpath:") + "classpath:".length()))
                .forEach(path -> assertThat(RouteRulesTest.class.getResource(path))
                        .as(path)
                        .isNotNull());
    }

    @Test
    void everyDirectEndpointThatIsCalledIsARoute() {
        Set<String> called = new TreeSet<>();
        Set<String> routes = new TreeSet<>();
        for (RouteFile file : files()) {
            file.walk((key, value) -> {
                String uri = value.path("uri").asText(value.asText());
                if (uri.startsWith("direct:")) {
                    Set<String> uris = key.equals("from") ? routes : called;
                    for (String capture : List.of("connect", "engine")) {
                        uris.add(uri.replace("{{caravan.capture}}", capture));
                    }
                }
            });
        }
        assertThat(called).isEqualTo(routes);
    }
}
