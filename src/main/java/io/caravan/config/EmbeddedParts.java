package io.caravan.config;

import io.caravan.config.Settings.CaptureBy;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The parts that are started here: {@code caravan.embedded}. */
final class EmbeddedParts {
    private static final String KEY = "caravan.embedded";
    private static final Pattern HERE = Pattern.compile("|localhost|127(\\.\\d+){3}|\\[?::1]?");

    private EmbeddedParts() {}

    /** The default names Kafka Connect, for which the engine has no use. */
    static Set<Part> read(Values values, CaptureBy capture) {
        Set<Part> parts = EnumSet.noneOf(Part.class);
        List<String> given = values.list(KEY);
        for (String each : given) {
            if (each.equalsIgnoreCase("none") && given.size() == 1) {
                return parts;
            }
            try {
                parts.add(Part.valueOf(each.toUpperCase(Locale.ROOT)));
            } catch (IllegalArgumentException e) {
                values.problem(KEY + " has '" + each + "'; use source, target, kafka, connect, or none alone.");
            }
        }
        if (capture == CaptureBy.ENGINE) {
            parts.remove(Part.CONNECT);
        }
        parts.forEach(part -> requireHere(values, part));
        return parts;
    }

    /** Of an address elsewhere only the port would count, for a server of its own with the demo's tables. */
    private static void requireHere(Values values, Part part) {
        hosts(values.text(part.portKey()))
                .filter(host -> !HERE.matcher(host).matches())
                .findFirst()
                .ifPresent(host -> values.problem(part.portKey() + " names host " + host + ", but " + KEY + " has "
                        + part.label() + ", which would start one of Caravan's own here. Take " + part.label()
                        + " out of "
                        + KEY + " (none alone: nothing is started), or give an address of this machine."));
    }

    /** Of a URL, or of host:port, each of several. */
    private static Stream<String> hosts(String address) {
        String authority = address.replaceFirst("^[^/,]*//", "").replaceFirst("[/?].*", "");
        return Stream.of(authority.split(","))
                .map(one -> one.strip().replaceFirst("^.*@", "").replaceFirst(":\\d*$", ""));
    }
}
