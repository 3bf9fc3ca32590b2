package io.caravan.config;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The address of a database in either form: a JDBC URL, or libpq's
 * {@code postgresql://user:password@host:port/database?sslmode=require}.
 */
record Dsn(String jdbcUrl, @Nullable String user, @Nullable String password) {
    private static final String JDBC = "jdbc:postgresql://";

    /** Not java.net.URI: it finds no host in {@code my_host:5432} nor in {@code a:5432,b:5432}, which libpq accepts. */
    private static final Pattern LIBPQ =
            Pattern.compile("postgres(?:ql)?://(?:([^:@/?]*)(?::([^@/?]*))?@)?([^@/?]*)(?:/([^?]*))?(\\?.*)?");

    private static final String SESSION_SETTINGS =
            "Caravan starts its sessions with settings of its own, on which the text"
                    + " of values depends. Leave it out; others can be given to the role, with ALTER ROLE.";

    private static final Map<String, String> REFUSED = Map.of(
            "ssl",
            "the connector and pg_dump do not know it and would connect without a certificate being checked. Use"
                    + " sslmode=verify-full.",
            "options",
            SESSION_SETTINGS,
            "currentSchema",
            SESSION_SETTINGS,
            "socketTimeout",
            "an index can take longer to make than any answer that an application waits for. Leave it out.",
            "sslpassword",
            "everyone who sees the address would see it. Use a key file without one that only this user can read.");

    /**
     * Null when the text is neither. The URL keeps neither user nor password, wherever they stood, because people and
     * programs are told it.
     */
    static @Nullable Dsn parse(String text) {
        if (text.startsWith(JDBC)) {
            return withoutCredentials(text, null, null);
        }
        Matcher parts = LIBPQ.matcher(text);
        if (!parts.matches()) {
            return null;
        }
        try {
            String hosts = parts.group(3).isEmpty() ? "localhost" : parts.group(3);
            return withoutCredentials(
                    JDBC + hosts + "/" + orEmpty(parts.group(4)) + orEmpty(parts.group(5)),
                    decode(parts.group(1)),
                    decode(parts.group(2)));
        } catch (IllegalArgumentException e) {
            return null; // a percent sign without its two digits
        }
    }

    private static Dsn withoutCredentials(String url, @Nullable String user, @Nullable String password) {
        int query = url.indexOf('?');
        List<String> rest = new ArrayList<>();
        for (String each : query < 0 ? new String[0] : url.substring(query + 1).split("&")) {
            if (each.startsWith("user=")) {
                user = decode(each.substring("user=".length()));
            } else if (each.startsWith("password=")) {
                password = decode(each.substring("password=".length()));
            } else {
                rest.add(each);
            }
        }
        String address = query < 0 ? url : url.substring(0, query);
        return new Dsn(rest.isEmpty() ? address : address + "?" + String.join("&", rest), user, password);
    }

    /** What is wrong with the URL's parameters: those that the driver would let win over what Caravan's sessions need. */
    List<String> problems() {
        int query = jdbcUrl.indexOf('?');
        return query < 0
                ? List.of()
                : Arrays.stream(jdbcUrl.substring(query + 1).split("&"))
                        .map(each -> each.replaceFirst("=.*", ""))
                        .filter(REFUSED::containsKey)
                        .map(each -> "has the parameter " + each + ": " + REFUSED.get(each))
                        .toList();
    }

    private static String orEmpty(@Nullable String group) {
        return group == null ? "" : group;
    }

    private static @Nullable String decode(@Nullable String encoded) {
        return encoded == null ? null : URLDecoder.decode(encoded.replace("+", "%2B"), StandardCharsets.UTF_8);
    }
}
