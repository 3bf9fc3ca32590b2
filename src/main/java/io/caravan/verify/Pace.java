package io.caravan.verify;

import io.caravan.postgres.Table;
import io.caravan.postgres.TablePart;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;

/** How one server is read: by one session, a part of a table after the other, and no faster than it may be. */
final class Pace {
    private static final long PART_BYTES = 256L << 20;

    private final long bytesPerSecond;
    private final long partBytes;
    private final LongConsumer progress;

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

    void read(Table table, Connection connection, Reader reader) throws SQLException, InterruptedException {
        List<TablePart> parts = cuts(table)
                ? TablePart.across(table, connection, table.bytes() / partBytes + 1)
                : List.of(TablePart.whole(table));
        long bytes = table.bytes() / parts.size();
        for (TablePart part : parts) {
            long begun = System.nanoTime();
            reader.read(part);
            progress.accept(bytes);
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            if (bytesPerSecond > 0) {
                long nanos = (long) (bytes * 1e9 / bytesPerSecond) - (System.nanoTime() - begun);
                TimeUnit.NANOSECONDS.sleep(nanos); // no time at all when it took longer
            }
        }
    }
}
