package io.caravan.run;

import io.caravan.bootstrap.CopyProgress;
import java.util.Locale;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Tells how far the bulk copy is: on a terminal one line that redraws itself, elsewhere a line every ten seconds. */
final class CopyReporter {
    private static final int SECONDS_WITHOUT_TERMINAL = 10;
    private static final int BAR = 24;

    private final CopyProgress progress;
    private boolean terminal;
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "copy-progress");
        thread.setDaemon(true);
        return thread;
    });
    private int seconds;

    CopyReporter(CopyProgress progress) {
        this.progress = progress;
    }

    void start(boolean onTerminal) {
        terminal = onTerminal;
        var unused = timer.scheduleAtFixedRate(this::report, 1, 1, TimeUnit.SECONDS);
    }

    private void report() {
        if (progress.tables() == 0) {
            return; // nothing to copy yet, or ever
        }
        boolean over = progress.tablesDone() == progress.tables();
        if (terminal) {
            Terminal.redraw(over ? "" : line());
        } else if (!over && ++seconds % SECONDS_WITHOUT_TERMINAL == 0) {
            Terminal.say(line());
        }
        if (over) {
            stop();
        }
    }

    private String line() {
        double part = progress.part();
        double rate = progress.bytes() / Math.max(0.001, progress.seconds());
        String left =
                part == 0 ? "" : String.format(", about %d s left", Math.round(progress.seconds() * (1 - part) / part));
        return String.format(
                Locale.ROOT,
                "    copying [%s%s] %d of %s, %,d MiB of about %,d, %,.0f MiB/s%s (%s)",
                "#".repeat((int) (part * BAR)),
                "-".repeat(BAR - (int) (part * BAR)),
                progress.tablesDone(),
                Counted.of(progress.tables(), "table"),
                progress.bytes() >> 20,
                progress.expectedBytes() >> 20,
                rate / (1 << 20),
                left,
                progress.current());
    }

    void stop() {
        timer.shutdownNow();
    }
}
