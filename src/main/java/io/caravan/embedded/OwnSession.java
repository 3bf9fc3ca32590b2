package io.caravan.embedded;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Puts a command into a session of its own. Ctrl-C goes to every process of the terminal's group; PostgreSQL takes it for a
 * fast shutdown and cannot be told to ignore it.
 */
final class OwnSession {
    private OwnSession() {}

    /** What has to stand before the command. macOS has no {@code setsid}, but a Perl that can do the same. */
    static List<String> prefix() {
        boolean setsid = Stream.of("/usr/bin/setsid", "/bin/setsid", "/usr/local/bin/setsid")
                .map(Path::of)
                .anyMatch(Files::isExecutable);
        return setsid ? List.of("setsid") : List.of("perl", "-MPOSIX", "-e", "POSIX::setsid(); exec @ARGV");
    }
}
