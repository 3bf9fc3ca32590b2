package io.caravan.cutover;

import io.caravan.cutover.SequencePosition.Outcome;
import io.caravan.postgres.Database;
import io.caravan.postgres.SqlResource;
import io.caravan.postgres.TableName;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Sets the target's sequences to where the source's are. The stream does not carry them. */
public final class Sequences {
    private static final SqlResource OF_TABLES = SqlResource.read("cutover/sequences.sql");
    private static final SqlResource IN_TARGET = SqlResource.read("cutover/target-sequence.sql");

    private final Database source;
    private final Database target;
    private final Map<String, @Nullable Long> followed = new HashMap<>();

    public Sequences(Database source, Database target) {
        this.source = source;
        this.target = target;
    }

    private record Known(
            TableName sequence,
            Steps steps,
            boolean needed,
            TableName ownerTable,
            String ownerColumn,
            @Nullable Long lastValue) {
        String name() {
            return sequence.sql();
        }
    }

    /** Which values it gives. */
    private record Steps(String type, long increment, boolean cycles, long least, long most) {
        /** Whether those are the other's values: a wider range gives them too, until it has none left. */
        boolean areOf(Steps other) {
            return increment == other.increment
                    && cycles == other.cycles
                    && least <= other.least
                    && most >= other.most
                    && (!cycles || (least == other.least && most == other.most));
        }

        String sql() {
            return "AS " + type + " INCREMENT BY " + increment + " MINVALUE " + least + " MAXVALUE " + most
                    + (cycles ? " CYCLE" : " NO CYCLE");
        }
    }

    /** The target's, by its name there. */
    private record Found(String name, Steps steps) {}

    record Position(long value, boolean called) {
        /** Whether the next value comes before the other's next value, in the direction of the increment. */
        boolean isBefore(Position other, long increment) {
            int order = increment > 0 ? Long.compare(value, other.value) : Long.compare(other.value, value);
            return order < 0 || (order == 0 && !called && other.called);
        }
    }

    /**
     * Sets the sequences that are behind. One that is ahead stays, because its values were given out, unless it stands where Caravan
     * left it: then the source's was set back (TRUNCATE … RESTART IDENTITY). One that cycles is always set to the source's: it is
     * never ahead, and gives values out again anyway.
     */
    public List<SequencePosition> set(Collection<TableName> tables) throws SQLException {
        List<SequencePosition> positions = new ArrayList<>();
        try (Connection there = source.connect();
                Connection here = target.connect()) {
            LeftPositions left = LeftPositions.in(here);
            for (Known sequence : of(tables, there)) {
                positions.add(set(sequence, there, here, left));
            }
        }
        return positions;
    }

    /** The same for those that have given out values since the last call, or were set back; in the first call, for all that ever did. */
    public synchronized List<SequencePosition> follow(Collection<TableName> tables) throws SQLException {
        List<SequencePosition> positions = new ArrayList<>();
        try (Connection there = source.session();
                Connection here = target.session()) {
            LeftPositions left = LeftPositions.in(here);
            for (Known sequence : of(tables, there)) {
                if (Objects.equals(sequence.lastValue, followed.get(sequence.name()))) {
                    continue;
                }
                SequencePosition position = set(sequence, there, here, left);
                positions.add(position);
                if (position.outcome() != Outcome.FAILED) { // else again next time
                    followed.put(sequence.name(), sequence.lastValue);
                }
            }
        }
        return positions;
    }

    /** Needed ones that would give other values than the source's, each with the statement to run on the target. */
    List<String> unlike(Collection<TableName> tables) throws SQLException {
        List<String> unlike = new ArrayList<>();
        try (Connection there = source.connect();
                Connection here = target.connect()) {
            for (Known sequence : of(tables, there)) {
                Found found = inTarget(sequence, here);
                if (found != null && sequence.needed && !found.steps.areOf(sequence.steps)) {
                    unlike.add("The target's sequence " + found.name + " is another one: " + found.steps.sql()
                            + ". Run on the target: ALTER SEQUENCE " + found.name + " " + sequence.steps.sql());
                }
            }
        }
        return unlike;
    }

