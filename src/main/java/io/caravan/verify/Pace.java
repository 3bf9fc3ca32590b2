package io.caravan.verify;

import io.caravan.postgres.Table;
import io.caravan.postgres.TablePart;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;

/** How one server is read: by one session, a part of a table after the other, and on average no faster than it may be. */
final class Pace {
    private static final long PART_BYTES = 256L << 20;

    private final long bytesPerSecond;
    private final long partBytes;
    private final LongConsumer progress;
    private long owedNanos;
    private volatile boolean stopped;

    /**
     * @param bytesPerSecond of tables on the disk, at most; 0 for as fast as it goes
     * @param progress hears of the bytes of each part when it was read
     */
    Pace(long bytesPerSecond, LongConsumer progress) {
        this(bytesPerSecond, PART_BYTES, progress);
    }

    /** @param partBytes of a part, about */
    Pace(long bytesPerSecond, long partBytes, LongConsumer progress) {
        this.bytesPerSecond = bytesPerSecond;
        this.partBytes = partBytes;
        this.progress = progress;
    }

    /** Reads one part. */
    interface Reader {
        void read(TablePart part) throws SQLException;
    }

    /** Whether it is read in parts. */
    boolean cuts(Table table) {
        return table.bytes() > partBytes;
    }

    /** Waits before each part as long as the one before was read too fast; what the last one owes is left to {@link #keep}. */
    void read(Table table, Connection connection, Reader reader) throws SQLException, InterruptedException {
        List<TablePart> parts = cuts(table)
                ? TablePart.across(table, connection, table.bytes() / partBytes + 1)
                : List.of(TablePart.whole(table));
        long blocks = parts.stream().mapToLong(TablePart::blocks).sum();
        for (TablePart part : parts) {
            keep();
            long begun = System.nanoTime();
            reader.read(part);
            long bytes = blocks == 0
                    ? table.bytes() / parts.size()
                    : (long) ((double) table.bytes() * part.blocks() / blocks);
            progress.accept(bytes);
            if (bytesPerSecond > 0) {
                owedNanos += Math.max(0, (long) (bytes * 1e9 / bytesPerSecond) - (System.nanoTime() - begun));
            }
        }
    }

    /**
     * Waits as long as was read too fast until now.
     *
     * @throws CancellationException after {@link #stop}
     */
    void keep() throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        if (stopped) {
            throw new CancellationException("What is read is of no use any more.");
        }
        long nanos = owedNanos;
        owedNanos = 0;
        TimeUnit.NANOSECONDS.sleep(nanos);
    }

    /** Nothing more is read after the part that is being read. */
    void stop() {
        stopped = true;
    }
}
