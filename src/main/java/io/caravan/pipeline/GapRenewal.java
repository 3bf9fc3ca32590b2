package io.caravan.pipeline;

import io.caravan.bootstrap.TableCopies;
import io.caravan.guard.Guard;
import io.caravan.postgres.Database;
import io.caravan.postgres.Publication;
import io.caravan.postgres.TableName;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/** Before a table is copied again, takes its publication and topic as they are now for right: the copy has all that is older. */
record GapRenewal(Database source, Publication publication, Guard guard) implements TableCopies.Renewal {
    @Override
    public void of(TableName table) throws SQLException, InterruptedException {
        try (Connection connection = source.connect()) {
            publication.add(connection, List.of(table));
        }
        guard.renew(table);
    }

    @Override
    public void mended(Connection inTransaction, TableName table) throws SQLException, InterruptedException {
        guard.mended(inTransaction, table);
    }

    @Override
    public void done() throws SQLException {
        guard.readGaps();
    }
}
