package io.caravan.bootstrap;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravan.postgres.Database;
import io.caravan.postgres.ReplicationSlot;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.apache.kafka.common.IsolationLevel;

/**
 * The note in the target that a pipeline was ready for the cut-over, with the ends that its topics had then. It counts as long as
 * the topics still end there: nobody has written to the source since, so newer rows in the target are the applications' own. Once
 * the pipeline was cut over it counts for good.
 */
public record CutoverMark(Database target, String pipeline, TableTopics topics) {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String ROW = "cutover-ready";
    private static final String READY = "ready";
    private static final String READY_BOTH_WAYS = "ready-both-ways";

    /** There from before the target's slot for the way back is made until all is ready with it. */
    private static final String WAY_BACK = "cutover-way-back";

    private static final String UPSERT =
            "insert into caravan.bootstrap (pipeline, table_name, step, detail) values (?, ?, ?, ?)"
                    + " on conflict (pipeline, table_name) do update"
                    + " set step = excluded.step, detail = excluded.detail, updated_at = now()";

    /**
     * Sets it once no transaction applies or copies anything. Those that come later see it, if they ask with the table's line in the
     * ledger locked.
     *
     * @param wayBack whether the target's slot for the way back was made at these ends
     */
    public void set(Map<String, Long> ends, boolean wayBack) throws SQLException {
        try (Connection connection = target.session();
                PreparedStatement lock = connection.prepareStatement(
                        "select from caravan.ledger where pipeline = ? order by topic, partition for update");
                PreparedStatement insert = connection.prepareStatement(UPSERT)) {
            connection.setAutoCommit(false);
            lock.setString(1, pipeline);
            lock.execute();
            insert.setString(1, pipeline);
            insert.setString(2, ROW);
            insert.setString(3, wayBack ? READY_BOTH_WAYS : READY);
            insert.setString(4, JSON.writeValueAsString(new TreeMap<>(ends)));
            insert.executeUpdate();
            if (wayBack) {
                forgetWayBack(connection);
            }
            connection.commit();
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("Numbers always have a JSON form", e);
        }
    }

    /** The ends as they were then, by topic; empty when the pipeline was not ready yet. */
    public Optional<Map<String, Long>> ends() throws SQLException {
        try (Connection connection = target.session()) {
            return BootstrapState.exists(connection)
                    ? Optional.ofNullable(noted(connection).get(ROW)).map(CutoverMark::parse)
                    : Optional.empty();
        }
    }

    /** Whether the target's slot for the way back was made when the pipeline was last ready. */
    public boolean hadWayBack() throws SQLException {
        return isNoted(ROW, READY_BOTH_WAYS);
    }

    private boolean isNoted(String line, String step) throws SQLException {
        try (Connection connection = target.session()) {
            if (!BootstrapState.exists(connection)) {
                return false;
            }
            try (PreparedStatement select = connection.prepareStatement(
                    "select from caravan.bootstrap where pipeline = ? and table_name = ? and step = ?")) {
                select.setString(1, pipeline);
                select.setString(2, line);
                select.setString(3, step);
                try (ResultSet row = select.executeQuery()) {
                    return row.next();
                }
            }
        }
    }

    /** Notes that the slot for the way back is about to be made: whoever is cut off then has a slot that {@link #ends} says nothing of. */
    public void beginWayBack() throws SQLException {
        try (Connection connection = target.session();
                PreparedStatement insert = connection.prepareStatement(UPSERT)) {
            insert.setString(1, pipeline);
            insert.setString(2, WAY_BACK);
            insert.setString(3, "begun");
            insert.setString(4, "");
            insert.executeUpdate();
        }
    }

    /** Whether that was noted, and all was not ready with the slot since. */
    public boolean isWayBackBegun() throws SQLException {
        return isNoted(WAY_BACK, "begun");
    }

    /**
     * Drops the slot of a way back that was only begun. It would keep the target's WAL for ever, and going back by it could bring
     * changes twice. Returns whether there was one.
     */
    public boolean dropBegunWayBack(ReplicationSlot back) throws SQLException {
        if (!isWayBackBegun()) {
            return false;
        }
        try (Connection connection = target.connect(BootstrapState.WRITING)) {
            back.drop(connection);
            forgetWayBack(connection);
        }
        return true;
    }

    private void forgetWayBack(Connection connection) throws SQLException {
        try (PreparedStatement delete =
                connection.prepareStatement("delete from caravan.bootstrap where pipeline = ? and table_name = ?")) {
            delete.setString(1, pipeline);
            delete.setString(2, WAY_BACK);
            delete.executeUpdate();
        }
    }

    /** What is noted of a cut-over, by line. */
    private Map<String, String> noted(Connection connection) throws SQLException {
        Map<String, String> noted = new HashMap<>();
        try (PreparedStatement select = connection.prepareStatement("select table_name, detail from caravan.bootstrap"
                + " where pipeline = ? and table_name in ('" + ROW + "', '" + BootstrapState.CUTOVER + "')")) {
            select.setString(1, pipeline);
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    noted.put(row.getString(1), row.getString(2));
                }
            }
        }
        return noted;
    }

    private static Map<String, Long> parse(String ends) {
        try {
            return JSON.readValue(ends, new TypeReference<Map<String, Long>>() {});
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("caravan.bootstrap holds a mark of a cut-over that cannot be read", e);
        }
    }

    /** Whether rows of the target may be the applications' own, so that nothing of it may be replaced or altered. */
    boolean stands() throws SQLException, InterruptedException {
        try (Connection connection = target.session()) {
            return stands(noted(connection));
        }
    }

    private boolean stands(Map<String, String> noted) throws InterruptedException {
        if (noted.containsKey(BootstrapState.CUTOVER)) {
            return true;
        }
        String ready = noted.get(ROW);
        if (ready == null) {
            return false;
        }
        Map<String, Long> then = parse(ready);
        try {
            return then.equals(endsOf(topics, then.keySet()));
        } catch (ExecutionException e) {
            return true; // a topic is gone, or Kafka away: nothing tells that the source is written to again
        }
    }

    /** Throws before rows of the target would be replaced by the source's which applications may have written. */
    public void requireNone(String what) throws SQLException, InterruptedException {
        try (Connection connection = target.session()) {
            requireNone(connection, what);
        }
    }

    /** The same; while the transaction has the table's line in the ledger locked it stays so. */
    public void requireNone(Connection inTransaction, String what) throws SQLException, InterruptedException {
        Map<String, String> noted = noted(inTransaction);
        if (noted.containsKey(BootstrapState.CUTOVER)) {
            throw new IllegalStateException("Pipeline " + pipeline + " was cut over: rows of the target are the"
                    + " applications' own, and " + what + " would take them away.");
        }
        if (stands(noted)) {
            throw new IllegalStateException("Pipeline " + pipeline
                    + " was ready for the cut-over, and nobody has written to the source since: rows of the target may be"
                    + " the applications' own, and " + what + " would take them away. End the pipeline with 'cutover"
                    + " --finish'; should the applications have stayed with the source, it is possible once they write"
                    + " there again.");
        }
    }

    /** The present end of each of these topics, of all its partitions together. */
    public static Map<String, Long> endsOf(TableTopics topics, Collection<String> names)
            throws ExecutionException, InterruptedException {
        return topics.ends(names, IsolationLevel.READ_COMMITTED).entrySet().stream()
                .collect(Collectors.toMap(end -> end.getKey().topic(), Map.Entry::getValue, Long::sum));
    }
}
