package io.caravan.config;

/** A process of the embedded stack. Each is a child of its own, so that each can be killed, and started again, alone. */
public enum Part {
    SOURCE("source", "source PostgreSQL", "caravan.source.url"),
    TARGET("target", "target PostgreSQL", "caravan.target.url"),
    KAFKA("kafka", "Kafka", "caravan.kafka.bootstrap-servers"),
    CONNECT("connect", "Kafka Connect", "caravan.connect.url");

    private final String label;
    private final String title;
    private final String portKey;

    Part(String label, String title, String portKey) {
        this.label = label;
        this.title = title;
        this.portKey = portKey;
    }

    /** The word in {@code caravan.embedded}; also names the part's data, log and pid file. */
    public String label() {
        return label;
    }

    /** For messages to people. */
    public String title() {
        return title;
    }

    /** The setting that holds the part's port. */
    public String portKey() {
        return portKey;
    }
}
