package io.caravan.apply;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravan.change.Batch;
import io.caravan.postgres.SqlFile;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.apache.camel.Body;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangeProperty;
import org.apache.camel.Header;
import org.jspecify.annotations.Nullable;

/** The bean {@code letters}: shows the dead letters of a pipeline, has them replayed, discards them. */
public final class Letters {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final DataSource target;
    private final String pipeline;
    private final Tables tables;

    public Letters(DataSource target, String pipeline, Tables tables) {
        this.target = target;
        this.pipeline = pipeline;
        this.tables = tables;
    }

    /**
     * Letters by table and in the order in which they came.
     *
     * @param ids empty for any
     * @param table null for any
     * @param settledToo also those that were replayed, discarded or superseded
     */
    public List<Letter> list(Set<Long> ids, @Nullable String table, boolean settledToo, int most) throws SQLException {
        try (Connection connection = target.getConnection();
                PreparedStatement select = connection.prepareStatement(SqlFile.read("dead-letters/select"))) {
            select.setString(1, pipeline);
            select.setString(2, ids.isEmpty() ? null : array(ids));
            select.setString(3, table);
            select.setBoolean(4, settledToo);
            select.setInt(5, most);
            List<Letter> letters = new ArrayList<>();
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    letters.add(LetterRows.of(row));
                }
            }
            return letters;
        }
    }

    /** Those that wait among the chosen ones. */
    public List<Letter> waiting(LetterSelection selection) throws SQLException {
        return list(selection.ids(), selection.table(), false, Integer.MAX_VALUE);
    }

    /** The other letters that wait with this one, because they change the same row. */
    public List<Letter> chain(Letter letter) throws SQLException {
        return Chains.of(list(Set.of(), letter.table(), false, Integer.MAX_VALUE)).stream()
                .filter(chain -> chain.stream().anyMatch(each -> each.id() == letter.id()))
                .findFirst()
                .orElse(List.of());
    }

    /** Gives the changes of these letters up, for good; those behind them go on waiting. Returns how many there were. */
    public int discard(@Body LetterSelection selection) throws SQLException {
        Set<Long> ids = waiting(selection).stream().map(Letter::id).collect(Collectors.toSet());
        try (Connection connection = target.getConnection();
                PreparedStatement update = connection.prepareStatement(SqlFile.read("dead-letters/discard"))) {
            update.setString(1, pipeline);
            update.setString(2, pipeline);
            update.setString(3, array(ids));
            update.setString(4, pipeline);
            update.setString(5, array(ids));
            try (ResultSet row = update.executeQuery()) {
                int discarded = 0;
                while (row.next()) {
                    discarded++;
                }
                return discarded;
            }
        }
    }

    /** One replay for each table that the chosen letters are of. */
    public List<Replay> replays(@Body LetterSelection selection) throws SQLException {
        Map<String, List<Letter>> byTable = new LinkedHashMap<>();
        waiting(selection).forEach(letter -> byTable.computeIfAbsent(letter.table(), same -> new ArrayList<>())
                .add(letter));
        return byTable.values().stream()
                .map(letters -> new Replay(pipeline, letters))
                .toList();
    }

    /** Looks at the replay's table anew: it may have been altered, which is why its letters are replayed. */
    public void lookAtTable(@ExchangeProperty("replay") Replay replay) throws SQLException {
        tables.look(replay.getTable(), replay.keyColumns(), replay.getTopic());
    }

    /** The changes to apply, out of all that wait now; the ledger's line is locked, so none can join them meanwhile. */
    public Batch choose(
            @Header("locked") Map<String, Object> locked,
            @Header("waitingRows") List<Map<String, Object>> waiting,
            @ExchangeProperty("replay") Replay replay) {
        if (Boolean.TRUE.equals(locked.get("cut_over"))) {
            throw new RejectedException("Pipeline " + pipeline
                    + " was cut over: rows of the target are the applications' own, and an old change could write over them."
                    + " Discard the letter.");
        }
        return replay.choose(
                tables.named(replay.getTable()),
                waiting.stream().map(LetterRows::of).toList());
    }

    /** Remembers which change is being applied, for the case that it fails. */
    public void trying(@Body Batch single, @ExchangeProperty("replay") Replay replay) {
        replay.trying(single.events().get(0));
    }

    /** The transaction has committed. */
    public void done(@ExchangeProperty("replay") Replay replay) {
        replay.done();
    }

    /** The letters stay as they were; the one that failed says why. */
    public void refuse(@ExchangeProperty("replay") Replay replay, Exchange exchange) throws SQLException {
        Replay.Refusal refusal = replay.refused(Failures.of(exchange));
        try (Connection connection = target.getConnection();
                PreparedStatement update = connection.prepareStatement(
                        "update caravan.dead_letter set sqlstate = ?, error = ? where pipeline = ? and id = ?")) {
            update.setString(1, refusal.sqlState());
            update.setString(2, refusal.error());
            update.setString(3, pipeline);
            update.setLong(4, refusal.id());
            update.executeUpdate();
        }
    }

    /** What the API was asked for; throws {@link IllegalArgumentException} when that is nothing. */
    public LetterSelection selection(@Body String json) {
        try {
            return JSON.readValue(json, LetterSelection.class);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(
                    "Send {\"ids\": [1, 2]}, {\"table\": \"schema.table\"} or {\"all\": true}.", e);
        }
    }

    /** For the API: the letters that wait, or those of a table, or all that ever were. */
    public String json(@Header("table") @Nullable String table, @Header("settled") @Nullable String settled)
            throws SQLException, JsonProcessingException {
        return JSON.writeValueAsString(list(Set.of(), table, "true".equals(settled), 1000));
    }

    /** For the API: what was asked for made no sense, or could not be done now. */
    public int statusOf(Exchange exchange) {
        return Failures.cause(exchange) instanceof IllegalArgumentException ? 400 : 503;
    }

    /** For the API. */
    public String outcomes(@Body List<Replay> replays) throws JsonProcessingException {
        return JSON.writeValueAsString(replays.stream().map(Replay::outcome).toList());
    }

    private static String array(Set<Long> ids) {
        return new TreeSet<>(ids).stream().map(String::valueOf).collect(Collectors.joining(",", "{", "}"));
    }
}
