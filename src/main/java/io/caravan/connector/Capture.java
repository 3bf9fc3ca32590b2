package io.caravan.connector;

import io.debezium.connector.postgresql.PostgresConnector;
import org.apache.kafka.connect.connector.Task;

/** Debezium's PostgreSQL connector with {@link CaptureTask} as its task; what the pipeline's connector is made of. */
public final class Capture extends PostgresConnector {
    @Override
    public Class<? extends Task> taskClass() {
        return CaptureTask.class;
    }
}
