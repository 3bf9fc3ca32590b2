package io.caravan.bootstrap.schema;

import io.caravan.postgres.Database;
import io.caravan.postgres.SqlResource;
import io.caravan.postgres.TableName;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** A database that holds everything a schema copy may trip over, and the means to compare two of it. */
final class AwkwardSchema {
    private static final String ROOTS = """
            select n.nspname, c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
            where c.relkind in ('r', 'p') and not c.relispartition and n.nspname in ('public', 'Odd Schema')
              and c.relname <> 'left_out'
            order by 1, 2
            """;

    private AwkwardSchema() {}

    static void createIn(Database database) throws SQLException, IOException {
        run(database, text("/schema/awkward.sql"));
    }

    static void run(Database database, String sql) throws SQLException {
        try (Connection connection = database.connect(PostDataBuild.DDL_SESSION);
                Statement statement = connection.createStatement()) {
            statement.execute("set search_path = public, ext");
            statement.execute(sql);
        }
    }

    /** All but {@code public.left_out}. */
    static List<TableName> chosen(Database database) throws SQLException {
        try (Connection connection = database.connect()) {
            return new SqlResource(ROOTS, List.of())
                    .query(connection, Map.of(), row -> new TableName(row.getString(1), row.getString(2)));
        }
    }

    /** What the database knows of these tables, one fact a line. */
    static List<String> fingerprint(Database database, List<TableName> tables) throws SQLException, IOException {
        String sql = text("/schema/fingerprint.sql").replace(":'relations'", "?");
        try (Connection connection = database.connect()) {
            String relations = CatalogSchema.relations(connection, tables);
            List<String> parameters = sql.chars()
                    .filter(character -> character == '?')
                    .mapToObj(i -> "relations")
                    .toList();
            return new SqlResource(sql, parameters)
                    .query(connection, Map.of("relations", relations), row -> row.getString("line"));
        }
    }

    private static String text(String resource) throws IOException {
        try (InputStream in = Objects.requireNonNull(AwkwardSchema.class.getResourceAsStream(resource), resource)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
