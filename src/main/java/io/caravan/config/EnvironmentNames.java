package io.caravan.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The environment variables that set a key: {@code CARAVAN_} and the key in capitals; the names of the CDC templates
 * ({@code POSTGRES_CDC_*}); and libpq's {@code PG*} for the source, which only replace a default and only when the source is
 * not embedded, since many shells have them for other reasons.
 */
final class EnvironmentNames {
    private static final Map<String, String> TEMPLATES = Map.of(
            "POSTGRES_CDC_PUBLICATION", "caravan.publication",
            "POSTGRES_CDC_SLOT", "caravan.slot",
            "POSTGRES_CDC_WAIT_FOR_TABLE", "caravan.wait-for-table",
            "POSTGRES_CDC_TOPIC", "caravan.topic-prefix",
            "POSTGRES_CDC_BROKER_ADDRESS", "caravan.kafka.bootstrap-servers",
            "POSTGRES_CDC_DSN", "caravan.source.url");

    private final Map<String, String> defaults;

    EnvironmentNames(Map<String, String> defaults) {
        this.defaults = defaults;
    }

    void overlay(Map<String, String> environment, Map<String, String> values, List<String> problems) {
        TEMPLATES.forEach((name, key) -> {
            if (environment.containsKey(name)) {
                values.put(key, environment.get(name));
            }
        });
        templateTables(environment, values, problems);
        templateHttp(environment, values);
        own(environment, values, problems);
        libpq(environment, values); // last, because it depends on whether the source is embedded
    }

    private void own(Map<String, String> environment, Map<String, String> values, List<String> problems) {
        Map<String, String> keys = new HashMap<>();
        defaults.keySet().forEach(key -> keys.put(variable(key), key));
        environment.forEach((name, value) -> {
            if (keys.containsKey(name)) {
                values.put(keys.get(name), value);
            } else if (name.startsWith("CARAVAN_")) {
                problems.add("The environment variable " + name
                        + " sets no key of Caravan's; unset it or correct its name.");
            }
        });
    }

    /** {@code caravan.kafka.bootstrap-servers} is set by {@code CARAVAN_KAFKA_BOOTSTRAP_SERVERS}. */
    static String variable(String key) {
        return key.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
    }

    private static void templateTables(
            Map<String, String> environment, Map<String, String> values, List<String> problems) {
        String schema = environment.getOrDefault("POSTGRES_CDC_SCHEMA", "public");
        String json = environment.get("POSTGRES_CDC_TABLES_JSON");
        String list = environment.get("POSTGRES_CDC_TABLES");
        if (json != null) {
            try {
                values.put(
                        "caravan.tables.include",
                        qualified(new ObjectMapper().readValue(json, String[].class), schema));
            } catch (JsonProcessingException e) {
                problems.add(
                        "POSTGRES_CDC_TABLES_JSON is not a JSON array of names such as [\"orders\",\"customers\"].");
            }
        } else if (list != null) {
            values.put("caravan.tables.include", qualified(list.split(","), schema));
        } else if (environment.containsKey("POSTGRES_CDC_SCHEMA")) {
            values.put("caravan.tables.include", schema + ".*");
        }
    }

    private static String qualified(String[] tables, String schema) {
        return Arrays.stream(tables)
                .map(String::strip)
                .map(table -> table.contains(".") ? table : schema + "." + table)
                .collect(Collectors.joining(","));
    }

    private static void templateHttp(Map<String, String> environment, Map<String, String> values) {
        String address = environment.get("POSTGRES_CDC_HTTP_ADDR"); // host:port, or :port for every interface
        if (address != null && address.lastIndexOf(':') >= 0) {
            String host = address.substring(0, address.lastIndexOf(':'));
            values.put("caravan.http.host", host.isEmpty() ? "0.0.0.0" : host);
            values.put("caravan.http.port", address.substring(address.lastIndexOf(':') + 1));
        }
    }

    private void libpq(Map<String, String> environment, Map<String, String> values) {
        if (values.getOrDefault("caravan.embedded", "").contains("source")) {
            return;
        }
        boolean urlIsDefault = isDefault(values, "caravan.source.url");
        if (urlIsDefault && (environment.containsKey("PGHOST") || environment.containsKey("PGDATABASE"))) {
            values.put(
                    "caravan.source.url",
                    "jdbc:postgresql://" + environment.getOrDefault("PGHOST", "localhost") + ":"
                            + environment.getOrDefault("PGPORT", "5432") + "/"
                            + environment.getOrDefault("PGDATABASE", environment.getOrDefault("PGUSER", "postgres")));
        }
        if (environment.containsKey("PGUSER") && isDefault(values, "caravan.source.user")) {
            values.put("caravan.source.user", environment.get("PGUSER"));
        }
        if (environment.containsKey("PGPASSWORD") && isDefault(values, "caravan.source.password")) {
            values.put("caravan.source.password", environment.get("PGPASSWORD"));
        }
    }

    private boolean isDefault(Map<String, String> values, String key) {
        return String.valueOf(values.get(key)).equals(defaults.get(key));
    }
}
