package io.caravan.bootstrap.schema;

import static io.caravan.postgres.Identifier.literal;
import static io.caravan.postgres.Identifier.quote;

import io.caravan.postgres.TableName;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/**
 * A statement that is run after the rows are copied, and the means to see whether an earlier run has done it.
 *
 * @param name of the index, constraint or statistics object, unquoted
 */
public record PostData(Kind kind, TableName table, String name, String sql) {

    /** In the order in which they are made: each kind needs the ones before it. */
    public enum Kind {
        /** Also the index of a primary key or unique constraint. */
        INDEX(true),
        CONSTRAINT(true),
        /** Lowest partitions first, one at a time: it adopts the indexes of the partitions. */
        PARTITIONED_INDEX(false),
        PARTITIONED_CONSTRAINT(false),
        /** What could not be made with the tables, such as those that the source never validated and older rows may break. */
        CHECK(true),
        STATISTICS(true),
        REPLICA_IDENTITY(true),
        /** Not validated, hence quick; one at a time, since two between the same tables would deadlock. */
        FOREIGN_KEY(false),
        /** The reading of the rows that a foreign key is about. */
        FOREIGN_KEY_VALIDATION(true);

        private final boolean parallel;

        Kind(boolean parallel) {
            this.parallel = parallel;
        }

        /** Whether statements of this kind may run beside each other. */
        public boolean parallel() {
            return parallel;
        }
    }

    private static final int PER_QUERY = 500;

    /** Those that the target does not have yet, in the order given. */
    public static List<PostData> missing(Connection target, List<PostData> wanted) throws SQLException {
        List<PostData> missing = new ArrayList<>();
        for (int from = 0; from < wanted.size(); from += PER_QUERY) {
            List<PostData> part = wanted.subList(from, Math.min(from + PER_QUERY, wanted.size()));
            StringBuilder values = new StringBuilder();
            for (int i = 0; i < part.size(); i++) {
                values.append(i == 0 ? "" : ", ")
                        .append("(" + i + ", " + part.get(i).exists() + ")");
            }
            try (Statement statement = target.createStatement();
                    ResultSet rows = statement.executeQuery("select position from (values " + values
                            + ") v(position, found) where not found order by position")) {
                while (rows.next()) {
                    missing.add(part.get(rows.getInt(1)));
                }
            }
        }
        return missing;
    }

    /** An SQL condition: whether the database that it is evaluated in has the outcome of this statement. */
    String exists() {
        String index = "to_regclass(" + literal(quote(table.schema()) + "." + quote(name)) + ")";
        return switch (kind) {
            case INDEX, PARTITIONED_INDEX -> index + " is not null";
            case CONSTRAINT, PARTITIONED_CONSTRAINT, CHECK, FOREIGN_KEY -> constraint("");
            case FOREIGN_KEY_VALIDATION -> constraint(" and convalidated");
            case STATISTICS ->
                "exists (select from pg_statistic_ext where stxrelid = " + relation() + " and stxname = "
                        + literal(name) + ")";
            case REPLICA_IDENTITY ->
                "exists (select from pg_index where indisreplident and indexrelid = " + index + ")";
        };
    }

    private String constraint(String condition) {
        return "exists (select from pg_constraint where conrelid = " + relation() + " and conname = " + literal(name)
                + condition + ")";
    }

    private String relation() {
        return "to_regclass(" + literal(table.sql()) + ")";
    }
}
