package io.caravan.config;

import java.net.URI;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Values by key, as text, read as what they are to be. One that cannot be is noted as a problem, so that all are reported
 * together, and something harmless is read in its place.
 *
 * @param home what relative file names are relative to
 */
record Values(Map<String, String> byKey, List<String> problems, Path home) {

    void problem(String message) {
        problems.add(message);
    }

    String text(String key) {
        return byKey.getOrDefault(key, "");
    }

    String required(String key) {
        if (text(key).isEmpty()) {
            problem(key + " is empty; it needs a value.");
        }
        return text(key);
    }

    String name(String key, String pattern, String meaning) {
        String value = required(key);
        if (!value.isEmpty() && !value.matches(pattern)) {
            problem(key + " is '" + value + "'; use " + meaning + ".");
        }
        return value;
    }

    List<String> list(String key) {
        return Arrays.stream(text(key).split(","))
                .map(String::strip)
                .filter(each -> !each.isEmpty())
                .toList();
    }

    int number(String key, int least, int most) {
        try {
            int value = Integer.parseInt(text(key));
            if (value >= least && value <= most) {
                return value;
            }
        } catch (NumberFormatException e) {
            // reported below, as one that is out of range
        }
        problem(key + " is '" + text(key) + "'; use a whole number from " + least + " to " + most + ".");
        return least;
    }

    boolean flag(String key) {
        if (!text(key).matches("true|false")) {
            problem(key + " is '" + text(key) + "'; use true or false.");
        }
        return Boolean.parseBoolean(text(key));
    }

    <E extends Enum<E>> E choice(String key, Class<E> type, E fallback) {
        for (E each : type.getEnumConstants()) {
            if (each.name().equalsIgnoreCase(text(key))) {
                return each;
            }
        }
        problem(key + " is '" + text(key) + "'; use one of " + names(type) + ".");
        return fallback;
    }

    private static String names(Class<? extends Enum<?>> type) {
        return Arrays.stream(type.getEnumConstants())
                .map(each -> each.name().toLowerCase(Locale.ROOT))
                .toList()
                .toString();
    }

    URI httpUrl(String key) {
        String value = required(key);
        try {
            URI uri = URI.create(value);
            if ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme())) {
                return uri;
            }
        } catch (IllegalArgumentException e) {
            // reported below
        }
        problem(key + " is '" + value + "'; use an address such as http://localhost:8083.");
        return URI.create("http://localhost");
    }

    Path path(String key) {
        return home.resolve(required(key)).normalize();
    }
}
