package io.caravan.bootstrap;

import io.caravan.postgres.Catalog;
import io.caravan.postgres.Database;
import io.caravan.postgres.Publication;
import io.caravan.postgres.PublicationState;
import io.caravan.postgres.ReplicationSlot;
import io.caravan.postgres.SqlResource;
import io.caravan.postgres.Table;
import io.caravan.postgres.TableFilter;
import io.caravan.postgres.TableName;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** Takes away all that a bootstrap made, in the opposite order; what is not there is passed over. */
public final class Reset {
    private static final SqlResource TAKEN_ALONG = SqlResource.read("reset/taken-along.sql");
    private static final SqlResource TOPICS_READ = SqlResource.read("reset/topics-read.sql");

    /** Until the server has noticed the end of a process that was killed. */
    private static final int ATTEMPTS = 25;

    private static final long PAUSE_MILLIS = 200;

    private final Database source;
    private final Database target;
    private final TableFilter filter;
    private final BootstrapState state;
    private final CutoverMark cutover;
    private final Publication publication;
    private final ReplicationSlot slot;
    private final TableTopics topics;
    private final ConnectorEnd end;
    private final String connector;

    public Reset(
            Database source,
            Database target,
            TableFilter filter,
            BootstrapState state,
            CutoverMark cutover,
            Publication publication,
            ReplicationSlot slot,
            TableTopics topics,
            ConnectorEnd end,
            String connector) {
        this.source = source;
        this.target = target;
        this.filter = filter;
        this.state = state;
        this.cutover = cutover;
        this.publication = publication;
        this.slot = slot;
        this.topics = topics;
        this.end = end;
        this.connector = connector;
    }

    /**
     * What of the target goes with its tables because it depends on them and is none of them: views, foreign keys of tables
     * that are not replicated, and whatever else DROP … CASCADE takes. Each as PostgreSQL describes it.
     */
    public List<String> takenAlong() throws SQLException {
        List<TableName> tables;
        try (Connection connection = source.connect()) {
            tables = tables(connection);
        }
        try (Connection connection = target.connect()) {
            return TAKEN_ALONG.query(
                    connection,
                    Map.of(
                            "relations",
                            SqlResource.array(
                                    tables.stream().map(TableName::sql).toList())),
                    row -> row.getString(1));
        }
    }

    /**
     * Removes everything; rows and tables of the target only when asked to. Not beside a process that sets the pipeline up or copies a
     * table, on whatever machine: it would make anew what was removed, with nobody left who knows of it.
     */
    public void run(boolean targetData, Consumer<String> done)
            throws SQLException, IOException, InterruptedException, ExecutionException {
        BootstrapLock lock = new BootstrapLock(target, state.pipeline());
        acquire(lock);
        try {
            remove(targetData, done);
        } finally {
            lock.release();
        }
    }

    private void acquire(BootstrapLock lock) throws SQLException, InterruptedException {
        for (int attempt = 1; ; attempt++) {
            try {
                lock.acquire();
                return;
            } catch (NotReadyException e) {
                if (attempt == ATTEMPTS) {
                    throw new IllegalStateException("A process sets pipeline " + state.pipeline()
                            + " up, copies a table of it, or resets it. Stop it, or wait for its end.");
                }
                TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
            }
        }
    }

    private void remove(boolean targetData, Consumer<String> done)
            throws SQLException, IOException, InterruptedException, ExecutionException {
        List<TableName> tables;
        try (Connection connection = source.connect(BootstrapState.WRITING)) {
            tables = tables(connection);
            end.run();
            done.accept("connector " + connector + " and its offsets removed");
            boolean slotThere = slot.status(connection).isPresent();
            slot.drop(connection);
            done.accept("replication slot " + slot.name() + dropped(slotThere));
            boolean publicationThere =
                    PublicationState.of(connection, publication.name()).isPresent();
            publication.drop(connection);
            done.accept("publication " + publication.name() + dropped(publicationThere));
        }
        topics.delete(tables, topicsRead());
        done.accept("topics deleted");
        if (targetData) {
            dropTables(tables);
            done.accept("tables of the target dropped");
        }
        wayBack(done);
        // Last, so that a reset that is cut off before is done again from the beginning.
        state.forget();
        done.accept("Caravan's state removed from the target");
    }

    /** One that applications may have moved with tells what they wrote since. */
    private void wayBack(Consumer<String> done) throws SQLException {
        ReplicationSlot back = slot.back();
        if (cutover.dropBegunWayBack(back)) {
            done.accept(
                    "replication slot " + back.name() + " of the target, for a way back that was never open, dropped");
        } else if (cutover.hadWayBack()) {
            try (Connection connection = target.session()) {
                if (back.status(connection).isPresent()) {
                    done.accept(
                            "replication slot " + back.name() + " of the target, for the way back, is left: it keeps"
                                    + " WAL there until it is read or dropped");
                }
            }
        }
    }

    private List<TableName> tables(Connection connection) throws SQLException {
        return Catalog.tables(connection, filter).stream().map(Table::name).toList();
    }

    /** Topics that were ever read, of tables too that are gone or chosen no more. */
    private List<String> topicsRead() throws SQLException {
        try (Connection connection = target.session()) {
            return BootstrapState.exists(connection)
                    ? TOPICS_READ.query(connection, Map.of("pipeline", state.pipeline()), row -> row.getString("topic"))
                    : List.of();
        }
    }

    private static String dropped(boolean wasThere) {
        return wasThere ? " dropped" : " was gone already";
    }

    private void dropTables(List<TableName> tables) throws SQLException {
        if (tables.isEmpty()) {
            return;
        }
        try (Connection connection = target.connect(BootstrapState.WRITING);
                Statement statement = connection.createStatement()) {
            statement.execute("drop table if exists "
                    + tables.stream().map(TableName::sql).collect(Collectors.joining(", ")) + " cascade");
        }
    }
}
