package io.caravan.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A pipeline with a password and a token of its own: who may do what, and where the secrets can be read. */
class SecurityIT {
    private static final String TOKEN = "t0ken-0f-the-page";
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    @TempDir
    static Path directory;

    private static Scenario scenario;
    private static CaravanProcess caravan;

    @BeforeAll
    static void start() throws Exception {
        scenario = Scenario.create(directory, Load.schema());
        String role = "create role keeper superuser login password '" + SharedStack.SECRET + "'";
        scenario.source().execute(role);
        scenario.target().execute(role);
        scenario.folder()
                .set("caravan.source.user", "keeper")
                .set("caravan.source.password", SharedStack.SECRET)
                .set("caravan.target.url", scenario.target().url() + "?user=keeper&password=" + SharedStack.SECRET)
                .set("caravan.connect.source-password", "${env:CARAVAN_SOURCE_PASSWORD}")
                .set("caravan.http.token", TOKEN);
        caravan = scenario.ready(CaravanProcess.WITH_MBEANS);
    }

    @AfterAll
    static void stop() throws Exception {
        scenario.close();
        for (TestDatabase database : List.of(scenario.source(), scenario.target())) {
            database.execute("reassign owned by keeper to postgres", "drop owned by keeper", "drop role keeper");
        }
    }

