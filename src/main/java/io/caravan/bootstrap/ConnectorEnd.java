package io.caravan.bootstrap;

import java.io.IOException;

/** Takes the connector away together with its offsets, wherever it runs; one that is not there is passed over. */
@FunctionalInterface
public interface ConnectorEnd {
    void run() throws IOException, InterruptedException;
}
