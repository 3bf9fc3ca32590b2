package io.caravan.verify;

import java.sql.SQLException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/** What was read of the source and of the target. */
record BothSides<T>(T source, T target) {

    interface Side<T> {
        T read() throws SQLException, InterruptedException;
    }

    /**
     * Reads both.
     *
     * @param together at the same time, each by its own thread and session; else one after the other
     * @param stopTarget has the target's reader give up, by a CancellationException
     */
    static <T> BothSides<T> read(boolean together, Side<T> source, Side<T> target, Runnable stopTarget)
            throws SQLException, InterruptedException {
        if (!together) {
            return new BothSides<>(source.read(), target.read());
        }
        FutureTask<T> reading = new FutureTask<>(() -> {
            try {
                return source.read();
            } catch (SQLException | InterruptedException | RuntimeException e) {
                stopTarget.run();
                throw e;
            }
        });
        Thread thread = new Thread(reading, "verify-source");
        thread.setDaemon(true);
        thread.start();
        try {
            T read = target.read();
            return new BothSides<>(reading.get(), read);
        } catch (CancellationException targetStopped) {
            throw failure(reading);
        } catch (ExecutionException e) {
            throw failure(e);
        } finally {
            if (reading.cancel(true)) { // the session is the caller's again; it ends with the part that is being read
                thread.join();
            }
        }
    }

    private static SQLException failure(FutureTask<?> failed) throws InterruptedException {
        try {
            throw new IllegalStateException("The source was read: " + failed.get());
        } catch (ExecutionException e) {
            return failure(e);
        }
    }

    private static SQLException failure(ExecutionException e) {
        if (e.getCause() instanceof SQLException failure) {
            return failure;
        }
        throw new IllegalStateException(e.getCause());
    }
}
