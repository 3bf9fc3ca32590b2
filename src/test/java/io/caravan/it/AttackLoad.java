package io.caravan.it;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Writers for the attack: those of {@link Load}, and others on the tables of {@code attack.sql}, all from one seed. */
final class AttackLoad {
    private static final int IDS = 120;
    private static final long PAUSE_MILLIS = 4;

    private AttackLoad() {}

    /** The scripts that make the tables. */
    static String schema() {
        return Load.schema() + Load.script("attack.sql");
    }

    static Load start(TestDatabase source, long seed) {
        Load load = Load.start(source, seed, PAUSE_MILLIS);
        for (int writer = 1; writer <= 2; writer++) {
            load.add(seed + 1000L * writer, AttackLoad::changes);
        }
        return load.add(seed + 9000, AttackLoad::longTransaction);
    }

    private static List<String> changes(Random random) {
        List<String> changes = new ArrayList<>();
        for (int i = random.nextInt(5); i >= 0; i--) {
            changes.addAll(change(random));
        }
        if (random.nextInt(8) == 0) {
            changes.add("savepoint s");
            changes.addAll(change(random));
            changes.add(random.nextBoolean() ? "rollback to s" : "release s");
            changes.addAll(change(random));
        }
        return changes;
    }

    private static List<String> change(Random random) {
        int id = 1 + random.nextInt(IDS);
        int other = 1 + random.nextInt(IDS);
        return switch (random.nextInt(16)) {
            case 0, 1 -> log(random, id);
            case 2 -> onOneOf(random, "update logbook set size = size + 1, who = nullif(who, 'start')", 1);
            case 3 -> onOneOf(random, "update logbook set size = coalesce(size, 0) - 1", 5);
            case 4 -> onOneOf(random, "delete from logbook", 10);
            case 5, 6 -> List.of("update wide set counter = counter + 1 where id <= " + (1 + random.nextInt(5)));
            case 7 -> List.of("update wide set doc = doc || '{\"%d\": %d}' where id = %d".formatted(other, id, id));
            case 8 -> List.of("update wide set words = words || 'w', bytes = bytes || '\\x00' where id = " + id);
            case 9 -> List.of("delete from wide where id = " + id, again(id));
            case 10 -> id == other ? List.of() : moved(random, id, other);
            case 11 -> swapSeats(id % 30, other % 30);
            case 12 ->
                List.of("update reading set day = day + (%d), value = value + 0.5 where id = %d"
                        .formatted(random.nextInt(1200) - 600, id));
            case 13 -> copies(random);
            case 14 -> rarely(random, id);
            default ->
                List.of("insert into reading values (%d, date '2019-06-01' + %d, null) on conflict (id, day)"
                                .formatted(200 + id, other * 3)
                        + " do update set value = coalesce(reading.value, 0) + 1");
        };
    }

    private static List<String> log(Random random, int id) {
        String what = random.nextInt(6) == 0
                ? "(select string_agg(md5(%d::text || m), '') from generate_series(1, 150) m)".formatted(id % 3)
                : "null";
        return List.of("insert into logbook select 'who %d', %s, null from generate_series(1, %d)"
                .formatted(id % 4, what, 1 + random.nextInt(4)));
    }

    /** Any rows: the table has no key to choose them by. */
    private static List<String> onOneOf(Random random, String change, int rows) {
        return List.of(change + " where ctid in (select ctid from logbook where size is distinct from "
                + random.nextInt(9) + " limit " + rows + " for update skip locked)");
    }

    private static String again(int id) {
        return "insert into wide (id, doc, words) values (%d, '{}', null) on conflict do nothing".formatted(id);
    }

    /** A row takes the key of another one, that is deleted, or the two exchange their keys. */
    private static List<String> moved(Random random, int id, int other) {
        String move = "update wide set id = %d where id = %d";
        if (random.nextBoolean()) {
            return List.of("delete from wide where id = " + other, move.formatted(other, id), again(id));
        }
        return List.of(move.formatted(-id, id), move.formatted(id, other), move.formatted(other, -id));
    }

    private static List<String> swapSeats(int a, int b) {
        return List.of("update seat x set guest = y.guest from seat y"
                + " where x.place in ('place %1$d', 'place %2$d') and y.place in ('place %1$d', 'place %2$d')"
                        .formatted(a, b)
                + " and x.place <> y.place");
    }

    /** COPY writes many rows into one WAL record. */
    private static List<String> copies(Random random) {
        if (random.nextInt(4) > 0) {
            return List.of();
        }
        int first = 200_000_000 + random.nextInt(1_000_000) * 1000;
        return switch (random.nextInt(4)) {
            case 0 -> List.of("copy scratch (word) from program 'seq 1 400'");
            case 1 -> List.of("copy logbook (who) from program 'yes copied | head -n 200'");
            case 2 ->
                List.of("copy item (id, name) from program 'seq -f \"%%.0f,copied\" %d %d' with (format csv)"
                        .formatted(first, first + 300));
            default -> List.of("delete from item where id >= 200000000");
        };
    }

    private static List<String> rarely(Random random, int id) {
        return switch (random.nextInt(40)) {
            case 0 -> List.of("truncate logbook");
            case 1 -> List.of("truncate reading");
            case 2 ->
                List.of(
                        "truncate item cascade",
                        "insert into item (id, name) select n, 'anew' from generate_series(1, 400) n");
            case 3 -> List.of("truncate scratch, journal restart identity");
            case 4, 5, 6 -> List.of("update item set quantity = quantity + 1 where id < 600");
            case 7, 8 -> List.of("delete from logbook where ctid in (select ctid from logbook limit 400)");
            case 9, 10 ->
                List.of("insert into wide (id) select n from generate_series(1, %d) n on conflict do nothing"
                        .formatted(IDS));
            default ->
                List.of("select pg_logical_emit_message(%b, 'attack', '%d')".formatted(random.nextBoolean(), id));
        };
    }

    /** Its commit comes long after its changes, and after others that began later. */
    private static List<String> longTransaction(Random random) {
        List<String> statements = new ArrayList<>();
        int own = 300_000 + random.nextInt(50);
        for (int part = 0; part < 3; part++) {
            statements.add(
                    "insert into item (id, name) values (%d, 'long') on conflict (id) do update set quantity = item.quantity + 1"
                            .formatted(own));
            statements.addAll(log(random, own));
            statements.add("insert into journal values (now(), 'long', %d)".formatted(part));
            statements.add("select pg_sleep(%s)".formatted(0.2 + random.nextDouble()));
        }
        return statements;
    }
}
