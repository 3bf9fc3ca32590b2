package io.caravan.change;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravan.change.Run.Kind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Random but possible sequences of changes, applied one by one to one table and by runs to another: both end equal. */
class RunsModelTest {
    private static final List<String> COLUMNS = List.of("id", "name", "notes");

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void runsOfATableWithAKeyEndLikeTheEventsOneByOne(long seed) {
        Random random = new Random(seed);
        Map<String, Map<String, String>> source = new TreeMap<>();
        Map<String, Map<String, String>> target = new TreeMap<>();
        for (int batch = 0; batch < 400; batch++) {
            Events events = new Events(COLUMNS.toArray(new String[0]));
            int size = 1 + random.nextInt(25);
            for (int i = 0; i < size; i++) {
                change(random, source, events);
            }
            List<Batch> parts = random.nextInt(4) == 0 ? events.batch().halves() : List.of(events.batch());
            for (Batch part : parts) {
                Runs.of(part, List.of("id")).forEach(run -> apply(run, target));
            }
            assertThat(target).as("seed %d, batch %d", seed, batch).isEqualTo(source);
        }
    }

    private static void change(Random random, Map<String, Map<String, String>> table, Events events) {
        String id = Integer.toString(random.nextInt(6));
        Map<String, String> row = table.get(id);
        if (random.nextInt(60) == 0) {
            table.clear();
            events.truncate();
        } else if (row == null) {
            Map<String, String> made = values(id, text(random), text(random));
            table.put(id, made);
            events.create(array(made));
        } else {
            switch (random.nextInt(4)) {
                case 0 -> {
                    table.remove(id);
                    events.delete(id, null, null);
                }
                case 1 -> moveTo(Integer.toString(random.nextInt(6)), random, table, row, events);
                default -> {
                    Map<String, String> changed = changed(random, id, row);
                    table.put(id, changed);
                    events.update(event(random, row, changed));
                }
            }
        }
    }

    private static void moveTo(
            String id, Random random, Map<String, Map<String, String>> table, Map<String, String> row, Events events) {
        if (table.containsKey(id)) {
            return;
        }
        Map<String, String> moved = changed(random, id, row);
        table.remove(row.get("id"));
        table.put(id, moved);
        events.move(
                events.row(row.get("id"), null, null),
                Row.of(List.of("id"), List.of(row.get("id"))),
                event(random, row, moved));
    }

    private static Map<String, String> changed(Random random, String id, Map<String, String> row) {
        return values(id, text(random), random.nextBoolean() ? row.get("notes") : text(random));
    }

    /** A column that kept its value is sometimes not in the event. */
    private static String[] event(Random random, Map<String, String> before, Map<String, String> after) {
        String[] values = array(after);
        if (java.util.Objects.equals(before.get("notes"), after.get("notes")) && random.nextBoolean()) {
            values[2] = Events.unchanged();
        }
        return values;
    }

    private static String[] array(Map<String, String> row) {
        return COLUMNS.stream().map(row::get).toArray(String[]::new);
    }

    private static Map<String, String> values(String id, String name, String notes) {
        Map<String, String> row = new HashMap<>();
        row.put("id", id);
        row.put("name", name);
        row.put("notes", notes);
        return row;
    }

    private static String text(Random random) {
        return random.nextInt(5) == 0 ? null : Integer.toString(random.nextInt(1000));
    }

    private static void apply(Run run, Map<String, Map<String, String>> table) {
        Set<String> touched = new HashSet<>();
        if (run.kind() == Kind.TRUNCATE) {
            table.clear();
        }
        for (Row row : run.rows()) {
            String id = row.get("id");
            assertThat(touched.add(id))
                    .as("one statement cannot touch a row twice")
                    .isTrue();
            switch (run.kind()) {
                case DELETE -> table.remove(id);
                case UPSERT -> {
                    assertThat(row.layout().columns()).isEqualTo(COLUMNS);
                    table.put(id, values(id, row.get("name"), row.get("notes")));
                }
                case UPDATE -> {
                    assertThat(table).containsKey(id);
                    set(row, table.get(id));
                }
                case MOVE -> {
                    assertThat(table).doesNotContainKey(id);
                    Map<String, String> moved = table.remove(row.value(0));
                    assertThat(moved).as("the row to move").isNotNull();
                    set(row, moved);
                    table.put(id, moved);
                }
                case TRUNCATE, APPEND, REMOVE, MESSAGE, UNKNOWN -> throw new AssertionError(run);
            }
        }
    }

    private static void set(Row row, Map<String, String> there) {
        row.layout().columns().stream().filter(COLUMNS::contains).forEach(column -> there.put(column, row.get(column)));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void runsOfATableWithoutAKeyEndLikeTheEventsOneByOne(long seed) {
        Random random = new Random(seed);
        List<Row> source = new ArrayList<>();
        Map<Row, Integer> target = new HashMap<>();
        for (int batch = 0; batch < 300; batch++) {
            Events events = new Events("a", "v");
            for (int i = 0; i < 15; i++) {
                keylessChange(random, source, events);
            }
            Runs.of(events.batch(), List.of()).forEach(run -> applyKeyless(run, target));
            Map<Row, Integer> expected = new HashMap<>();
            source.forEach(row -> expected.merge(row, 1, Integer::sum));
            assertThat(target).as("seed %d, batch %d", seed, batch).isEqualTo(expected);
        }
    }

    private static void keylessChange(Random random, List<Row> table, Events events) {
        String[] values = {Integer.toString(random.nextInt(3)), random.nextBoolean() ? null : "x"};
        int kind = random.nextInt(40);
        if (kind == 0) {
            table.clear();
            events.truncate();
        } else if (table.isEmpty() || kind < 15) {
            table.add(events.row(values));
            events.create(values);
        } else {
            Row old = table.remove(random.nextInt(table.size()));
            if (kind < 25) {
                Row changed = events.row(values);
                table.add(changed);
                events.update(old, changed);
            } else {
                events.delete(old.get("a"), old.get("v"));
            }
        }
    }

    private static void applyKeyless(Run run, Map<Row, Integer> table) {
        if (run.kind() == Kind.TRUNCATE) {
            table.clear();
        }
        for (Row row : run.rows()) {
            int count = table.merge(row, run.kind() == Kind.APPEND ? 1 : -1, Integer::sum);
            assertThat(count).as("only rows that are there are removed").isNotNegative();
            if (count == 0) {
                table.remove(row);
            }
        }
    }
}
