package io.caravan.pipeline;

import io.caravan.bootstrap.schema.CatalogSchema;
import io.caravan.bootstrap.schema.SchemaCopy;
import io.caravan.postgres.TableName;
import io.caravan.preflight.Preflight;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/** Tells the preflight what the step schema is going to do. */
record SchemaOutlook(SchemaCopy copy) implements Preflight.Schema {
    @Override
    public List<String> extensions(Connection source, List<TableName> tables) throws SQLException {
        return CatalogSchema.read(source, tables).extensions();
    }

    @Override
    public Preflight.NotCarried notCarried(Connection source, List<TableName> tables) throws SQLException {
        SchemaCopy.Outlook outlook = copy.outlook(source, tables);
        return new Preflight.NotCarried(outlook.reason(), outlook.notCarried());
    }
}
