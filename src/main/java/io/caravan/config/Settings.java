package io.caravan.config;

import io.caravan.connect.ConnectRest;
import io.caravan.postgres.Database;
import io.caravan.postgres.TableFilter;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.CommonClientConfigs;

/**
 * The settings of one pipeline, read and checked. What each means stands in {@code application.properties}.
 *
 * @param connectPassword the source's password as Kafka Connect is told it: a reference that the worker resolves, or itself
 * @param httpToken what a request must know; empty when everyone who can reach the port may
 * @param all every key with its value, for the placeholders of the routes; no secrets
 */
public record Settings(
        Embedded embedded,
        Database source,
        Database target,
        Kafka kafka,
        CaptureBy capture,
        ConnectRest connect,
        String connectPassword,
        String pipeline,
        String slot,
        String publication,
        String topicPrefix,
        TableFilter tables,
        int watchSeconds,
        String waitForTable,
        int waitSeconds,
        SchemaSource schema,
        boolean copy,
        int copyJobs,
        Topics topics,
        Apply apply,
        int heartbeatMillis,
        int verifyMibPerSecond,
        Guard guard,
        Endpoint http,
        Endpoint management,
        String httpToken,
        LogFormat logFormat,
        Path routes,
        Map<String, String> all) {

    /** {@link #connectPassword} for an embedded worker, which has it in its environment: a reference for Kafka's EnvVarConfigProvider. */
    public static final String EMBEDDED_CONNECT_PASSWORD = "${env:CARAVAN_SOURCE_PASSWORD}";

    /** The parts that are started here, their folder, and the SQL of the source's first start (empty: none). */
    public record Embedded(Set<Part> parts, Path directory, String init) {}

    /**
     * The brokers and how they are reached.
     *
     * @param config the file that the security settings are from; empty when there is none
     */
    public record Kafka(String servers, String config, Map<String, String> security) {

        /** What every client of ours begins with. */
        public Map<String, Object> client() {
            Map<String, Object> client = new HashMap<>(security);
            client.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, servers);
            return client;
        }

        /** The settings have passwords. */
        @Override
        public String toString() {
            return servers;
        }
    }

    /** How topics are made; a replication factor of -1 is the broker's default. */
    public record Topics(int partitions, int replicationFactor, int retentionHours) {}

    public record Apply(int maxRows, int maxBytes, int workers, int maxDeadLetters) {}

    /** How often the guard looks, and where its alarms begin. */
    public record Guard(int millis, int walYellowMib, int walRedMib, int lagYellowSeconds, int lagRedSeconds) {}

    public record Endpoint(String host, int port) {}

    /** Who reads the slot: Kafka Connect, or a task in this process. */
    public enum CaptureBy {
        CONNECT,
        ENGINE
    }

    /** Where the target's tables come from. */
    public enum SchemaSource {
        AUTO,
        PG_DUMP,
        CATALOG,
        EXISTING
    }

    /** How a line of the log is written: for people, or for programs that collect logs. */
    public enum LogFormat {
        TEXT,
        JSON
    }

    /** Printed by mistake, it shows no secret. */
    @Override
    public String toString() {
        return "pipeline " + pipeline + " from " + source + " to " + target;
    }

    public String connectorName() {
        return pipeline + "-source";
    }
}
