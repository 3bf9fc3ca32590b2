package io.caravan.bootstrap;

import io.caravan.postgres.SqlResource;
import io.caravan.postgres.Table;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;

/** How COPY writes the rows. Binary takes about half of the time, but only where both servers read it alike. */
enum CopyFormat {
    TEXT,
    BINARY;

    private static final SqlResource TYPES = SqlResource.read("copy-types.sql");

    private record ColumnType(String column, String type, boolean portable) {}

    /**
     * Binary when every column has the same type on both sides and that type's binary form does not depend on server or
     * database (documentation of COPY: it is "less portable across machine architectures and PostgreSQL versions").
     */
    static CopyFormat of(Table table, Connection source, Connection target) throws SQLException {
        List<ColumnType> types = types(table, source);
        return types.stream().allMatch(ColumnType::portable) && types.equals(types(table, target)) ? BINARY : TEXT;
    }

    private static List<ColumnType> types(Table table, Connection connection) throws SQLException {
        return TYPES.query(
                connection,
                Map.of("table", table.name().sql()),
                row -> new ColumnType(row.getString("column_name"), row.getString("type"), row.getBoolean("portable")));
    }

    /** As an option of the COPY command. */
    String option() {
        return this == BINARY ? " (format binary)" : " (format text)";
    }
}
