package io.caravan.preflight;

import io.caravan.postgres.Database;
import io.caravan.postgres.Identifier;
import io.caravan.postgres.SqlFile;
import io.caravan.postgres.TableFilter;
import java.sql.Connection;
import java.sql.PreparedStatement;
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
    private final boolean passwordGiven;

    /**
     * @param source as Caravan will reach it: its user is the role that is prepared
     * @param passwordGiven whether its password is one that somebody chose
     */
    public SourcePreparation(Database source, String publication, TableFilter filter, boolean passwordGiven) {
        this.passwordGiven = passwordGiven;
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

    /**
     * Does it, or nothing of it, and returns what was changed: nothing the second time. A role that has a password keeps it: a
     * pipeline may run with it, and whoever repeats this may have given another one, or none.
     */
    public List<String> run(Database administrator) throws SQLException {
        List<String> changed = new ArrayList<>();
        try (Connection connection = administrator.connect()) {
            connection.setAutoCommit(false);
            boolean made = !exists(connection);
            try (Statement statement = connection.createStatement()) {
                boolean rows = statement.execute(sql());
                while (rows || statement.getUpdateCount() >= 0) {
                    if (rows) {
                        add(statement.getResultSet(), changed);
                    }
                    rows = statement.getMoreResults();
                }
            }
            if (made || (hasNoPassword(connection) && !canLogIn())) {
                requireOwnPassword(administrator);
                // The driver sends the hash of it, so the server's log does not have the password.
                connection
                        .unwrap(PGConnection.class)
                        .alterUserPassword(source.user(), source.password().toCharArray(), null);
                changed.add("password of role " + source.user() + " set");
            }
            connection.commit();
        }
        if (!canLogIn()) {
            changed.add(
                    "not done: password of role " + source.user() + ". The role was there, and caravan.source.password"
                            + " is not its password, or pg_hba.conf does not admit it. Correct CARAVAN_SOURCE_PASSWORD,"
                            + " or give it that one in psql with \\password " + Identifier.quote(source.user()));
        }
        return changed;
    }

    private boolean exists(Connection connection) throws SQLException {
        return isTrue(connection, "select exists (select from pg_roles where rolname = ?)");
    }

    /** As far as the administrator may know: on managed servers nobody may. */
    private boolean hasNoPassword(Connection connection) throws SQLException {
        return isTrue(connection, "select has_table_privilege('pg_catalog.pg_authid', 'select') and ? <> ''")
                && isTrue(connection, "select rolpassword is null from pg_authid where rolname = ?");
    }

    private boolean isTrue(Connection connection, String ofRole) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(ofRole)) {
            select.setString(1, source.user());
            try (ResultSet row = select.executeQuery()) {
                return row.next() && row.getBoolean(1);
            }
        }
    }

    /** PGPASSWORD stands for a password that is not given, and in an administrator's terminal it is the administrator's. */
    private void requireOwnPassword(Database administrator) {
        if (!passwordGiven || source.password().equals(administrator.password())) {
            throw new IllegalStateException("Role " + source.user() + " is to get caravan.source.password, which is "
                    + (passwordGiven ? "that of " + administrator.user() : "not set")
                    + ". Set CARAVAN_SOURCE_PASSWORD to one of its own and give this again; nothing was changed.");
        }
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
