package io.caravan.apply;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.caravan.Sql;
import io.caravan.bootstrap.BootstrapState;
import io.caravan.bootstrap.CutoverMark;
import io.caravan.bootstrap.Drift;
import io.caravan.bootstrap.PipelineTables;
import io.caravan.bootstrap.TableStream;
import io.caravan.bootstrap.TableTopics;
import io.caravan.bootstrap.schema.SchemaCopy;
import io.caravan.bootstrap.schema.SchemaMode;
import io.caravan.change.Batch;
import io.caravan.change.Row;
import io.caravan.postgres.Catalog;
import io.caravan.postgres.Database;
import io.caravan.postgres.Table;
import io.caravan.postgres.TableName;
import io.caravan.read.Batches;
import io.caravan.read.TopicReader;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.camel.CamelContext;
import org.apache.camel.Endpoint;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.builder.TemplatedRouteBuilder;
import org.apache.camel.component.direct.DirectComponent;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;

/** The routes of {@code routes/20} to {@code routes/35} with their own beans, on a real target; only Kafka is not there. */
final class ApplyRoutes implements AutoCloseable {
    static final String PIPELINE = "ome";
    static final int MOST_LETTERS = 20;

    private final CamelContext camel = new DefaultCamelContext();
    private final Database target;
    private final HikariDataSource pool;
    private final Tables tables;
    private final Recorder recorder;
    private final Letters letters;
    private final Retries retries = new Retries();
    private final List<String> retriedFor = new CopyOnWriteArrayList<>();
    private volatile AskedDrift.Happening whenAskedForDrift = () -> {};

    /** The bean {@code batches}, whose commits are kept instead of told to Kafka. */
    public static final class Recorder {
        private final Batches batches = new Batches(
                Row.UNCHANGED_MARKER, new TopicReader(Map.of(), "g", p -> 0, (p, offset, event) -> true, 1), () -> 0);
        private final List<Long> committed = new CopyOnWriteArrayList<>();

        public Batch read(List<ConsumerRecord<byte[], byte[]>> records) throws InterruptedException {
            return batches.read(records);
        }

        public void requirePassed(@Nullable Object left, Batch read) {
            batches.requirePassed(left, read);
        }

        public void commit(Batch batch) {
            committed.add(batch.nextOffset());
        }
    }

    /** Stands in for the reading of topics: whoever sends to {@code kafka-batch:topic} calls the topic's route. */
    private static final class HandedOver extends DirectComponent {
        @Override
        protected Endpoint createEndpoint(String uri, String remaining, Map<String, Object> parameters)
                throws Exception {
            return super.createEndpoint("kafka-batch:" + remaining, remaining, new HashMap<>());
        }

        @Override
        protected void validateParameters(String uri, Map<String, Object> parameters, String optionPrefix) {
            // those of the reading, of which nothing is left
        }
    }

    /** @param options libpq options of the sessions, beside those that the pipeline sets */
    ApplyRoutes(Database target, String options) throws Exception {
        this(target, options, MOST_LETTERS);
    }

    ApplyRoutes(Database target, String options, int mostLetters) throws Exception {
        this.target = target;
        pool = pool(target, options);
        tables = new Tables(pool);
        recorder = new Recorder();
        letters = new Letters(pool, PIPELINE, tables);
        new BootstrapState(target, PIPELINE).create();
        DataSourceTransactionManager transactions = new DataSourceTransactionManager(pool);
        Map.of(
                        "batches",
                        recorder,
                        "tables",
                        tables,
                        "ledger",
                        new Ledger(timeline -> Optional.empty(), pool, PIPELINE),
                        "deadLetters",
                        new DeadLetters(tables, PIPELINE, mostLetters),
                        "letters",
                        letters,
                        "failures",
                        new Failures(),
                        "dataSource",
                        pool,
                        "transaction",
                        new TransactionPolicy(transactions, "PROPAGATION_REQUIRED"),
                        "savepoint",
                        new TransactionPolicy(transactions, "PROPAGATION_NESTED"))
                .forEach(camel.getRegistry()::bind);
        camel.getRegistry().bind("runParameters", new RunParameters());
        camel.getRegistry().bind("retries", retries);
        // There is no source here; one that is the target itself is never altered apart from it.
        camel.getRegistry()
                .bind(
                        "drift",
                        new AskedDrift(
                                new Drift(
                                        target,
                                        target,
                                        new BootstrapState(target, PIPELINE),
                                        new CutoverMark(target, PIPELINE, new TableTopics(Map.of(), "ome", 1, 1, 1)),
                                        new TableTopics(Map.of(), "ome", 1, 1, 1),
                                        new SchemaCopy(SchemaMode.EXISTING),
                                        new PipelineTables(),
                                        TableStream.NONE,
                                        note -> {}),
                                () -> whenAskedForDrift.happen()));
        Processor noteRetry = exchange -> {
            retries.note(exchange.getIn().getHeader("table", String.class), exchange);
            retriedFor.add(Failures.of(exchange).sqlState());
        };
        camel.getRegistry().bind("noteRetry", noteRetry);
        camel.addComponent("kafka-batch", new HandedOver());
        camel.getPropertiesComponent().addInitialProperty("caravan.apply.max-rows", "5000");
        camel.getPropertiesComponent().addInitialProperty("caravan.apply.max-bytes", "8388608");
        for (String file : List.of("20-apply-table", "25-own-steps", "30-dead-letters", "35-replay")) {
            PluginHelper.getRoutesLoader(camel)
                    .loadRoutes(ResourceHelper.resolveResource(
                            camel,
                            "file:" + Path.of("routes", file + ".camel.yaml").toAbsolutePath()));
        }
        camel.start();
    }

