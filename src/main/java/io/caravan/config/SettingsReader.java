package io.caravan.config;

import io.caravan.config.Settings.Apply;
import io.caravan.config.Settings.CaptureBy;
import io.caravan.config.Settings.Embedded;
import io.caravan.config.Settings.Endpoint;
import io.caravan.config.Settings.Guard;
import io.caravan.config.Settings.Kafka;
import io.caravan.config.Settings.LogFormat;
import io.caravan.config.Settings.SchemaSource;
import io.caravan.config.Settings.Topics;
import io.caravan.postgres.Database;
import io.caravan.postgres.Spelling;
import io.caravan.postgres.TableFilter;
import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;

/** Reads the settings: the packaged defaults, over them the file, over that the environment. Checks all and reports all. */
public final class SettingsReader {
    private final Values values;

    private SettingsReader(Path home) {
        values = new Values(new TreeMap<>(), new ArrayList<>(), home);
    }

    /**
     * Reads and checks everything.
     *
     * @param file the properties file; need not exist when it is the default one
     * @throws SettingsException with every problem
     */
    public static Settings read(Path file, Map<String, String> environment) throws SettingsException {
        return read(file, environment, Map.of());
    }

    /** The same with values that win over everything: the addresses that embedded parts were given. */
    public static Settings read(Path file, Map<String, String> environment, Map<String, String> known)
            throws SettingsException {
        Path directory = file.toAbsolutePath().getParent();
        SettingsReader reader = new SettingsReader(directory == null ? Path.of(".") : directory);
        Map<String, String> defaults = packagedDefaults();
        reader.values.byKey().putAll(defaults);
        if (Files.exists(file)) {
            reader.overlay(load(file), "in " + file);
        }
        new EnvironmentNames(defaults).overlay(environment, reader.values.byKey(), reader.values.problems());
        reader.takeCredentials("caravan.source");
        reader.takeCredentials("caravan.target");
        new ConnectSettings(reader.values).takeCredentials();
        reader.values.byKey().putAll(known);
        Settings settings = reader.settings();
        if (!reader.values.problems().isEmpty()) {
            throw new SettingsException(reader.values.problems());
        }
        return settings;
    }

    /** Whether it is what application.properties has for the key. */
    public static boolean isDefault(String key, String value) {
        return value.equals(packagedDefaults().get(key));
    }

