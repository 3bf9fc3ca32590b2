package io.caravan.bootstrap;

import io.caravan.postgres.Table;
import io.caravan.postgres.TableName;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** How far the bulk copy is; written by the copying threads, read by the status and the terminal. */
public final class CopyProgress {
    private final AtomicInteger tables = new AtomicInteger();
    private final AtomicInteger tablesDone = new AtomicInteger();
    private final AtomicLong bytes = new AtomicLong();
    private final AtomicLong rowsDone = new AtomicLong();
    private final AtomicLong expectedOfThoseDone = new AtomicLong();
    private volatile long expectedBytes;
    private volatile long startedAtNanos;
    private volatile @Nullable TableName current;
    private final Set<TableName> copying = ConcurrentHashMap.newKeySet();

    void begin(int tableCount, long bytesExpected) {
        tables.set(tableCount);
        expectedBytes = bytesExpected;
        startedAtNanos = System.nanoTime();
    }

    void copying(TableName table) {
        current = table;
        copying.add(table);
    }

    void add(long more) {
        bytes.addAndGet(more);
    }

    void done(Table table, long rows) {
        copying.remove(table.name());
        expectedOfThoseDone.addAndGet(table.bytes());
        tablesDone.incrementAndGet();
        rowsDone.addAndGet(rows);
    }

    public int tables() {
        return tables.get();
    }

    public int tablesDone() {
        return tablesDone.get();
    }

    public long rowsDone() {
        return rowsDone.get();
    }

    public long bytes() {
        return bytes.get();
    }

    /** Bytes of the tables on the source's disk: an estimate of what COPY will carry. */
    public long expectedBytes() {
        return expectedBytes;
    }

    /**
     * How much of it is done, 0 to 1: the bytes carried, or the expected bytes of the tables that are done, whichever is more. A
     * small table has 16 KiB on the disk, of which COPY carries a few hundred bytes.
     */
    public double part() {
        long done = Math.max(bytes.get(), expectedOfThoseDone.get());
        return expectedBytes == 0 ? 0 : Math.min(1, (double) done / expectedBytes);
    }

    /** Seconds since the copy began. */
    public double seconds() {
        return startedAtNanos == 0 ? 0 : (System.nanoTime() - startedAtNanos) / 1e9;
    }

    public boolean isCopying(TableName table) {
        return copying.contains(table);
    }

    public @Nullable TableName current() {
        return current;
    }
}
