package io.caravan.pipeline;

import io.caravan.apply.Columns;
import io.caravan.apply.DeadLetters;
import io.caravan.apply.Failures;
import io.caravan.apply.RunParameters;
import io.caravan.apply.TransactionPolicy;
import io.caravan.bootstrap.BootstrapLock;
import io.caravan.bootstrap.ConnectAnswers;
import io.caravan.bootstrap.Waiting;
import io.caravan.config.Settings;
import io.caravan.cutover.Sequences;
import io.caravan.engine.CaptureComponent;
import io.caravan.read.KafkaBatchComponent;
import org.apache.camel.CamelContext;
import org.apache.camel.Processor;
import org.apache.camel.spi.Registry;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.PlatformTransactionManager;

/** The beans that the routes call by name, in any process that uses a pipeline's routes; {@code run.RunBeans} binds those of one that runs it. */
final class PipelineBeans {
    private final Pipeline pipeline;
    private final Settings settings;
    private final CamelContext camel;
    private final Registry registry;

    PipelineBeans(Pipeline pipeline, CamelContext camel) {
        this.pipeline = pipeline;
        this.settings = pipeline.settings;
        this.camel = camel;
        this.registry = camel.getRegistry();
    }

    TableRoutes bind() {
        pipeline.ownSteps.in(camel);
        TableRoutes tableRoutes = new TableRoutes(
                camel,
                pipeline.bootstrap,
                pipeline.topics,
                pipeline.targetPool,
                pipeline.targetTables,
                pipeline.batches,
                pipeline.retries,
                pipeline.guard,
                settings.pipeline());
        registry.bind("tableRoutes", tableRoutes);
        registry.bind("guard", pipeline.guard);
        bindBootstrap();
        bindTables(tableRoutes);
        bindApply();
        return tableRoutes;
    }

    private void bindBootstrap() {
        registry.bind(
                "waiting",
                new Waiting(
                        settings.source(),
                        settings.target(),
                        pipeline.topics,
                        settings.kafka().servers(),
                        settings.connect(),
                        settings.waitForTable()));
        registry.bind("lock", new BootstrapLock(settings.target(), settings.pipeline()));
        registry.bind("preflight", pipeline.preflight);
        registry.bind("bootstrap", pipeline.bootstrap);
        registry.bind("connector", pipeline.deployment);
        registry.bind("connectAnswers", new ConnectAnswers(settings.connect().url()));
        registry.bind("connectClient", new ConnectClient(settings.connect()));
        registry.bind("connectorWatch", pipeline.connectorWatch);
        registry.bind("capture", new CaptureComponent(pipeline.engine));
        registry.bind("engine", new EngineBean(camel, pipeline.engine, pipeline.plugin, pipeline.guard()));
        registry.bind("messages", pipeline.messages);
    }

    /** What goes on with tables while the pipeline streams. */
    private void bindTables(TableRoutes tableRoutes) {
        LiveTables live = pipeline.live(tableRoutes);
        registry.bind("drift", live.drift());
        registry.bind("tableCopies", new CopyBean(live.copies()));
        registry.bind("newTables", live.newTables());
        registry.bind(
                "sequences",
                new SequencesBean(
                        new Sequences(settings.source(), settings.target()), pipeline.tables, pipeline.state));
    }

    private void bindApply() {
        registry.bind("kafka-batch", new KafkaBatchComponent(pipeline.reader));
        registry.bind("dataSource", pipeline.targetPool);
        PlatformTransactionManager transactions = new DataSourceTransactionManager(pipeline.targetPool);
        registry.bind("transaction", new TransactionPolicy(transactions, "PROPAGATION_REQUIRED"));
        registry.bind("savepoint", new TransactionPolicy(transactions, "PROPAGATION_NESTED"));
        registry.bind("batches", pipeline.batches);
        registry.bind("tables", pipeline.targetTables);
        registry.bind("runParameters", new RunParameters());
        registry.bind("columns", new Columns());
        registry.bind("ledger", pipeline.ledger);
        registry.bind(
                "deadLetters",
                new DeadLetters(
                        pipeline.targetTables,
                        settings.pipeline(),
                        settings.apply().maxDeadLetters()));
        registry.bind("letters", pipeline.letters);
        registry.bind("retries", pipeline.retries);
        // Camel wants a processor to be called before each new try.
        Processor noteRetry =
                exchange -> pipeline.retries.note(exchange.getIn().getHeader("table", String.class), exchange);
        registry.bind("noteRetry", noteRetry);
        registry.bind("failures", new Failures());
    }
}
