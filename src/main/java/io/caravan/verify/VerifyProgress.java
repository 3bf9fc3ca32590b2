package io.caravan.verify;

import io.caravan.postgres.Table;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/** How far a comparison is; tells it every ten seconds. */
final class VerifyProgress {
    private static final long NOTE_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final Consumer<String> notes;
    private final LongSupplier nanos;
    private final int tables;
    private final long begunAt;
    private final long bytes;
    private int begun;
    private String table = "";
    private long read;
    private long notedAt;

    VerifyProgress(List<Table> tables, Consumer<String> notes, LongSupplier nanos) {
        this.notes = notes;
        this.nanos = nanos;
        this.tables = tables.size();
        bytes = tables.stream().mapToLong(Table::bytes).sum();
        begunAt = nanos.getAsLong();
        notedAt = begunAt;
    }

    synchronized void begin(Table next) {
        begun++;
        table = next.name().toString();
    }

    /** @param more bytes of the source's tables; rows that differ are read twice */
    synchronized void read(long more) {
        read += more;
        if (nanos.getAsLong() - notedAt >= NOTE_NANOS) {
            notedAt = nanos.getAsLong();
            notes.accept(String.format(
                    Locale.ROOT,
                    "comparing %s: table %d of %d, %,d of about %,d MiB are read",
                    table,
                    begun,
                    tables,
                    read >> 20,
                    bytes >> 20));
        }
    }

    /** The state of this moment. */
    synchronized ComparisonProgress now() {
        return new ComparisonProgress(
                table, tables, Math.max(0, begun - 1), read, bytes, (nanos.getAsLong() - begunAt) / 1e9);
    }
}
