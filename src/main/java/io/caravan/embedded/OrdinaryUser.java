package io.caravan.embedded;

import com.sun.security.auth.module.UnixSystem;
import java.io.IOException;
import java.util.List;

/** PostgreSQL refuses to run as root, who is the usual user in a container. */
final class OrdinaryUser {
    /**
     * A user namespace without a mapping: PostgreSQL sees an ordinary user, while the files keep their owner, so that the
     * data directory needs no other place and no other rights.
     */
    private static final List<String> UNSHARE = List.of("unshare", "-U");

    private OrdinaryUser() {}

    /** What has to stand before the command of a PostgreSQL program: nothing for an ordinary user. */
    static List<String> prefix() throws IOException, InterruptedException {
        if (new UnixSystem().getUid() != 0) {
            return List.of();
        }
        if (!works()) {
            throw new EmbeddedStackException(
                    "PostgreSQL refuses to run as root, and 'unshare -U' is not allowed here. Run "
                            + "Caravan as an ordinary user, or use databases of your own: caravan.embedded=kafka,connect.");
        }
        return UNSHARE;
    }

    private static boolean works() throws InterruptedException {
        try {
            Process probe = new ProcessBuilder("unshare", "-U", "true")
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return probe.waitFor() == 0;
        } catch (IOException noSuchProgram) {
            return false;
        }
    }
}
