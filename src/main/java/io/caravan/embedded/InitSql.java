package io.caravan.embedded;

import io.caravan.embedded.SqlScript.SqlStatement;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/** Runs a file of plain SQL, {@code COPY … FROM stdin} blocks included, in one transaction: all of it or nothing. */
final class InitSql {
    private static final Pattern COPY_FROM_STDIN = Pattern.compile("(?is)COPY\\b.*\\bFROM\\s+STDIN\\b.*");
    /** A file that opens and ends a transaction of its own is in one already. */
    private static final Set<String> TRANSACTION =
            Set.of("BEGIN", "BEGIN TRANSACTION", "START TRANSACTION", "COMMIT", "COMMIT TRANSACTION", "END");

    private final Connection connection;
    private final SqlScript script;
    private final String name;

    private InitSql(Connection connection, SqlScript script, String name) {
        this.connection = connection;
        this.script = script;
        this.name = name;
    }

    /** @param name a file, or else a class path resource */
    static void run(Connection connection, String name) throws IOException, SQLException {
        try (SqlScript script = new SqlScript(name, open(name))) {
            connection.setAutoCommit(false);
            new InitSql(connection, script, name).runAll();
            connection.commit();
        }
    }

    private static BufferedReader open(String name) throws IOException {
        Path file = Path.of(name);
        InputStream bytes = Files.isRegularFile(file)
                ? Files.newInputStream(file)
                : InitSql.class.getResourceAsStream("/" + name.replaceFirst("^(classpath:)?/?", ""));
        if (bytes == null) {
            throw new EmbeddedStackException("There is no file " + file.toAbsolutePath() + " and no resource " + name
                    + " on the class path. Correct caravan.embedded.init.");
        }
        return new BufferedReader(new InputStreamReader(bytes, StandardCharsets.UTF_8), 1 << 16);
    }

    private void runAll() throws IOException {
        for (Optional<SqlStatement> next = script.next(); next.isPresent(); next = script.next()) {
            SqlStatement sql = next.get();
            try {
                if (COPY_FROM_STDIN.matcher(sql.text()).matches()) {
                    copy(sql);
                } else if (!TRANSACTION.contains(words(sql.text()))) {
                    execute(sql);
                }
            } catch (SQLException rejected) {
                throw new EmbeddedStackException(message(sql, rejected), rejected);
            }
        }
    }

    private static String words(String sql) {
        return sql.replace(';', ' ').strip().replaceAll("\\s+", " ").toUpperCase(Locale.ROOT);
    }

    private void execute(SqlStatement sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            // Braces and question marks are what they are, not JDBC's.
            statement.setEscapeProcessing(false);
            statement.execute(sql.text());
        }
    }

    private void copy(SqlStatement sql) throws SQLException, IOException {
        CopyIn copy = connection.unwrap(PGConnection.class).getCopyAPI().copyIn(sql.text());
        try {
            for (Optional<String> row = script.nextCopyRow(); row.isPresent(); row = script.nextCopyRow()) {
                byte[] bytes = (row.get() + "\n").getBytes(StandardCharsets.UTF_8);
                copy.writeToCopy(bytes, 0, bytes.length);
            }
            copy.endCopy();
        } finally {
            if (copy.isActive()) {
                copy.cancelCopy();
            }
        }
    }

    /** A position in the statement becomes a line of the file. */
    private String message(SqlStatement sql, SQLException rejected) {
        ServerErrorMessage server = rejected instanceof PSQLException error ? error.getServerErrorMessage() : null;
        int position = server == null ? 0 : server.getPosition();
        int end = Math.min(Math.max(position - 1, 0), sql.text().length());
        long line = sql.line()
                + sql.text().substring(0, end).chars().filter(c -> c == '\n').count();
        return "Line " + line + " of " + name
                + " (caravan.embedded.init) was refused by PostgreSQL, and nothing of the " + "file was kept: "
                + rejected.getMessage();
    }
}
