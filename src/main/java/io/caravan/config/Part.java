package io.caravan.config;

/** What Caravan can bring along, as {@code caravan.embedded} names it. */
public enum Part {
    SOURCE,
    TARGET,
    KAFKA,
    CONNECT
}
