package io.caravan.bootstrap.schema;

import io.caravan.bootstrap.schema.PostData.Kind;
import io.caravan.postgres.Identifier;
import io.caravan.postgres.TableName;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * A foreign key of the source.
 *
 * @param partitioned whether the referring table is; its foreign key is then validated by the statement that makes it
 * @param validated whether it is on the source; else the target leaves it so too
 */
record ForeignKey(
        TableName table,
        String name,
        boolean partitioned,
        boolean validated,
        boolean bothChosen,
        TableName referenced,
        String sql) {

    static ForeignKey read(ResultSet row) throws SQLException {
        return new ForeignKey(
                new TableName(row.getString("nspname"), row.getString("relname")),
                row.getString("conname"),
                row.getBoolean("partitioned"),
                row.getBoolean("convalidated"),
                row.getBoolean("both_chosen"),
                new TableName(row.getString("referenced_schema"), row.getString("referenced_name")),
                row.getString("sql"));
    }

    List<PostData> postData() {
        List<PostData> statements = new ArrayList<>();
        if (bothChosen) {
            statements.add(new PostData(Kind.FOREIGN_KEY, table, name, sql));
            if (validated && !partitioned) {
                statements.add(new PostData(
                        Kind.FOREIGN_KEY_VALIDATION,
                        table,
                        name,
                        "ALTER TABLE ONLY " + table.sql() + " VALIDATE CONSTRAINT " + Identifier.quote(name)));
            }
        }
        return statements;
    }

    String leftOut() {
        return "foreign key " + name + " on " + table + " to " + referenced + ", which is not chosen";
    }
}
