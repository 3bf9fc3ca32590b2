package io.caravan.postgres;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;

/**
 * A table of the target that does not keep the rows that are written to it, in one transaction with the ledger and over a crash.
 *
 * @param kind why not
 */
public record UnfitStorage(TableName table, Kind kind) {
    private static final SqlResource FIND = SqlResource.read("unfit-storage.sql");

    /** In the words of messages: what it is, and what to do about it. */
    public enum Kind {
        /** Its rows are in no WAL. */
        UNLOGGED("UNLOGGED", "Each crash of the server empties it.", "ALTER TABLE … SET LOGGED"),
        /** Its rows are on another server, which commits by itself: postgres_fdw does so before the transaction here commits. */
        FOREIGN(
                "a foreign table",
                "Its server commits without the ledger, so a crash can double its rows.",
                "CREATE TABLE in place of it"),
        /** PostgreSQL counts a row as written that an INSTEAD OF trigger, which is not fired here, would have written. */
        VIEW("a view", "Rows that are written to it need not be kept anywhere.", "CREATE TABLE in place of it");

        private final String what;
        private final String effect;
        private final String remedy;

        Kind(String what, String effect, String remedy) {
            this.what = what;
            this.effect = effect;
            this.remedy = remedy;
        }

        /** Follows "is ". */
        public String what() {
            return what;
        }

        /** A sentence. */
        public String effect() {
            return effect;
        }

        /** To be run on the target. */
        public String remedy() {
            return remedy;
        }
    }

    /** Those among the tables, as far as they are there; a table is as its partitions are. */
    public static List<UnfitStorage> among(Connection connection, List<TableName> tables) throws SQLException {
        return FIND.query(
                connection,
                Map.of(
                        "tables",
                        SqlResource.array(tables.stream().map(TableName::sql).toList())),
                row -> new UnfitStorage(tables.get(row.getInt("position") - 1), Kind.valueOf(row.getString("kind"))));
    }
}
