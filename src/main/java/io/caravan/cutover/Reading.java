package io.caravan.cutover;

import io.caravan.cutover.Definitions.Definition;
import io.caravan.postgres.Identifier;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.Optional;

/**
 * What the target makes of a definition. What PostgreSQL writes of {@code x in ('a', 'b')}, or of a BETWEEN beside another condition, it
 * reads and writes otherwise, and versions differ too. So both are made there, of a table that is gone with its transaction.
 */
record Reading(Connection target) {
    private static final String LIKE = "pg_temp.caravan_like";

    boolean isOneMeaning(Definition wanted, Definition present) throws SQLException {
        if (!mayBeWrittenOtherwise(wanted)
                || (wanted.kind().equals(Definitions.DEFAULT) && !wanted.hasNameOf(present))) {
            return false;
        }
        Optional<String> theirs = read(wanted);
        return theirs.isPresent() && theirs.equals(read(present));
    }

    /** Keys and NOT NULL have names in them and no expressions. */
    private static boolean mayBeWrittenOtherwise(Definition definition) {
        return switch (definition.kind()) {
            case Definitions.CONSTRAINT -> definition.definition().matches("(?s)(CHECK|EXCLUDE).*");
            case Definitions.NOT_NULL -> false;
            default -> true;
        };
    }

    /** Empty when the target cannot make it. */
    private Optional<String> read(Definition definition) throws SQLException {
        target.setAutoCommit(false);
        try (Statement statement = target.createStatement()) {
            statement.execute("create temporary table caravan_like (like " + definition.table() + ")");
            statement.execute(making(definition));
            return Definitions.definitions(target, Map.of("relations", "{" + LIKE + "}")).stream()
                    .filter(made -> made.kind().equals(definition.kind()))
                    .map(Definition::definition)
                    .findFirst();
        } catch (SQLException e) {
            return Optional.empty();
        } finally {
            target.rollback();
            target.setAutoCommit(true);
        }
    }

    private static String making(Definition definition) {
        String altering = "alter table " + LIKE;
        return switch (definition.kind()) {
            case Definitions.CONSTRAINT -> altering + " add " + definition.definition();
            case Definitions.DEFAULT ->
                altering + " alter column " + Identifier.quote(definition.name()) + " set default "
                        + definition.definition();
            default -> definition.definition().replace(" ON " + definition.table() + " ", " ON " + LIKE + " ");
        };
    }
}
