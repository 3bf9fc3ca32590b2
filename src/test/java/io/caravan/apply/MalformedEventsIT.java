package io.caravan.apply;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravan.Servers;
import io.caravan.Sql;
import io.caravan.change.ChangeEvent;
import io.caravan.change.ChangeEventReader;
import io.caravan.change.Op;
import io.caravan.change.Row;
import io.caravan.postgres.Database;
import io.caravan.postgres.TableName;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Events with random damage between good ones: each becomes a letter or stops its table, and every good one is applied. Good
 * events are of rows below 1000, damaged ones of rows above.
 */
class MalformedEventsIT {
    private static final int EVENTS = 1500;
    private static final String PLACE = "caravan.position";

    /** Of headers, those of a place among them. */
    private static final int[] LENGTHS = {0, 1, 27, 28, 29, 47, 48, 49, 60};

    private final Map<Integer, String> model = new TreeMap<>();
    private final Set<Long> unreadable = new HashSet<>();
    private Changes changes;
    private Random random;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void everyGoodEventIsAppliedAndEveryOtherOneIsALetterOrAStop(long seed) throws Exception {
        random = new Random(seed);
        changes = new Changes("part");
        Database target = Servers.create("target", "damaged" + seed);
        Sql.run(target, "create table public.part (id int primary key, name varchar(40), notes text)");
        int stops = 0;
        try (ApplyRoutes routes = new ApplyRoutes(target, "", EVENTS).with("part", "id")) {
            for (int sent = 0; sent < EVENTS; ) {
                List<ConsumerRecord<byte[], byte[]>> batch =
                        Stream.generate(this::any).limit(1 + random.nextInt(60)).toList();
                sent += batch.size();
                if (routes.send(batch) != null) {
                    stops++;
                    List<ConsumerRecord<byte[], byte[]>> good = batch.stream()
                            .filter(each -> each.value() == null || !isDamaged(each))
                            .toList();
                    batch.forEach(each -> unreadable.remove(each.offset()));
                    assertThat(routes.send(good)).as("seed " + seed).isNull();
                }
            }
        }

        assertThat(Sql.column(target, "select id || ' ' || name from part where id < 1000 order by id"))
                .as("seed " + seed)
                .containsExactlyElementsOf(model.entrySet().stream()
                        .map(each -> each.getKey() + " " + each.getValue())
                        .toList());
        assertThat(Sql.column(target, "select \"offset\" from caravan.dead_letter where op = 'unknown' order by 1"))
                .as("seed " + seed)
                .containsExactlyElementsOf(
                        unreadable.stream().sorted().map(String::valueOf).toList());
        assertThat(unreadable).hasSizeGreaterThan(50);
        System.out.printf("seed %d: %d letters, %d stops%n", seed, unreadable.size(), stops);
    }

    /** Of a whole event or of any bytes. The good ones tell their places, each the one before it too. */
    @ParameterizedTest
    @ValueSource(longs = {4, 5, 6})
    void everyGoodEventIsAppliedWhateverHeadersTheRecordsBetweenThemHave(long seed) throws Exception {
        random = new Random(seed);
        changes = new Changes("part");
        Database target = Servers.create("target", "headed" + seed);
        Sql.run(target, "create table public.part (id int primary key, name varchar(40), notes text)");
        int stops = 0;
        int strange = 0;
        try (ApplyRoutes routes = new ApplyRoutes(target, "", EVENTS).with("part", "id")) {
            for (int place = 1; place <= EVENTS; ) {
                List<ConsumerRecord<byte[], byte[]>> batch = new ArrayList<>();
                for (int i = random.nextInt(40); i >= 0; i--) {
                    if (random.nextInt(6) == 0) {
                        batch.add(withStrangeHeaders());
                        strange++;
                    } else {
                        ConsumerRecord<byte[], byte[]> good = good();
                        good.headers().add(PLACE, place(place, place - 1));
                        batch.add(good);
                        place++;
                    }
                }
                if (routes.send(batch) != null) {
                    stops++;
                    batch.removeIf(MalformedEventsIT::isDamaged);
                    assertThat(routes.send(batch)).as("seed " + seed).isNull();
                }
            }
        }

        assertThat(Sql.column(target, "select id || ' ' || name from part where id < 1000 order by id"))
                .as("seed " + seed)
                .containsExactlyElementsOf(model.entrySet().stream()
                        .map(each -> each.getKey() + " " + each.getValue())
                        .toList());
        System.out.printf("seed %d: %d with strange headers, %d stops%n", seed, strange, stops);
    }

