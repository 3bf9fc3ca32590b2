package io.caravan.change;

import io.caravan.postgres.Lsn;
import io.caravan.postgres.TableName;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Consecutive events of one partition of one table's topic, the unit that is applied in one transaction.
 *
 * @param table the table, or {@link #MESSAGES} for the topic of logical messages
 * @param nextOffset where the partition goes on after these events, even if none is left of them
 * @param asRead the events as the topic has them; steps of one's own may have changed {@code events} since
 * @param ahead the runs of exactly these events, if they were computed ahead of their turn; else null
 */
public record Batch(
        TableName table,
        String topic,
        int partition,
        long nextOffset,
        List<ChangeEvent> events,
        List<ChangeEvent> asRead,
        @Nullable Ahead ahead) {

    /** The runs of a batch, by the key that its table had when they were computed. */
    record Ahead(List<String> key, List<Run> runs) {}

    /** Stands for the topic of {@code pg_logical_emit_message}, whose schema no table can have. */
    public static final TableName MESSAGES = new TableName("", "messages");

    /** As it is read. */
    public Batch(TableName table, String topic, int partition, long nextOffset, List<ChangeEvent> events) {
        this(table, topic, partition, nextOffset, events, events, null);
    }

    /** The same with its runs and their parameters computed: work that else is done while the target waits for it. */
    public Batch prepared(List<String> key) {
        List<Run> runs = Runs.of(this, key);
        runs.forEach(Run::encode);
        return new Batch(table, topic, partition, nextOffset, events, asRead, new Ahead(key, runs));
    }

    /** The events at and after an offset: what the ledger says is not yet applied. */
    public Batch startingAt(long offset) {
        return asRead.isEmpty() || asRead.get(0).offset() >= offset
                ? this
                : new Batch(table, topic, partition, nextOffset, from(events, offset), from(asRead, offset), null);
    }

    private static List<ChangeEvent> from(List<ChangeEvent> all, long offset) {
        return all.stream().filter(event -> event.offset() >= offset).toList();
    }

    /**
     * Where the events go from one timeline of the source to another: each time the position on the earlier of the two.
     *
     * @param read how far in the slot's stream the partition is applied; null where nothing is known of that
     */
    public List<StreamPosition> turns(@Nullable StreamPosition read) {
        List<StreamPosition> turns = new ArrayList<>();
        StreamPosition before = read;
        for (ChangeEvent event : asRead) {
            Place place = place(event, before);
            if (place != null && !place.isAgain(before)) {
                StreamPosition now = place.at();
                if (before != null && before.timeline() != now.timeline()) {
                    turns.add(before.timeline() < now.timeline() ? before : now);
                }
                before = now;
            }
        }
        return turns;
    }

    /**
     * Without the events that the connector has sent before.
     *
     * @param read how far in the slot's stream the partition is applied; null where nothing is known of that
     * @throws NeedsCopyException when the topic lacks an event
     */
    public Batch withoutRepeats(@Nullable StreamPosition read) {
        boolean hasRows = hasRows();
        Set<Long> again = new HashSet<>();
        StreamPosition until = read;
        for (ChangeEvent event : asRead) {
            Place place = place(event, until);
            if (place != null && place.isAgain(until)) {
                again.add(event.offset());
            } else if (place != null) {
                if (hasRows && place.lacksOneBefore(until)) {
                    throw NeedsCopyException.lacksOneBefore(table, event);
                }
                until = place.at();
            }
        }
        return again.isEmpty()
                ? this
                : with(events.stream()
                        .filter(event -> !again.contains(event.offset()))
                        .toList());
    }

    /**
     * The place of an unreadable record counts only where it goes on from the one before. Someone else's could be anywhere in the
     * stream, and all events up to there would count as sent before.
     */
    private static @Nullable Place place(ChangeEvent event, @Nullable StreamPosition before) {
        Place place = event.place();
        return place != null && event.op() == Op.UNKNOWN && !place.follows(before) ? null : place;
    }

    /** Messages change nothing, so none is missed. */
    public boolean hasRows() {
        return !table.equals(MESSAGES);
    }

    /** How far in the slot's stream the partition is applied with these events; null where that is not known. */
    public @Nullable StreamPosition readUpTo(@Nullable StreamPosition before) {
        StreamPosition until = before;
        for (ChangeEvent event : asRead) {
            Place place = place(event, until);
            if (place != null && !place.isAgain(until)) {
                until = place.at();
            }
        }
        return until;
    }

    /** The events that the copy does not hold already. */
    public Batch withoutThoseIn(CopySnapshot copy) {
        List<ChangeEvent> left = new ArrayList<>();
        boolean over = false;
        for (ChangeEvent event : events) {
            over = over || copy.isOver(event);
            if (over || event.op() == Op.UNKNOWN || !copy.sees(event.txId())) {
                left.add(event);
            }
        }
        return with(left);
    }

    /** Whether the batch has gone beyond the copy, so that the snapshot needs to be asked no more. */
    public boolean isBeyond(CopySnapshot copy) {
        return events.stream().anyMatch(copy::isOver);
    }

    /** How many events; what a route asks for, since Camel hashes a list of which it asks the size. */
    public int size() {
        return events.size();
    }

    public boolean isEmpty() {
        return events.isEmpty();
    }

    /** Whether there is but one event, which cannot be cut further. */
    public boolean isSingle() {
        return events.size() == 1;
    }

    /** The same events cut in two, in order. */
    public List<Batch> halves() {
        int middle = events.size() / 2;
        return List.of(with(events.subList(0, middle)), with(events.subList(middle, events.size())));
    }

    /** Each event by itself, in order. */
    public List<Batch> singles() {
        return events.stream().map(event -> with(List.of(event))).toList();
    }

    /** The same with every row of every event changed alike. */
    public Batch withRows(UnaryOperator<Row> change) {
        return with(events.stream().map(event -> event.withRows(change)).toList());
    }

    /** The same of those rows only whose column has this value; the others are not in the target. */
    public Batch keeping(String column, String value) {
        KeptRows kept = new KeptRows(column, value);
        return with(events.stream().flatMap(event -> kept.of(event).stream()).toList());
    }

    /** Whether a row had this column in the topic, whatever steps of one's own made of it. */
    public boolean read(String column) {
        return asRead.stream()
                .flatMap(event -> Stream.of(Optional.ofNullable(event.before()), Optional.ofNullable(event.after())))
                .flatMap(Optional::stream)
                .anyMatch(row -> row.layout().indexOf(column) >= 0);
    }

    public Batch with(List<ChangeEvent> some) {
        return new Batch(table, topic, partition, nextOffset, some, asRead, null);
    }

    /** Where the first of the events is in its partition. There must be one. */
    public long firstOffset() {
        return events.get(0).offset();
    }

    /** The farthest WAL position among the events; zero when there is none. */
    public Lsn farthestLsn() {
        Lsn farthest = Lsn.ZERO;
        for (ChangeEvent event : events) {
            farthest = event.lsn().isAfter(farthest) ? event.lsn() : farthest;
        }
        return farthest;
    }

    /** When the last of the events was committed on the source, milliseconds since 1970; zero when there is none. */
    public long committedAtMillis() {
        return events.isEmpty() ? 0 : events.get(events.size() - 1).committedAtMillis();
    }

    /**
     * Without the events: Camel looks beans up by their hash each time that a route asks for a property (BeanInfoCacheKey in Camel
     * 4.17.0), and hashing every value took a third of the time of applying.
     */
    @Override
    public int hashCode() {
        return Objects.hash(topic, partition, nextOffset, events.size());
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Batch batch
                && nextOffset == batch.nextOffset
                && partition == batch.partition
                && table.equals(batch.table)
                && topic.equals(batch.topic)
                && events.equals(batch.events);
    }

    @Override
    public String toString() {
        return events.size() + " events of " + topic + "-" + partition + " up to offset " + nextOffset;
    }
}
