package io.caravan.bootstrap;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.caravan.change.Row;
import io.caravan.postgres.Database;
import io.caravan.postgres.LogicalMessage;
import io.caravan.postgres.ReplicaIdentity;
import io.caravan.postgres.Table;
import io.caravan.postgres.TableName;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.postgresql.Driver;

/**
 * The Debezium connector that Kafka Connect is told to run. Option names are those of
 * debezium.io/documentation/reference/stable/connectors/postgresql.html.
 */
public final class Connector {
    /** Debezium's connector, with what it needs of ours. */
    public static final String CLASS = "io.caravan.connector.Capture";

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Database source;
    private final String password;
    private final String name;
    private final String slot;
    private final String publication;
    private final String topicPrefix;
    private final boolean slotTakenOver;

    /**
     * @param password the source's, or what the worker makes it of: its configuration can be read by many
     * @param slotTakenOver it is from a time when the publication can have told of partitions by their own names
     */
    public Connector(
            Database source,
            String password,
            String name,
            String slot,
            String publication,
            String topicPrefix,
            boolean slotTakenOver) {
        this.source = source;
        this.password = password;
        this.name = name;
        this.slot = slot;
        this.publication = publication;
        this.topicPrefix = topicPrefix;
        this.slotTakenOver = slotTakenOver;
    }

    public String name() {
        return name;
    }

    /** The configuration, as {@code PUT /connectors/{name}/config} takes it. */
    Map<String, String> configuration(Collection<Table> tables, Map<String, Partitioning> partitioning) {
        Map<String, String> config = new TreeMap<>();
        config.put("name", name);
        config.put("connector.class", CLASS);
        config.put("tasks.max", "1");
        putSource(config);
        putCapture(config, tables);
        putFormat(config);
        putPartitions(config, tables);
        if (!partitioning.isEmpty()) {
            config.put("caravan.partitioning", Partitioning.json(partitioning));
        }
        putDelivery(config);
        ConfigurationSeal.put(config);
        return config;
    }

    private void putSource(Map<String, String> config) {
        Properties url = Driver.parseURL(source.url(), new Properties());
        if (url == null) {
            throw new IllegalArgumentException(source.url() + " is not a PostgreSQL address");
        }
        config.put("database.hostname", url.getProperty("PGHOST", "localhost"));
        config.put("database.port", url.getProperty("PGPORT", "5432"));
        config.put("database.dbname", url.getProperty("PGDBNAME"));
        config.put("database.user", source.user());
        config.put("database.password", password);
        // What the walsender, which writes the values' text, and Debezium's questions need of Database.SESSION_OPTIONS.
        // Debezium's sessions are idle for as long as nobody alters a table.
        config.put(
                "driver.options",
                "-c statement_timeout=0 -c lock_timeout=0 -c idle_session_timeout=0"
                        + " -c idle_in_transaction_session_timeout=0 -c IntervalStyle=postgres -c bytea_output=hex -c extra_float_digits=1 -c lc_monetary=C"
                        + " -c search_path=pg_catalog -c quote_all_identifiers=off -c jit=off");
        for (String option : new String[] {"sslmode", "sslrootcert", "sslcert", "sslkey"}) {
            if (url.getProperty(option) != null) { // files as the worker sees them
                config.put("database." + option, url.getProperty(option));
            }
        }
    }

    private void putCapture(Map<String, String> config, Collection<Table> tables) {
        config.put("topic.prefix", topicPrefix);
        config.put("plugin.name", "pgoutput");
        config.put("slot.name", slot);
        config.put("slot.drop.on.stop", "false");
        config.put("slot.retry.delay.ms", "1000"); // after a restart the old walsender may hold the slot for a moment
        config.put("slot.max.retries", "60");
        config.put("publication.name", publication);
        config.put("publication.autocreate.mode", "disabled");
        config.put("snapshot.mode", "no_data"); // the rows are copied by Caravan, in the slot's own snapshot
        config.put("table.include.list", list(tables));
        config.put("skipped.operations", "none"); // the default leaves TRUNCATE out
        config.put("include.unknown.datatypes", "true"); // the default leaves such columns out in silence
        config.put("tombstones.on.delete", "false");
        // Others' messages are not for the target.
        config.put("message.prefix.include.list", LogicalMessage.PREFIX + "," + listPrefix(tables));
        String keys = messageKeyColumns(tables);
        if (!keys.isEmpty()) {
            config.put("message.key.columns", keys);
        }
    }

    /** With REPLICA IDENTITY USING INDEX the old row has that index's columns only, so they are the key, not the primary key. */
    private String messageKeyColumns(Collection<Table> tables) {
        return tables.stream()
                .filter(table -> table.identity() == ReplicaIdentity.INDEX && table.hasKey())
                .flatMap(table -> names(table)
                        .map(name -> regex(name) + ":"
                                + table.key().stream().map(Connector::escape).collect(Collectors.joining(","))))
                .collect(Collectors.joining(";"));
    }

    /**
     * A prefix of logical messages that only a connector with just these tables lets through. A message of it that arrives is
     * the proof that such a one was running at the message's place in the stream, and so no earlier one reads from there on.
     */
    String listPrefix(Collection<Table> tables) {
        return LogicalMessage.PREFIX + "-" + UUID.nameUUIDFromBytes(list(tables).getBytes(StandardCharsets.UTF_8));
    }

    private String list(Collection<Table> tables) {
        return tables.stream().flatMap(this::names).map(Connector::regex).collect(Collectors.joining(","));
    }

