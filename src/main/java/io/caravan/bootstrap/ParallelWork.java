package io.caravan.bootstrap;

import java.util.List;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** Does the same for each of many things, some at a time; the first failure ends the rest. */
final class ParallelWork {
    private static final int PATIENCE_SECONDS = 30;

    private ParallelWork() {}

    interface Work<T> {
        void on(T item) throws Exception;
    }

    static <T> void run(int atATime, List<T> items, Work<T> work) throws InterruptedException, BootstrapException {
        ExecutorService threads = Executors.newFixedThreadPool(atATime, task -> {
            Thread thread = new Thread(task, "copy");
            thread.setDaemon(true);
            return thread;
        });
        try {
            CompletionService<Boolean> done = new ExecutorCompletionService<>(threads);
            for (T item : items) {
                done.submit(() -> {
                    work.on(item);
                    return true;
                });
            }
            for (int i = 0; i < items.size(); i++) {
                done.take().get();
            }
        } catch (ExecutionException e) {
            if (e.getCause() instanceof BootstrapException ours) {
                throw ours;
            }
            throw new BootstrapException(String.valueOf(e.getCause()), e);
        } finally {
            threads.shutdownNow();
            // what is under way when another fails ends by itself; nothing of it may go on once the caller knows
            var unused = threads.awaitTermination(PATIENCE_SECONDS, TimeUnit.SECONDS);
        }
    }
}