    /** Keys and defaults as they are packaged. */
    static Map<String, String> packagedDefaults() {
        try (InputStream in = SettingsReader.class.getResourceAsStream("/application.properties")) {
            if (in == null) {
                throw new IllegalStateException("application.properties is missing from the jar");
            }
            Properties properties = new Properties();
            properties.load(in);
            return toMap(properties);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Map<String, String> load(Path file) {
        try (Reader in = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            Properties properties = new Properties();
            properties.load(in);
            return toMap(properties);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + file, e);
        }
    }

    private static Map<String, String> toMap(Properties properties) {
        Map<String, String> map = new TreeMap<>();
        properties
                .stringPropertyNames()
                .forEach(name -> map.put(name, properties.getProperty(name).strip()));
        return map;
    }

    private void overlay(Map<String, String> file, String where) {
        file.forEach((key, value) -> {
            if (key.startsWith("caravan.") && !values.byKey().containsKey(key)) {
                values.problem("There is no setting " + key + " (" + where + "). " + nearest(key));
            } else {
                values.byKey().put(key, value); // keys of Camel's own are handed on
            }
        });
    }

    private String nearest(String key) {
        List<String> keys = values.byKey().keySet().stream()
                .filter(known -> known.startsWith("caravan."))
                .toList();
        List<String> similar = Spelling.meant(key, keys);
        if (similar.isEmpty()) {
            String last = key.substring(key.lastIndexOf('.') + 1);
            similar = keys.stream().filter(known -> known.contains(last)).toList();
        }
        return similar.isEmpty()
                ? "application.properties of the distribution names every one."
                : "Did you mean " + String.join(" or ", similar) + "?";
    }

    private Settings settings() {
        CaptureBy capture = values.choice("caravan.capture", CaptureBy.class, CaptureBy.CONNECT);
        values.byKey().put("caravan.capture", capture.name().toLowerCase(Locale.ROOT)); // routes are named after it
        return new Settings(
                new Embedded(
                        EmbeddedParts.read(values, capture),
                        values.path("caravan.embedded.dir"),
                        values.text("caravan.embedded.init")),
                database("source"),
                database("target"),
                kafka(),
                capture,
                new ConnectSettings(values).read(),
                connectPassword(capture),
                values.name(
                        "caravan.pipeline", "[A-Za-z0-9._-]{1,100}", "letters, digits, dots, dashes and underscores"),
                values.name(
                        "caravan.slot", "[a-z0-9_]{1,63}", "lower-case letters, digits and underscores, at most 63"),
                values.required("caravan.publication"),
                values.name(
                        "caravan.topic-prefix",
                        "[A-Za-z0-9._-]{1,100}",
                        "letters, digits, dots, dashes and underscores"),
                new TableFilter(values.list("caravan.tables.include"), values.list("caravan.tables.exclude")),
                values.number("caravan.tables.watch-seconds", 1, 86_400),
                values.text("caravan.wait-for-table"),
                values.number("caravan.wait-seconds", 1, 86_400),
                values.choice("caravan.schema", SchemaSource.class, SchemaSource.AUTO),
                values.flag("caravan.copy"),
                values.number("caravan.copy.jobs", 1, 64),
                new Topics(
                        values.number("caravan.topic.partitions", 1, 64),
                        values.number("caravan.topic.replication-factor", -1, 100),
                        values.number("caravan.topic.retention-hours", 1, 87_600)),
                new Apply(
                        values.number("caravan.apply.max-rows", 1, 100_000),
                        values.number("caravan.apply.max-bytes", 65_536, 1 << 30),
                        values.number("caravan.apply.workers", 1, 64),
                        values.number("caravan.apply.max-dead-letters", 1, 10_000_000)),
                values.number("caravan.heartbeat-millis", 100, 3_600_000),
                values.number("caravan.verify.mib-per-second", 0, 1 << 20),
                guard(),
                endpoint("caravan.http"),
                endpoint("caravan.management"),
                token(),
                values.choice("caravan.log.format", LogFormat.class, LogFormat.TEXT),
                values.path("caravan.routes"),
                placeholders());
    }

    /** Addresses are shown to people, and given to other commands, without what stands in them of user and password. */
    private void takeCredentials(String key) {
        Dsn dsn = Dsn.parse(values.text(key + ".url"));
        if (dsn != null) {
            values.byKey().put(key + ".url", dsn.jdbcUrl());
            if (dsn.user() != null) {
                values.byKey().put(key + ".user", dsn.user());
            }
            if (dsn.password() != null) {
                values.byKey().put(key + ".password", dsn.password());
            }
        }
    }

    private Database database(String label) {
        String key = "caravan." + label;
        Dsn dsn = Dsn.parse(values.required(key + ".url"));
        if (dsn == null) {
            values.problem(key + ".url is not a PostgreSQL address; use jdbc:postgresql://host:port/database"
                    + " or postgresql://user:password@host:port/database.");
            return new Database(label, "", "", "");
        }
        dsn.problems().forEach(problem -> values.problem(key + ".url " + problem));
        return new Database(label, dsn.jdbcUrl(), values.text(key + ".user"), values.text(key + ".password"));
    }

    private Kafka kafka() {
        String servers = values.required("caravan.kafka.bootstrap-servers");
        if (values.text("caravan.kafka.config").isEmpty()) {
            return new Kafka(servers, "", Map.of());
        }
        Path file = values.path("caravan.kafka.config");
        try {
            return new Kafka(servers, file.toString(), load(file));
        } catch (UncheckedIOException e) {
            values.problem("caravan.kafka.config names " + file + ", which cannot be read ("
                    + String.valueOf(e.getCause()) + "). Name a file of Kafka client settings.");
            return new Kafka(servers, "", Map.of());
        }
    }

    private Guard guard() {
        return new Guard(
                values.number("caravan.guard.millis", 1000, 3_600_000),
                values.number("caravan.guard.wal-yellow-mib", 1, 1 << 20),
                values.number("caravan.guard.wal-red-mib", 1, 1 << 20),
                values.number("caravan.guard.lag-yellow-seconds", 1, 864_000),
                values.number("caravan.guard.lag-red-seconds", 1, 864_000));
    }

    /** What routes may name and JMX may show. */
    private Map<String, String> placeholders() {
        Map<String, String> shown = new TreeMap<>(values.byKey());
        shown.keySet().removeIf(key -> key.endsWith("password") || key.endsWith("token"));
        return Map.copyOf(shown);
    }

    /** An embedded worker has the password in its environment. */
    private String connectPassword(CaptureBy capture) {
        if (capture == CaptureBy.ENGINE) {
            return values.text("caravan.source.password"); // stays in this process
        }
        String given = values.text("caravan.connect.source-password");
        if (!given.isEmpty()) {
            return given;
        }
        return values.text("caravan.embedded").contains("connect")
                ? Settings.EMBEDDED_CONNECT_PASSWORD
                : values.text("caravan.source.password");
    }

    private String token() {
        String token = values.text("caravan.http.token");
        if (token.equals("none")) {
            return "";
        }
        for (String key : List.of("caravan.http.host", "caravan.management.host")) {
            if (token.isEmpty() && !values.text(key).matches("localhost|127\\..*|\\[?::1]?")) {
                values.problem(key + " is '" + values.text(key)
                        + "', which others can reach. Set caravan.http.token (by the"
                        + " environment variable CARAVAN_HTTP_TOKEN) to a secret that they must know, or to none if"
                        + " something in front of it keeps them out.");
            }
        }
        return token;
    }

    private Endpoint endpoint(String key) {
        return new Endpoint(values.required(key + ".host"), values.number(key + ".port", 0, 65_535));
    }
}
