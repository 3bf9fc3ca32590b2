package io.caravan.cli;

import io.caravan.run.Terminal;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

/** What a command does again and again until Ctrl-C. */
final class Repeatedly {
    private Repeatedly() {}

    /**
     * Never returns. What fails the first time ends it, since a mistyped name fails then; what fails later is told, because
     * what is away may be back the next time.
     *
     * @param json whether it is told as JSON too
     */
    static int run(Callable<Integer> work, Duration pause, boolean json) throws Exception {
        work.call();
        while (true) {
            TimeUnit.MILLISECONDS.sleep(pause.toMillis());
            try {
                work.call();
            } catch (InterruptedException e) {
                throw e;
            } catch (Exception e) {
                Terminal.complain(e, json);
            }
        }
    }
}
