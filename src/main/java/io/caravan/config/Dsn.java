package io.caravan.config;

import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The address of a database in either form: a JDBC URL, or libpq's
 * {@code postgresql://user:password@host:port/database?sslmode=require}.
 */
record Dsn(String jdbcUrl, @Nullable String user, @Nullable String password) {
    private static final String JDBC = "jdbc:postgresql://";

    /** Null when the text is neither. */
    static @Nullable Dsn parse(String text) {
        if (text.startsWith(JDBC)) {
            return new Dsn(text, null, null);
        }
        if (!text.matches("postgres(ql)?://.+")) {
            return null;
        }
        try {
            URI uri = URI.create(text);
            String[] login = uri.getRawUserInfo() == null
                    ? new String[0]
                    : uri.getRawUserInfo().split(":", 2);
            String host = uri.getHost() == null ? "localhost" : uri.getHost();
            String port = uri.getPort() < 0 ? "" : ":" + uri.getPort();
            String query = uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery();
            return new Dsn(
                    JDBC + host + port + uri.getRawPath() + query,
                    login.length > 0 ? decode(login[0]) : null,
                    login.length > 1 ? decode(login[1]) : null);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private static String decode(String encoded) {
        return URLDecoder.decode(encoded.replace("+", "%2B"), StandardCharsets.UTF_8);
    }
}
