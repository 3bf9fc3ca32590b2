package io.caravan.apply;

import io.caravan.Servers;
import io.caravan.Sql;
import io.caravan.postgres.Database;
import io.caravan.postgres.TableName;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** A target that is empty before each test. */
final class AppliedTables implements BeforeEachCallback, AfterEachCallback {
    private final List<AppliedTable> open = new ArrayList<>();
    private Database database;

    @Override
    public void beforeEach(ExtensionContext context) throws SQLException {
        database = Servers.create("target", "statements");
    }

    @Override
    public void afterEach(ExtensionContext context) throws SQLException {
        for (AppliedTable each : open) {
            each.close();
        }
    }

    Database database() {
        return database;
    }

    AppliedTable table(String name, String ddl) throws SQLException {
        Sql.run(database, ddl);
        AppliedTable table = new AppliedTable(database, new TableName("public", name));
        open.add(table);
        return table;
    }
}