    @Test
    void thePasswordCanBeReadNowhere() throws Exception {
        assertThat(scenario.folder().command("verify", "--json").exitCode()).isZero();
        String status = scenario.folder().command("status", "--json").output();

        assertSecretless("READY line and log on the terminal", caravan.output());
        assertSecretless("status --json", status);
        for (String path : List.of("/", "/api/status", "/api/history")) {
            assertSecretless(path, get("http", path, TOKEN).body());
        }
        for (String path : List.of("/observe/health", "/observe/metrics", "/observe/jolokia/list")) {
            assertSecretless(path, get("management", path, TOKEN).body());
        }
        assertSecretless("JMX", jolokia("{\"type\":\"read\",\"mbean\":\"org.apache.camel:*\"}"));
        assertSecretless("JVM", jolokia("{\"type\":\"read\",\"mbean\":\"java.lang:*\"}"));
        assertSecretless("process list", processes());
        for (Path file : files(scenario.folder().path().resolve("data"), SharedStack.DIRECTORY)) {
            assertSecretless(file.toString(), new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1));
        }
    }

    @Test
    @NeedsConnect("looks at its connector's configuration")
    void thePasswordCannotBeReadInKafkaConnect() throws Exception {
        String configuration =
                Scenario.connect(scenario.connector() + "/config").body();

        assertThat(configuration).contains("${env:CARAVAN_SOURCE_PASSWORD}");
        assertSecretless("connector", configuration);
        assertSecretless(
                "its tasks", Scenario.connect(scenario.connector() + "/tasks").body());
    }

    @Test
    void onlyWhoKnowsTheTokenIsAnswered() throws Exception {
        assertThat(get("http", "/api/status", "").statusCode()).isEqualTo(401);
        assertThat(get("http", "/", "wrong").statusCode()).isEqualTo(401);
        assertThat(get("management", "/observe/metrics", "").statusCode()).isEqualTo(401);
        assertThat(get("management", "/observe/jolokia/version", "").statusCode())
                .isEqualTo(401);
        assertThat(get("management", "/observe/health/live", "").statusCode()).isEqualTo(200);
        assertThat(get("http", "/api/status", TOKEN).statusCode()).isEqualTo(200);
        assertThat(get("http", "/", TOKEN).headers().firstValue("Content-Security-Policy"))
                .isPresent();
    }

    @Test
    void monitorsAreToldThePipelinesState() throws Exception {
        await().atMost(Databases.LIMIT).untilAsserted(() -> assertThat(
                        get("management", "/observe/metrics", TOKEN).body())
                .contains("caravan_connector_running 1.0", "caravan_table_changes_total{table=\"public.account\"}"));
    }

    /** A rule on a name that nobody gives never fires, and its panel stays empty. */
    @Test
    void everyMetricThatRulesAndPanelsAskForIsThere() throws Exception {
        Set<String> asked = new TreeSet<>();
        for (String file : List.of("caravan-alerts.yml", "caravan-dashboard.json")) {
            Matcher names = Pattern.compile("\\b(caravan|jvm|process|system|camel)(_[a-z]+)+\\b")
                    .matcher(Files.readString(Path.of("monitoring", file)));
            names.results().map(MatchResult::group).forEach(asked::add);
        }
        assertThat(asked).hasSizeGreaterThan(8);

        await().atMost(Databases.LIMIT).untilAsserted(() -> {
            List<String> given = get("management", "/observe/metrics", TOKEN)
                    .body()
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .map(line -> line.split("[{ ]", 2)[0])
                    .toList();
            assertThat(given).containsAll(asked);
        });
    }

    @Test
    void anActionIsAPost() throws Exception {
        assertThat(get("http", "/api/verify", TOKEN).statusCode()).isEqualTo(405);
    }

    @Test
    void jolokiaLooksAndStopsRoutesAndDoesNoMore() throws Exception {
        String context = "\"mbean\":\"org.apache.camel:context=caravan-" + scenario.name()
                + ",type=context,name=\\\"caravan-" + scenario.name() + "\\\"\"";

        assertThat(jolokia("{\"type\":\"read\"," + context + ",\"attribute\":\"State\"}"))
                .contains("\"status\":200", "Started");
        assertThat(
                        jolokia(
                                "{\"type\":\"exec\"," + context
                                        + ",\"operation\":\"sendBody(java.lang.String,java.lang.Object)\",\"arguments\":[\"log:x\",\"y\"]}"))
                .contains("\"status\":403");
        assertThat(
                        jolokia(
                                "{\"type\":\"write\",\"mbean\":\"java.lang:type=Memory\",\"attribute\":\"Verbose\",\"value\":true}"))
                .contains("\"status\":403");
        assertThat(
                        jolokia(
                                "{\"type\":\"exec\",\"mbean\":\"com.sun.management:type=DiagnosticCommand\",\"operation\":\"vmSystemProperties\"}"))
                .contains("\"status\":403");
    }

    private static void assertSecretless(String where, String text) {
        assertThat(text.contains(SharedStack.SECRET))
                .as("%s has the password", where)
                .isFalse();
        assertThat(text.contains(TOKEN)).as("%s has the token", where).isFalse();
    }

    private static HttpResponse<String> get(String server, String path, String token) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                URI.create(caravan.addresses().get(server).asText() + path));
        if (!token.isEmpty()) {
            request.header("Authorization", "Bearer " + token);
        }
        return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private static String jolokia(String request) throws Exception {
        return HTTP.send(
                        HttpRequest.newBuilder(URI.create(
                                        caravan.addresses().get("management").asText() + "/observe/jolokia"))
                                .header("Authorization", "Bearer " + TOKEN)
                                .POST(HttpRequest.BodyPublishers.ofString(request))
                                .build(),
                        HttpResponse.BodyHandlers.ofString())
                .body();
    }

    private static String processes() throws IOException {
        StringBuilder lines = new StringBuilder();
        try (Stream<Path> all = Files.list(Path.of("/proc"))) {
            for (Path process : all.filter(each -> each.getFileName().toString().matches("\\d+"))
                    .toList()) {
                try {
                    lines.append(Files.readString(process.resolve("cmdline"), StandardCharsets.ISO_8859_1));
                } catch (IOException e) {
                    // it has ended
                }
            }
        }
        return lines.toString();
    }

    /** Logs, addresses, Kafka's topics with Connect's own: everything but the databases, which keep passwords as hashes. */
    private static List<Path> files(Path... folders) throws IOException {
        List<Path> files = new ArrayList<>();
        for (Path folder : folders) {
            try (Stream<Path> all = Files.walk(folder)) {
                all.filter(Files::isRegularFile)
                        .filter(file -> !file.toString().matches(".*/it-stack/(source|target|postgres-[^/]*)/.*"))
                        .forEach(files::add);
            }
        }
        return files;
    }
}
