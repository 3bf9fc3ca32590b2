package io.caravan.bootstrap;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;

/** A checksum over the settings of the connector that decide which changes come; {@code connector.ConfigurationSeal} checks it. */
final class ConfigurationSeal {
    private static final String KEY = "caravan.seal";

    private static final List<String> FREE = List.of(
            "database.hostname",
            "database.port",
            "database.user",
            "database.password",
            "database.ssl",
            "producer.",
            "max.",
            "poll.",
            "slot.retry.",
            "slot.max.",
            "status.",
            "retriable.",
            "internal.advanced.",
            "task",
            "name",
            "connector.");

    private ConfigurationSeal() {}

    static void put(Map<String, String> configuration) {
        SortedMap<String, String> sealed = new TreeMap<>(configuration);
        sealed.keySet().removeIf(name -> FREE.stream().anyMatch(name::startsWith));
        configuration.put(
                KEY,
                UUID.nameUUIDFromBytes(sealed.toString().getBytes(StandardCharsets.UTF_8))
                        .toString());
    }
}
