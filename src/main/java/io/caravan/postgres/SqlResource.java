package io.caravan.postgres;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A query under {@code sql/} on the class path. Its parameters are written as psql writes them, {@code :'name'}, so that the
 * same file runs in psql with {@code -v name=value}; here they are bound as text.
 */
public record SqlResource(String sql, List<String> parameters) {
    private static final Pattern PARAMETER = Pattern.compile(":'(\\w+)'");

    /**
     * Reads a file of this application.
     *
     * @param path below {@code sql/}, as in {@code schema/tables.sql}
     */
    public static SqlResource read(String path) {
        try (InputStream in = SqlResource.class.getResourceAsStream("/sql/" + path)) {
            if (in == null) {
                throw new IllegalArgumentException("sql/" + path + " is not on the class path");
            }
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            Matcher parameters = PARAMETER.matcher(text);
            List<String> names =
                    parameters.results().map(found -> found.group(1)).toList();
            return new SqlResource(parameters.replaceAll("?"), names);
        } catch (IOException e) {
            throw new UncheckedIOException("sql/" + path + " cannot be read", e);
        }
    }

    /** One value per row, in the query's order. */
    public <T> List<T> query(Connection connection, Map<String, String> values, Row<T> row) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < parameters.size(); i++) {
                statement.setString(i + 1, values.get(parameters.get(i)));
            }
            try (ResultSet rows = statement.executeQuery()) {
                List<T> found = new ArrayList<>();
                while (rows.next()) {
                    found.add(row.read(rows));
                }
                return found;
            }
        }
    }

    /** PostgreSQL's text of an array: every element quoted, so that a name may hold anything. */
    public static String array(Collection<?> elements) {
        return elements.stream()
                .map(element -> '"' + element.toString().replace("\\", "\\\\").replace("\"", "\\\"") + '"')
                .collect(Collectors.joining(",", "{", "}"));
    }

    /** Reads the row that the result set stands on. */
    @FunctionalInterface
    public interface Row<T> {
        T read(ResultSet row) throws SQLException;
    }
}