    private static byte[] place(int at, int previous) {
        return ByteBuffer.allocate(48)
                .putLong(7)
                .putInt(1)
                .putLong(1000L + at)
                .putLong(0)
                .putInt(1)
                .putLong(1000L + previous)
                .putLong(0)
                .array();
    }

    private ConsumerRecord<byte[], byte[]> withStrangeHeaders() {
        int id = 1000 + random.nextInt(50);
        String row = "{\"id\":\"%d\",\"name\":\"x\",\"notes\":null}".formatted(id);
        byte[] value = random.nextInt(3) == 0
                ? bytes(random.nextInt(60))
                : Changes.event("part", "c", "null", row, 0).getBytes(StandardCharsets.UTF_8);
        ConsumerRecord<byte[], byte[]> record = changes.raw("{\"id\":\"" + id + "\"}", value);
        for (String name : List.of(PLACE, "__debezium.oldkey", "__debezium.newkey", "caravan.barrier", "other")) {
            if (random.nextInt(3) == 0) {
                record.headers()
                        .add(name, random.nextInt(8) == 0 ? null : bytes(LENGTHS[random.nextInt(LENGTHS.length)]));
            }
        }
        return record;
    }

    private byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    private static boolean isDamaged(ConsumerRecord<byte[], byte[]> one) {
        return one.key() != null;
    }

    private ConsumerRecord<byte[], byte[]> any() {
        return random.nextInt(10) == 0 ? damaged() : good();
    }

    private ConsumerRecord<byte[], byte[]> good() {
        int id = random.nextInt(100);
        if (random.nextInt(6) == 0) {
            model.remove(id);
            return changes.delete("{\"id\":\"" + id + "\"}");
        }
        String name = "n" + random.nextInt(1000);
        boolean there = model.put(id, name) != null;
        String row = "{\"id\":\"%d\",\"name\":\"%s\",\"notes\":null}".formatted(id, name);
        return there ? changes.update(row) : changes.create(row);
    }

    /** An event of another row with something done to its bytes; its record's key marks it. */
    private ConsumerRecord<byte[], byte[]> damaged() {
        int id = 1000 + random.nextInt(50);
        String row = "{\"id\":\"%d\",\"name\":\"%s\",\"notes\":null}".formatted(id, "x".repeat(random.nextInt(60)));
        byte[] whole = (random.nextBoolean()
                        ? Changes.event("part", "c", "null", row, 0)
                        : Changes.event("part", "d", "{\"id\":\"" + id + "\"}", "null", 0))
                .getBytes(StandardCharsets.UTF_8);
        byte[] bytes = damage(whole);
        ChangeEvent event = new ChangeEventReader(Row.UNCHANGED_MARKER, new TableName("public", "part"))
                .read(0, bytes, null, false);
        if (event.op() != Op.UNKNOWN && (event.op() == Op.TRUNCATE || touchesGoodRow(event))) {
            bytes = Arrays.copyOf(whole, whole.length / 2);
            event = null;
        }
        ConsumerRecord<byte[], byte[]> damaged = changes.raw("{\"id\":\"" + id + "\"}", bytes);
        if (event == null || event.op() == Op.UNKNOWN) {
            unreadable.add(damaged.offset());
        }
        return damaged;
    }

    private static boolean touchesGoodRow(ChangeEvent event) {
        return Stream.of(event.before(), event.after())
                .filter(row -> row != null && row.layout().indexOf("id") >= 0)
                .anyMatch(row -> !String.valueOf(row.get("id")).matches("1\\d\\d\\d"));
    }

    private byte[] damage(byte[] whole) {
        byte[] bytes = whole.clone();
        switch (random.nextInt(7)) {
            case 0 -> random.nextBytes(bytes);
            case 1 -> {
                return Arrays.copyOf(bytes, random.nextInt(bytes.length));
            }
            case 2 -> bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            case 3 -> bytes[random.nextInt(bytes.length)] = 0;
            case 4 -> {
                return replaced(whole, "\"after\":", "\"later\":");
            }
            case 5 -> {
                return replaced(whole, "\"table\":\"part\"", "\"table\":\"other\"");
            }
            default -> {
                List<String> values = List.of("[]", "{}", "1", "true", "\"\"", "null", "[".repeat(1200));
                return replaced(whole, "null", values.get(random.nextInt(values.size())));
            }
        }
        return bytes;
    }

    private static byte[] replaced(byte[] text, String what, String by) {
        return new String(text, StandardCharsets.UTF_8).replace(what, by).getBytes(StandardCharsets.UTF_8);
    }
}
