package io.caravan.embedded;

import io.caravan.config.Part;
import java.util.Map;

/** Where the started parts listen, all on the loopback address. */
public record EmbeddedAddresses(Map<Part, Integer> ports) {

    /** IPv4 only: what listens on {@code ::1} as well would be a second address to check, to print and to secure. */
    static final String HOST = "127.0.0.1";

    public EmbeddedAddresses {
        ports = Map.copyOf(ports);
    }

    /** Throws {@link IllegalArgumentException} for a part that is not embedded. */
    public int port(Part part) {
        Integer port = ports.get(part);
        if (port == null) {
            throw new IllegalArgumentException("The " + part.title() + " is not embedded.");
        }
        return port;
    }

    /** Kafka's {@code bootstrap.servers}. */
    public String bootstrapServers() {
        return HOST + ":" + port(Part.KAFKA);
    }

    /** The base of Kafka Connect's REST interface. */
    public String connectUrl() {
        return "http://" + HOST + ":" + port(Part.CONNECT);
    }
}
