package io.caravan.engine;

import java.util.Map;
import org.apache.camel.Endpoint;
import org.apache.camel.support.DefaultComponent;

/**
 * {@code capture:name}: reads the replication slot by Debezium's own task, a batch of consecutive events at a time.
 *
 * <p>It exists beside camel-debezium-postgres because that one (4.17.0) goes on behind an event whose route failed, hands on
 * neither an event's offset nor its headers, and brings Debezium 3.4.0.Final, which loses rows. See {@code decisions/capture.md}.
 */
public final class CaptureComponent extends DefaultComponent {
    private final Engine engine;

    public CaptureComponent(Engine engine) {
        this.engine = engine;
    }

    Engine engine() {
        return engine;
    }

    @Override
    protected Endpoint createEndpoint(String uri, String remaining, Map<String, Object> parameters) {
        return new CaptureEndpoint(uri, this, remaining);
    }
}
