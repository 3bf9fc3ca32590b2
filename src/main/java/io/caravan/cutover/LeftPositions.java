package io.caravan.cutover;

import io.caravan.cutover.Sequences.Position;
import io.caravan.postgres.Catalog;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;

/**
 * Where Caravan left the target's sequences, as {@code caravan.sequence} has it. One that stands there still has given out no
 * value since. A target without that table has none, and keeps none.
 */
final class LeftPositions {
    private static final String NOTE = "insert into caravan.sequence (name, last_value, is_called) values (?, ?, ?)"
            + " on conflict (name) do update set last_value = excluded.last_value, is_called = excluded.is_called";

    private final Connection target;
    private final boolean kept;
    private final Map<String, Position> left = new HashMap<>();

    private LeftPositions(Connection target, boolean kept) {
        this.target = target;
        this.kept = kept;
    }

    static LeftPositions in(Connection target) throws SQLException {
        LeftPositions all = new LeftPositions(target, Catalog.exists(target, "caravan.sequence"));
        if (all.kept) {
            try (Statement statement = target.createStatement();
                    ResultSet row =
                            statement.executeQuery("select name, last_value, is_called from caravan.sequence")) {
                while (row.next()) {
                    all.left.put(row.getString(1), new Position(row.getLong(2), row.getBoolean(3)));
                }
            }
        }
        return all;
    }

    /** Whether Caravan left the sequence at this position. */
    boolean holds(String sequence, Position now) {
        return now.equals(left.get(sequence));
    }

    void note(String sequence, Position position) throws SQLException {
        if (!kept || holds(sequence, position)) {
            return;
        }
        try (PreparedStatement note = target.prepareStatement(NOTE)) {
            note.setString(1, sequence);
            note.setLong(2, position.value());
            note.setBoolean(3, position.called());
            note.executeUpdate();
        }
        left.put(sequence, position);
    }
}
