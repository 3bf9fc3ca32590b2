package io.caravan.embedded;

import io.caravan.config.Part;
import java.io.IOException;
import java.time.Duration;

/** How one part's process is made and how one sees that it works. */
interface Child {

    Part part();

    /** Makes the process. It ends in order when its standard input ends, and only then: it ignores Ctrl-C. */
    Process spawn() throws IOException;

    /** Waits until the process works; false when it ended before, or when the limit is over. */
    boolean awaitReady(Process process, Duration limit) throws IOException, InterruptedException;
}
