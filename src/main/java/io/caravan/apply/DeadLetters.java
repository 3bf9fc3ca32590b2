package io.caravan.apply;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravan.change.Batch;
import io.caravan.change.ChangeEvent;
import io.caravan.change.Key;
import io.caravan.change.Row;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.apache.camel.Body;
import org.apache.camel.Exchange;
import org.apache.camel.Header;
import org.jspecify.annotations.Nullable;

/**
 * The bean {@code deadLetters}: events that the target rejected, and those of the same key that come after one and wait
 * behind it, so that no later state of a row is written over a hole.
 */
public final class DeadLetters {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Tables tables;

    public DeadLetters(Tables tables) {
        this.tables = tables;
    }

    /** The events that no waiting letter blocks. */
    public Batch free(@Body Batch batch, @Header("blockedKeys") List<Map<String, Object>> blocked) {
        return divide(batch, blocked, false);
    }

    /** The events whose key has a waiting letter, one batch each. */
    public List<Batch> held(@Body Batch batch, @Header("blockedKeys") List<Map<String, Object>> blocked) {
        return divide(batch, blocked, true).events().stream()
                .map(event -> batch.with(List.of(event)))
                .toList();
    }

    /** An event that is touched by a block spreads it: a key change carries the block over to the new key. */
    private Batch divide(Batch batch, List<Map<String, Object>> blocked, boolean wantHeld) {
        Set<Key> keys = new HashSet<>();
        blocked.forEach(row -> keys.add(parse(String.valueOf(row.get("key")))));
        List<ChangeEvent> chosen = new ArrayList<>();
        for (ChangeEvent event : batch.events()) {
            Set<Key> touched = keys(batch, event);
            boolean held = touched.stream().anyMatch(keys::contains);
            if (held) {
                keys.addAll(touched);
            }
            if (held == wantHeld) {
                chosen.add(event);
            }
        }
        return batch.with(chosen);
    }

    /** The columns of {@code caravan.dead_letter} for the batch's only event, which the target rejected. */
    public Map<String, Object> rejected(@Body Batch single, Exchange exchange) {
        Throwable cause = reason(Objects.requireNonNull(Failures.cause(exchange)));
        String state = cause instanceof SQLException sql && sql.getSQLState() != null ? sql.getSQLState() : "";
        return letter(single, "rejected", state, String.valueOf(cause.getMessage()));
    }

    /** The same for an event that waits behind an earlier letter of its key. */
    public Map<String, Object> heldBack(@Body Batch single) {
        return letter(single, "held", "", "Waits behind an earlier dead letter of the same key.");
    }

    private Map<String, Object> letter(Batch single, String state, String sqlState, String error) {
        ChangeEvent event = single.events().get(0);
        Map<String, Object> columns = new HashMap<>();
        columns.put("topic", single.topic());
        columns.put("partition", single.partition());
        columns.put("offset", event.offset());
        columns.put("table", single.table().toString());
        columns.put("keys", write(keys(single, event).stream().map(Key::values).toList()));
        columns.put("op", event.op().name().toLowerCase(Locale.ROOT));
        columns.put("state", state);
        columns.put("lsn", event.lsn().toString());
        // PostgreSQL's text has no NUL; a record with one is damaged and its bytes are still in the topic
        columns.put("event", new String(event.json(), StandardCharsets.UTF_8).replace('\0', '\uFFFD'));
        columns.put("sqlstate", sqlState);
        columns.put("error", error);
        return columns;
    }

    private Set<Key> keys(Batch batch, ChangeEvent event) {
        List<String> columns = batch.table().equals(Batch.MESSAGES) ? List.of() : tables.key(batch.table());
        Set<Key> keys = new LinkedHashSet<>();
        Row after = event.after() == null || columns.isEmpty() ? null : event.completeAfter(columns);
        for (Row row : new @Nullable Row[] {event.oldKey(), event.before(), after}) {
            if (row != null && !columns.isEmpty() && row.layout().columns().containsAll(columns)) {
                keys.add(row.key(columns));
            }
        }
        return keys;
    }

    /** What the target said, or the check of ours, without what was wrapped around it on the way. */
    private static Throwable reason(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException || cause instanceof RejectedException) {
                return cause;
            }
        }
        return failure;
    }

    private static String write(Object value) {
        try {
            return JSON.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("Strings always have a JSON form", e);
        }
    }

    private static Key parse(String json) {
        try {
            return new Key(JSON.readValue(json, new TypeReference<List<@Nullable String>>() {}));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("caravan.dead_letter holds a key that is no JSON array: " + json, e);
        }
    }
}
