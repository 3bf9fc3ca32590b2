package io.caravan.preflight;

import io.caravan.postgres.Database;
import io.caravan.postgres.Identifier;
import io.caravan.postgres.SqlFile;
import io.caravan.postgres.TableFilter;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.postgresql.PGConnection;

/** What an administrator does on the source so that Caravan's role can work there with the least rights. */
public final class SourcePreparation {
    private final Database source;
    private final String publication;
    private final TableFilter filter;

    /** @param source as Caravan will reach it: its user is the role that is prepared */
    public SourcePreparation(Database source, String publication, TableFilter filter) {
        this.source = source;
        this.publication = publication;
        this.filter = filter;
    }

    /** For whoever runs the statements by hand. */
    public String script() {
        return "-- Sets no password. A role that is made here needs one before it can log in: give it in psql with"
                + "\n--   \\password " + Identifier.quote(source.user())
                + "\n-- and Caravan by CARAVAN_SOURCE_PASSWORD.\n\n"
                + sql();
    }

    /** The statements; the role's password is not among them. */
    String sql() {
        return SqlFile.read("prepare-source")
                .replace(":'role'", Identifier.literal(source.user()))
                .replace(":'publication'", Identifier.literal(publication))
                .replace(":'include'", Identifier.literal(regex(filter.include())))
                .replace(":'exclude'", Identifier.literal(regex(filter.exclude())));
    }

    /** A regular expression of PostgreSQL's for the patterns; none matches nothing, because a table's name is not empty. */
    static String regex(List<String> patterns) {
        return patterns.stream()
                .map(pattern ->
                        pattern.replaceAll("([^\\p{L}\\p{N}_*])", "\\\\$1").replace("*", ".*"))
                .collect(Collectors.joining("|", "^(", ")$"));
    }

    /** Does it and returns what was changed: nothing the second time. */
    public List<String> run(Database administrator) throws SQLException {
        List<String> changed = new ArrayList<>();
        try (Connection connection = administrator.connect()) {
            connection.setAutoCommit(false);
            try (Statement statement = connection.createStatement()) {
                boolean rows = statement.execute(sql());
                while (rows || statement.getUpdateCount() >= 0) {
                    if (rows) {
                        add(statement.getResultSet(), changed);
                    }
                    rows = statement.getMoreResults();
                }
            }
            connection.commit();
            if (!canLogIn()) {
                // The driver sends the hash of it, so the server's log does not have the password.
                connection
                        .unwrap(PGConnection.class)
                        .alterUserPassword(source.user(), source.password().toCharArray(), null);
                connection.commit();
                changed.add("password of role " + source.user() + " set");
            }
        }
        return changed;
    }

    private static void add(ResultSet rows, List<String> changed) throws SQLException {
        while (rows.next()) {
            changed.add(rows.getString(1));
        }
    }

    private boolean canLogIn() throws SQLException {
        try (Connection connection = source.connect()) {
            return connection.isValid(10);
        } catch (SQLException e) {
            if (String.valueOf(e.getSQLState()).startsWith("28")) { // invalid authorization
                return false;
            }
            throw e;
        }
    }
}