    /** Under which the stream can tell of the table's changes. */
    private Stream<TableName> names(Table table) {
        return Stream.concat(Stream.of(table.name()), slotTakenOver ? table.partitions().stream() : Stream.empty());
    }

    private static String regex(TableName table) {
        return escape(table.schema()) + "\\." + escape(table.name());
    }

    /** Debezium splits lists at commas and semicolons before it reads the expressions. */
    private static String escape(String literal) {
        StringBuilder regex = new StringBuilder();
        literal.codePoints().forEach(c -> {
            if (Character.isLetterOrDigit(c) || c == '_') {
                regex.appendCodePoint(c);
            } else {
                regex.append("\\x{").append(Integer.toHexString(c)).append('}');
            }
        });
        return regex.toString();
    }

    private static void putFormat(Map<String, String> config) {
        config.put("transforms", "size");
        config.put("transforms.size.type", "io.caravan.connector.SizeLimit");
        config.put(
                "transforms.size.bytes",
                Integer.toString(TableTopics.LARGEST_MESSAGE_BYTES - (1 << 20))); // the rest is small
        config.put("converters", "caravan");
        config.put("caravan.type", "io.caravan.connector.TextConverter");
        config.put("unavailable.value.placeholder", Row.UNCHANGED_MARKER);
        config.put("key.converter", "io.caravan.connector.EventJson");
        config.put("value.converter", "io.caravan.connector.EventJson");
        // The place in the stream, and of a key change the old or the new key; Debezium's others are for nobody.
        config.put("extended.headers.enabled", "false");
        config.put("header.converter", "io.caravan.connector.EventHeaders");
    }

    /** One topic for a partitioned table, whatever it is told under: its changes need one order when rows move. */
    private void putPartitions(Map<String, String> config, Collection<Table> tables) {
        ArrayNode partitions = JSON.createArrayNode();
        for (Table table : tables) {
            names(table).skip(1).forEach(partition -> partitions
                    .addArray()
                    .add(partition.schema())
                    .add(partition.name())
                    .add(table.name().schema())
                    .add(table.name().name())
                    .add(TableTopics.of(topicPrefix, table.name())));
        }
        if (!partitions.isEmpty()) {
            config.put("transforms", "root,size");
            config.put("transforms.root.type", "io.caravan.connector.PartitionRoot");
            config.put("transforms.root.partitions", partitions.toString());
        }
    }

    private static void putDelivery(Map<String, String> config) {
        // A look for a message waits at the socket; this is only how long the reading rests after five looks in vain.
        config.put("driver.socketFactory", "io.caravan.connector.PatientSockets");
        config.put("poll.interval.ms", "1");
        config.put("internal.advanced.metrics.enable", "false"); // writes a text for every event
        // Enough to keep both threads busy. What waits here is in memory as objects, which the collector copies around.
        config.put("max.batch.size", "4096");
        config.put("max.queue.size", "8192");
        config.put("max.queue.size.in.bytes", Integer.toString(64 << 20));
        // The default writes NULL where a value cannot be converted.
        config.put("event.converting.failure.handling.mode", "fail");
        config.put("event.processing.failure.handling.mode", "fail");
        config.put("errors.tolerance", "none");
        config.put("status.update.interval.ms", "1000");
        config.put("retriable.restart.connector.wait.ms", "1000");
        // A slot that is ahead of the stored offset is a gap, which the default passes over in silence.
        config.put("offset.mismatch.strategy", "trust_offset");
        config.put("heartbeat.interval.ms", "0"); // see decisions/heartbeat.md: Caravan writes its own into the WAL
        config.put("producer.override.linger.ms", "1");
        // One request under way. With several, a topic that is made anew can get the second batch before the first. The
        // broker then refuses the first as out of order, and Connect's producer, which never gives a record up
        // (delivery.timeout.ms), tries again for ever.
        config.put("producer.override.enable.idempotence", "true");
        config.put("producer.override.max.in.flight.requests.per.connection", "1");
        // Where events and offset are one transaction of Kafka (capture=engine, a worker with exactly-once source
        // support), the broker refuses the first records while it still ends the transaction before
        // (CONCURRENT_TRANSACTIONS, KIP-890). By default the producer would try again after 100 ms. The transaction of
        // a producer that was killed is given up after 15 s, not 60.
        config.put("producer.override.retry.backoff.ms", "2");
        config.put("producer.override.retry.backoff.max.ms", "100");
        config.put("producer.override.transaction.timeout.ms", "15000");
        config.put("producer.override.batch.size", Integer.toString(256 << 10));
        config.put("producer.override.compression.type", "lz4");
        config.put("producer.override.max.request.size", Integer.toString(TableTopics.LARGEST_MESSAGE_BYTES));
        config.put("producer.override.buffer.memory", Integer.toString(160 << 20));
    }

    /** The same as the body of {@code POST /connectors}, to be created stopped so that stored offsets can be removed. */
    String creation(Collection<Table> tables, Map<String, Partitioning> partitioning) {
        ObjectNode body = JSON.createObjectNode().put("name", name).put("initial_state", "STOPPED");
        body.set("config", JSON.valueToTree(configuration(tables, partitioning)));
        return body.toString();
    }

    String configurationJson(Collection<Table> tables, Map<String, Partitioning> partitioning) {
        return JSON.valueToTree(configuration(tables, partitioning)).toString();
    }

    /** Whether Connect's answer to {@code GET /connectors/{name}/config} is this configuration. */
    boolean isCurrent(String answer, Collection<Table> tables, Map<String, Partitioning> partitioning)
            throws JsonProcessingException {
        return JSON.readTree(answer).equals(JSON.<JsonNode>valueToTree(configuration(tables, partitioning)));
    }
}
