package io.caravan.verify;

import java.sql.SQLException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/** What was read of the source and of the target. */
record BothSides<T>(T source, T target) {

    interface Side<T> {
        T read() throws SQLException, InterruptedException;
    }

    /** @param together at the same time, each by its own thread and session; else one after the other */
    static <T> BothSides<T> read(boolean together, Side<T> source, Side<T> target)
            throws SQLException, InterruptedException {
        if (!together) {
            return new BothSides<>(source.read(), target.read());
        }
        FutureTask<T> reading = new FutureTask<>(source::read);
        Thread thread = new Thread(reading, "verify-source");
        thread.setDaemon(true);
        thread.start();
        try {
            T read = target.read();
            return new BothSides<>(reading.get(), read);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof SQLException failure) {
                throw failure;
            }
            throw new IllegalStateException(e.getCause());
        } finally {
            if (reading.cancel(true)) { // the session is the caller's again; it ends with the part that is being read
                thread.join();
            }
        }
    }
}
