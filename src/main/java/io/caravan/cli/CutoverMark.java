package io.caravan.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravan.bootstrap.BootstrapState;
import io.caravan.bootstrap.TableTopics;
import io.caravan.postgres.Database;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.apache.kafka.common.IsolationLevel;

/**
 * That a pipeline was ready for the cut-over, kept in the target with the ends that its topics had. It stands for as long as these
 * are their ends: then nobody has written to the source since, and what is in the target beyond that is the applications' own.
 */
record CutoverMark(Database target, String pipeline, TableTopics topics) {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String ROW = "cutover-ready";

    void set(Map<String, Long> ends) throws SQLException {
        try (Connection connection = target.session();
                PreparedStatement insert = connection.prepareStatement(
                        "insert into caravan.bootstrap (pipeline, table_name, step, detail) values (?, ?, 'ready', ?)"
                                + " on conflict (pipeline, table_name) do update"
                                + " set detail = excluded.detail, updated_at = now()")) {
            insert.setString(1, pipeline);
            insert.setString(2, ROW);
            insert.setString(3, JSON.writeValueAsString(new TreeMap<>(ends)));
            insert.executeUpdate();
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("Numbers always have a JSON form", e);
        }
    }

    /** The ends as they were then, by topic; empty when the pipeline was not ready yet. */
    Optional<Map<String, Long>> ends() throws SQLException {
        try (Connection connection = target.session()) {
            return BootstrapState.exists(connection) ? ends(connection) : Optional.empty();
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("caravan.bootstrap holds a mark of a cut-over that cannot be read", e);
        }
    }

    private Optional<Map<String, Long>> ends(Connection connection) throws SQLException, JsonProcessingException {
        try (PreparedStatement select = connection.prepareStatement(
                "select detail from caravan.bootstrap where pipeline = ? and table_name = ?")) {
            select.setString(1, pipeline);
            select.setString(2, ROW);
            try (ResultSet row = select.executeQuery()) {
                return row.next()
                        ? Optional.of(JSON.readValue(row.getString(1), new TypeReference<Map<String, Long>>() {}))
                        : Optional.empty();
            }
        }
    }

    private boolean stands() throws SQLException, InterruptedException {
        Optional<Map<String, Long>> then = ends();
        try {
            return then.isPresent()
                    && then.get().equals(endsOf(topics, then.get().keySet()));
        } catch (ExecutionException e) {
            return true; // a topic is gone, or Kafka away: nothing tells that the source is written to again
        }
    }

    /** Throws before rows of the target would be replaced by the source's which applications may have written. */
    void requireNone(String what) throws SQLException, InterruptedException {
        if (stands()) {
            throw new IllegalStateException("Pipeline " + pipeline
                    + " was ready for the cut-over, and nobody has written to the source since: rows of the target may be"
                    + " the applications' own, and " + what + " would take them away. End the pipeline with 'cutover"
                    + " --finish'; should the applications have stayed with the source, it is possible once they write"
                    + " there again.");
        }
    }

    /** The present end of each of these topics, of all its partitions together. */
    static Map<String, Long> endsOf(TableTopics topics, Collection<String> names)
            throws ExecutionException, InterruptedException {
        return topics.ends(names, IsolationLevel.READ_COMMITTED).entrySet().stream()
                .collect(Collectors.toMap(end -> end.getKey().topic(), Map.Entry::getValue, Long::sum));
    }
}