    private static HikariDataSource pool(Database target, String options) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(target.url());
        target.properties(Map.of("options", "-c session_replication_role=replica " + options))
                .forEach((name, value) -> config.addDataSourceProperty((String) name, value));
        config.setMaximumPoolSize(3);
        config.setConnectionTimeout(2000);
        return new HikariDataSource(config);
    }

    void whenAskedForDrift(AskedDrift.Happening happens) {
        whenAskedForDrift = happens;
    }

    /** A route for the table, whose ledger begins at offset 0. */
    ApplyRoutes with(String table, String... key) throws Exception {
        TableName name = new TableName("public", table);
        try (Connection connection = pool.getConnection()) {
            Table there = Catalog.tables(connection).get(name);
            tables.register(new ReplicatedTable(there, List.of(key), topic(table)));
        }
        addRoute(name, topic(table));
        return this;
    }

    ApplyRoutes withMessages() throws Exception {
        addRoute(Batch.MESSAGES, "ome.message");
        return this;
    }

    private void addRoute(TableName table, String topic) throws Exception {
        recorder.batches.register(topic, table, tables.key(table));
        try (Connection connection = pool.getConnection();
                var insert = connection.prepareStatement(
                        "insert into caravan.ledger (pipeline, topic, partition, next_offset) values (?, ?, 0, 0)")) {
            insert.setString(1, PIPELINE);
            insert.setString(2, topic);
            insert.executeUpdate();
        }
        TemplatedRouteBuilder.builder(camel, "apply-table")
                .routeId("apply-" + table)
                .prefixId(topic)
                .parameter("table", table.toString())
                .parameter("topic", topic)
                .parameter("pipeline", PIPELINE)
                .add();
    }

    static String topic(String table) {
        return "ome.public." + table;
    }

    /** Runs the route of the records' topic. Returns its exception, null when it ended well. */
    Exception send(List<ConsumerRecord<byte[], byte[]>> records) {
        Exchange sent = camel.createProducerTemplate()
                .send("kafka-batch:" + records.get(0).topic(), exchange -> exchange.getIn()
                        .setBody(records));
        return sent.getException();
    }

    /** The same, which must end well. */
    @SafeVarargs
    @SuppressWarnings("varargs")
    final void apply(ConsumerRecord<byte[], byte[]>... records) {
        apply(List.of(records));
    }

    void apply(List<ConsumerRecord<byte[], byte[]>> records) {
        assertThat(send(records)).isNull();
    }

    /** The same in another thread. */
    @SafeVarargs
    @SuppressWarnings("varargs")
    final CompletableFuture<Exception> sendAside(ConsumerRecord<byte[], byte[]>... records) {
        List<ConsumerRecord<byte[], byte[]>> batch = List.of(records);
        return CompletableFuture.supplyAsync(() -> send(batch));
    }

    /** Offset, op, state and SQLSTATE of every letter. */
    List<String> letterLines() throws SQLException {
        return Sql.column(
                target,
                "select \"offset\" || ' ' || op || ' ' || state || ' ' || sqlstate"
                        + " from caravan.dead_letter order by topic, \"offset\"");
    }

    /** What came of the replay, by table. */
    @SuppressWarnings("unchecked")
    List<Replay.Outcome> replay(LetterSelection selection) {
        List<Replay> replays = camel.createProducerTemplate().requestBody("direct:replay", selection, List.class);
        return replays.stream().map(Replay::outcome).toList();
    }

    Retries retries() {
        return retries;
    }

    /** The SQLSTATE of each failure that led to another try. */
    List<String> retriedFor() {
        return retriedFor;
    }

    Letters letters() {
        return letters;
    }

    List<Long> committed() {
        return recorder.committed;
    }

    Tables tables() {
        return tables;
    }

    Connection session() throws SQLException {
        return pool.getConnection();
    }

    @Override
    public void close() {
        camel.stop();
        pool.close();
    }
}
