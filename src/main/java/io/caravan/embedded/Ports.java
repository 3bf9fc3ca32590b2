package io.caravan.embedded;

import io.caravan.config.Part;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ThreadLocalRandom;

/** Checks the ports of all parts, and picks those that were left open, before anything is started. */
final class Ports {
    /**
     * Below every system's range for outgoing connections. A port from that range could be taken by any client in the
     * moment between a part's death and its next start.
     */
    private static final int LOWEST_FREE = 10_000;

    private static final int HIGHEST_FREE = 32_000;

    private Ports() {}

    /** Replaces each 0 by a free port. Throws one exception that names every port that is taken and its key. */
    static Map<Part, Integer> reserve(Map<Part, Integer> wanted) {
        List<String> problems = new ArrayList<>();
        Map<Part, Integer> ports = new EnumMap<>(Part.class);
        Set<Integer> used = new TreeSet<>();
        wanted.forEach((part, port) -> {
            if (port != 0 && !used.add(port)) {
                problems.add("Port " + port + " is given twice; change it in " + part.portKey() + ".");
            } else if (port != 0 && !isFree(port)) {
                problems.add("Port " + port + ", meant for the embedded " + part.title()
                        + ", is in use by another program. Stop that program, or change the port in " + part.portKey()
                        + " (0 means any free one).");
            }
            ports.put(part, port);
        });
        if (!problems.isEmpty()) {
            throw new EmbeddedStackException(String.join("\n", problems));
        }
        ports.replaceAll((part, port) -> port == 0 ? anyFree(used) : port);
        return ports;
    }

    /** A free port that is not in {@code used}; adds it there. */
    static int anyFree(Set<Integer> used) {
        for (int attempt = 0; attempt < 1000; attempt++) {
            int port = ThreadLocalRandom.current().nextInt(LOWEST_FREE, HIGHEST_FREE);
            if (!used.contains(port) && isFree(port)) {
                used.add(port);
                return port;
            }
        }
        throw new EmbeddedStackException(
                "Found no free port between " + LOWEST_FREE + " and " + HIGHEST_FREE + " on " + EmbeddedAddresses.HOST);
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket()) {
            // Closed connections of the last run linger on the port for a minute and are no reason to refuse it.
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return true;
        } catch (IOException taken) {
            return false;
        }
    }
}
