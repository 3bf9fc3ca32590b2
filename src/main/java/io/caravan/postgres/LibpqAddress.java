package io.caravan.postgres;

import java.sql.DriverManager;
import java.sql.DriverPropertyInfo;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Collectors;

/**
 * Where a database is, in the words of PostgreSQL's own programs ({@code host}, {@code port}, {@code dbname}, {@code sslmode}
 * and so on). Holds no password: programs take it from the environment, where no process list shows it.
 */
public record LibpqAddress(Map<String, String> keywords) {

    /** Throws when the URL is not one of PostgreSQL's JDBC driver. */
    public static LibpqAddress of(Database database) throws SQLException {
        Map<String, String> url = new HashMap<>();
        for (DriverPropertyInfo property :
                DriverManager.getDriver(database.url()).getPropertyInfo(database.url(), new Properties())) {
            if (property.value != null) {
                url.put(property.name, property.value);
            }
        }
        Map<String, String> keywords = new LinkedHashMap<>();
        keywords.put("host", url.getOrDefault("PGHOST", "localhost"));
        keywords.put("port", url.getOrDefault("PGPORT", "5432"));
        keywords.put("dbname", url.getOrDefault("PGDBNAME", database.user()));
        keywords.put("user", database.user());
        keywords.put("connect_timeout", "10");
        keywords.put("application_name", "caravan");
        for (String same : new String[] {"sslmode", "sslrootcert", "sslcert", "sslkey"}) {
            String value = url.get(same);
            if (value != null) {
                keywords.put(same, value);
            }
        }
        return new LibpqAddress(keywords);
    }

    /** libpq's connection string, which is taken wherever a database name is. */
    public String connectionString() {
        return keywords.entrySet().stream()
                .map(entry -> entry.getKey() + "='"
                        + entry.getValue().replace("\\", "\\\\").replace("'", "\\'") + "'")
                .collect(Collectors.joining(" "));
    }
}
