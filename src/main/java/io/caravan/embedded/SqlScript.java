package io.caravan.embedded;

import java.io.BufferedReader;
import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A file of SQL as {@code pg_dump} writes it, read statement by statement, so that the size of the file does not matter. It
 * ends statements where psql does: at a semicolon outside quotes, comments, parentheses and {@code BEGIN ATOMIC} bodies.
 */
final class SqlScript implements AutoCloseable {

    /** @param line the line of the file where it begins, from 1 */
    record SqlStatement(String text, int line) {}

    private final String name;
    private final BufferedReader reader;
    private int lineNumber;
    /** What follows a statement's semicolon on the same line. */
    private @Nullable String rest;

    SqlScript(String name, BufferedReader reader) {
        this.name = name;
        this.reader = reader;
    }

    /** The next statement with its semicolon; empty at the end of the file. */
    Optional<SqlStatement> next() throws IOException {
        SqlLexer lexer = new SqlLexer();
        StringBuilder text = new StringBuilder();
        int firstLine = 0;
        for (String line = line(); line != null; line = line()) {
            boolean before = lexer.isBlank();
            if (before && !lexer.isInComment() && isMetaCommand(line)) {
                continue;
            }
            int end = lexer.read(line);
            if (lexer.isBlank()) {
                continue; // comments before a statement do not belong to it
            }
            firstLine = before ? lineNumber : firstLine;
            text.append(line, before ? lexer.begin() : 0, end < 0 ? line.length() : end);
            if (end >= 0) {
                rest = line.substring(end);
                return Optional.of(new SqlStatement(text.toString(), firstLine));
            }
            text.append('\n');
        }
        return lexer.isBlank()
                ? Optional.empty()
                : Optional.of(new SqlStatement(text.toString().strip(), firstLine));
    }

    /** The next line of the data after a {@code COPY … FROM stdin}; empty at its {@code \.} or the end of the file. */
    Optional<String> nextCopyRow() throws IOException {
        rest = null;
        String line = line();
        return line == null || line.equals("\\.") ? Optional.empty() : Optional.of(line);
    }

    private @Nullable String line() throws IOException {
        String line = rest;
        rest = null;
        if (line != null && !line.isBlank()) {
            return line;
        }
        lineNumber++;
        return reader.readLine();
    }

    /** {@code \restrict} and its end only guard psql itself, and newer dumps always have them. */
    private boolean isMetaCommand(String line) {
        String command = line.strip();
        if (!command.startsWith("\\")) {
            return false;
        }
        if (command.startsWith("\\restrict") || command.startsWith("\\unrestrict")) {
            return true;
        }
        throw new EmbeddedStackException(
                "Line " + lineNumber + " of " + name + " (caravan.embedded.init) is the psql command " + command
                        + ", which only psql understands. Take it out; the file is run in the source's database.");
    }

    @Override
    public void close() throws IOException {
        reader.close();
    }
}
