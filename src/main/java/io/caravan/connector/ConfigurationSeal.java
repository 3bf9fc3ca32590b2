package io.caravan.connector;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import org.apache.kafka.connect.errors.ConnectException;

/**
 * A checksum, kept in the configuration, over those of its settings that decide which changes come and in which form. Anyone can
 * alter the configuration over Kafka Connect's REST interface: a table that is taken off the list and put back would lack changes,
 * and nothing would tell. {@code bootstrap.ConfigurationSeal} makes the same sum.
 */
public final class ConfigurationSeal {
    static final String KEY = "caravan.seal";

    /**
     * How to reach the source, how much and how often: altering these alters no change. What its sessions are set to is not among
     * them, for that says in which form values come. The last two are Connect's own.
     */
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

    /** Throws when someone else altered it. */
    public static void require(Map<String, String> configuration) {
        if (!of(configuration).equals(configuration.get(KEY))) {
            throw new ConnectException(
                    "The connector's configuration is not the one that Caravan gave it: someone altered it."
                            + " Nothing is read with it, so nothing is lost. Stop and start Caravan, which gives it its own again.");
        }
    }

    private static String of(Map<String, String> configuration) {
        SortedMap<String, String> sealed = new TreeMap<>(configuration);
        sealed.keySet().removeIf(name -> name.equals(KEY) || FREE.stream().anyMatch(name::startsWith));
        return UUID.nameUUIDFromBytes(sealed.toString().getBytes(StandardCharsets.UTF_8))
                .toString();
    }
}