    private static List<Known> of(Collection<TableName> tables, Connection there) throws SQLException {
        List<String> relations = tables.stream().map(TableName::sql).toList();
        return OF_TABLES.query(there, Map.of("relations", SqlResource.array(relations)), Sequences::known);
    }

    private static Known known(ResultSet row) throws SQLException {
        return new Known(
                new TableName(row.getString("schema_name"), row.getString("sequence_name")),
                steps(row),
                row.getBoolean("needed"),
                new TableName(
                        Objects.requireNonNullElse(row.getString("owner_schema"), ""),
                        Objects.requireNonNullElse(row.getString("owner_table"), "")),
                Objects.requireNonNullElse(row.getString("owner_column"), ""),
                row.getObject("last_value", Long.class));
    }

    private static SequencePosition set(Known sequence, Connection there, Connection here, LeftPositions left) {
        try {
            Found found = inTarget(sequence, here);
            Position wanted = position(there, sequence.name());
            if (found == null) {
                return new SequencePosition(
                        sequence.name(),
                        wanted.value,
                        wanted.called,
                        sequence.needed ? Outcome.FAILED : Outcome.ABSENT,
                        sequence.needed
                                ? "The target has no sequence " + sequence.name() + ". Create it as on the source."
                                : "");
            }
            String name = found.name;
            Position now = position(here, name);
            Outcome outcome = wanted.equals(now)
                    ? Outcome.SAME
                    : now.isBefore(wanted, sequence.steps.increment) || sequence.steps.cycles || left.holds(name, now)
                            ? Outcome.SET
                            : Outcome.AHEAD;
            if (outcome == Outcome.SET) {
                set(here, name, wanted);
            }
            if (outcome != Outcome.AHEAD) {
                left.note(
                        name,
                        wanted); // after it was set: an old note leaves a sequence alone, a new one could set it back
            }
            return new SequencePosition(name, wanted.value, wanted.called, outcome, "");
        } catch (SQLException e) {
            return new SequencePosition(
                    sequence.name(),
                    0,
                    false,
                    Outcome.FAILED,
                    "Sequence " + sequence.name() + " was not set: " + e.getMessage() + hint(e, sequence.name()));
        }
    }

    private static String hint(SQLException e, String sequence) {
        return "42501".equals(e.getSQLState())
                ? " GRANT SELECT ON SEQUENCE " + sequence
                        + " on the source, SELECT and UPDATE on the target, to Caravan's role."
                : "";
    }

    private static Steps steps(ResultSet row) throws SQLException {
        return new Steps(
                row.getString("type"),
                row.getLong("increment"),
                row.getBoolean("cycles"),
                row.getLong("least"),
                row.getLong("most"));
    }

    private static @Nullable Found inTarget(Known sequence, Connection here) throws SQLException {
        return IN_TARGET
                .query(
                        here,
                        Map.of(
                                "owner_schemas", one(sequence.ownerTable.schema()),
                                "owner_tables", one(sequence.ownerTable.name()),
                                "owner_columns", one(sequence.ownerColumn),
                                "schemas", one(sequence.sequence.schema()),
                                "names", one(sequence.sequence.name())),
                        row -> new Found(row.getString("sequence"), steps(row)))
                .stream()
                .findFirst()
                .orElse(null);
    }

    private static String one(String element) {
        return SqlResource.array(List.of(element));
    }

    /** From the sequence itself: the view pg_sequences does not tell whether the value was given out. */
    private static Position position(Connection connection, String sequence) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select last_value, is_called from " + sequence)) {
            row.next();
            return new Position(row.getLong(1), row.getBoolean(2));
        }
    }

    private static void set(Connection here, String sequence, Position position) throws SQLException {
        try (PreparedStatement set = here.prepareStatement("select setval(?::regclass, ?, ?)")) {
            set.setString(1, sequence);
            set.setLong(2, position.value);
            set.setBoolean(3, position.called);
            set.execute();
        }
    }
}
