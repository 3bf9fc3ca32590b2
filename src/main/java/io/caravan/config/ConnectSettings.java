package io.caravan.config;

import io.caravan.connect.ConnectRest;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;

/** Reads how Kafka Connect is reached. */
record ConnectSettings(Values values) {
    private static final String URL = "caravan.connect.url";
    private static final Pattern WITH_USER = Pattern.compile("(https?://)([^/]*)@([^@]*)");

    /** Of {@code https://user:password@host:port}; the address goes on without them, because people and programs are told it. */
    void takeCredentials() {
        Matcher parts = WITH_USER.matcher(values.text(URL));
        if (!parts.matches()) {
            return;
        }
        values.byKey().put(URL, parts.group(1) + parts.group(3));
        String[] credentials = parts.group(2).split(":", 2);
        try {
            values.byKey().put("caravan.connect.user", decode(credentials[0]));
            if (credentials.length > 1) {
                values.byKey().put("caravan.connect.password", decode(credentials[1]));
            }
        } catch (IllegalArgumentException e) {
            values.problem(URL + " has a user or a password with a percent sign that two digits do not follow;"
                    + " write it as %25.");
        }
    }

    private static String decode(String encoded) {
        return URLDecoder.decode(encoded.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    ConnectRest read() {
        return new ConnectRest(
                values.httpUrl(URL),
                values.text("caravan.connect.user"),
                values.text("caravan.connect.password"),
                tls());
    }

    private Optional<SSLContext> tls() {
        if (values.text("caravan.connect.ca").isEmpty()) {
            return Optional.empty();
        }
        Path file = values.path("caravan.connect.ca");
        try {
            return Optional.of(ConnectRest.trusting(file));
        } catch (IOException | GeneralSecurityException e) {
            values.problem("caravan.connect.ca names " + file + ", from which no certificate can be read (" + e
                    + "). Name a PEM file with those that sign Kafka Connect's.");
            return Optional.empty();
        }
    }
}
