package io.caravan.cli;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.caravan.apply.Ledger;
import io.caravan.apply.Letters;
import io.caravan.apply.PartitionBarrier;
import io.caravan.apply.Retries;
import io.caravan.apply.Tables;
import io.caravan.bootstrap.Bootstrap;
import io.caravan.bootstrap.BootstrapLock;
import io.caravan.bootstrap.BootstrapState;
import io.caravan.bootstrap.Connector;
import io.caravan.bootstrap.ConnectorDeployment;
import io.caravan.bootstrap.CutoverMark;
import io.caravan.bootstrap.Drift;
import io.caravan.bootstrap.LiveCopy;
import io.caravan.bootstrap.Messages;
import io.caravan.bootstrap.NewTables;
import io.caravan.bootstrap.PipelineTables;
import io.caravan.bootstrap.TableCopies;
import io.caravan.bootstrap.TableLines;
import io.caravan.bootstrap.TableStream;
import io.caravan.bootstrap.TableTopics;
import io.caravan.bootstrap.TopicLook;
import io.caravan.bootstrap.schema.SchemaCopy;
import io.caravan.bootstrap.schema.SchemaMode;
import io.caravan.change.Row;
import io.caravan.config.Settings;
import io.caravan.engine.CapturePlugin;
import io.caravan.engine.Engine;
import io.caravan.engine.OffsetTopic;
import io.caravan.guard.ConnectorWatch;
import io.caravan.guard.EvidenceStore;
import io.caravan.guard.Guard;
import io.caravan.guard.Observer;
import io.caravan.ownsteps.OwnSteps;
import io.caravan.postgres.Database;
import io.caravan.postgres.Publication;
import io.caravan.postgres.ReplicationSlot;
import io.caravan.postgres.ServerIdentity;
import io.caravan.preflight.KafkaChecks;
import io.caravan.preflight.Preflight;
import io.caravan.read.Batches;
import io.caravan.read.TopicReader;
import io.caravan.read.TopicScan;
import io.caravan.read.TopicTails;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.camel.main.Main;
import org.jspecify.annotations.Nullable;

/** The parts of one pipeline, made from its settings. What a route calls by name: {@link PipelineBeans}. */
final class Pipeline implements AutoCloseable {
    final Settings settings;
    final HikariDataSource targetPool;
    final BootstrapState state;
    final TableTopics topics;
    final Publication publication;
    final ReplicationSlot slot;
    final Bootstrap bootstrap;
    final Messages messages;
    final Preflight preflight;
    final TopicReader reader;
    final Batches batches;
    final Ledger ledger;
    final Letters letters;
    final Guard guard;
    final ConnectorWatch connectorWatch;
    final ConnectorDeployment deployment;
    final CapturePlugin plugin = new CapturePlugin(Home.capturePlugin());
    final Engine engine;
    final Capture capture;
    final OwnStepsRoute ownSteps;
    private @Nullable Main stepsAlone;
    private final SchemaCopy schemaCopy;
    final PipelineTables tables = new PipelineTables();
    private final Consumer<String> notes;
    final Tables targetTables;
    final Retries retries = new Retries();

    Pipeline(Settings settings, Consumer<String> notes) {
        this.settings = settings;
        this.notes = notes;
        targetPool = pool(settings.target(), settings.apply().workers() + 2);
        state = new BootstrapState(settings.target(), settings.pipeline());
        topics = new TableTopics(
                settings.kafka().client(),
                settings.topicPrefix(),
                settings.topics().partitions(),
                settings.topics().replicationFactor(),
                settings.topics().retentionHours());
        ownSteps = new OwnStepsRoute(topics, settings.pipeline());
        publication = new Publication(settings.publication());
        slot = new ReplicationSlot(settings.slot());
        SchemaMode schema = SchemaMode.valueOf(settings.schema().name());
        schemaCopy = new SchemaCopy(schema);
        bootstrap = new Bootstrap(
                settings.source(),
                settings.target(),
                state,
                settings.tables(),
                publication,
                slot,
                topics,
                settings.copy() ? schemaCopy : new SchemaCopy(SchemaMode.EXISTING),
                ownSteps,
                settings.copy(),
                settings.copyJobs(),
                tables,
                notes);
        messages = new Messages(
                settings.source(),
                state,
                settings.slot(),
                topics.messages(),
                Duration.ofSeconds(settings.waitSeconds()),
                System::nanoTime);
        Map<String, Object> kafka = settings.kafka().client();
        connectorWatch = new ConnectorWatch(() -> TimeUnit.NANOSECONDS.toMillis(System.nanoTime()));
        deployment = new ConnectorDeployment(connector(), tables, state, settings.source(), settings.tables());
        OffsetTopic engineOffsets = new EngineOffsets(topics, new TopicTails(kafka));
        engine = new Engine(
                settings.connectorName(), settings.source(), slot, plugin, kafka, deployment::settings, engineOffsets);
        capture = Capture.of(this, engineOffsets);
        preflight = new Preflight(
                settings.source(),
                settings.target(),
                settings.tables(),
                slot,
                publication,
                topics::of,
                topics.messages(),
                new KafkaChecks(
                        topics::admin,
                        settings.kafka().servers(),
                        TableTopics.LARGEST_MESSAGE_BYTES,
                        settings.topics().retentionHours()),
                capture,
                new SetUpState(state),
                !settings.copy(),
                schema == SchemaMode.EXISTING || !settings.copy(),
                new SchemaOutlook(schemaCopy),
                notes);
        targetTables = new Tables(targetPool);
        letters = new Letters(targetPool, settings.pipeline(), targetTables);
        ledger = new Ledger(
                timeline -> ServerIdentity.leftTimelineOf(settings.source(), timeline),
                targetPool,
                settings.pipeline());
        guard = guard(kafka);
        PartitionBarrier barrier = new PartitionBarrier(targetPool, settings.pipeline());
        reader = new TopicReader(
                kafka,
                settings.pipeline(),
                partition -> ledger.nextOffset(partition.topic(), partition.partition()),
                (partition, offset, event) -> barrier.mayPass(partition.topic(), partition.partition(), offset, event),
                settings.apply().workers());
        batches = new Batches(Row.UNCHANGED_MARKER, reader);
    }

    private Guard guard(Map<String, Object> kafka) {
        PipelineTopics ofPipeline =
                new PipelineTopics(topics, new TopicTails(kafka), settings.target(), settings.pipeline());
        return new Guard(
                new EvidenceStore(settings.target(), settings.pipeline()),
                new Observer(settings.source(), publication, slot, bootstrap::names, ofPipeline, capture.offsets()),
                publication,
                slot,
                bootstrap::names,
                new SetUpState(state),
                settings.pipeline());
    }

    CutoverMark cutoverMark() {
        return new CutoverMark(settings.target(), settings.pipeline(), topics);
    }

    /** @param stream of this process, if one runs */
    TableCopies tableCopies(TableStream stream) {
        return tableCopies(stream, drift(stream));
    }

    TableCopies tableCopies(TableStream stream, Drift drift) {
        return new TableCopies(
                settings.source(),
                settings.target(),
                state,
                cutoverMark(),
                settings.tables(),
                topics,
                schemaCopy,
                drift,
                new LiveCopy(settings.source(), settings.target(), state, cutoverMark(), look(), ownSteps, notes),
                new BootstrapLock(settings.target(), settings.pipeline()),
                new GapRenewal(settings.source(), publication, guard),
                tables,
                stream,
                settings.copyJobs());
    }

    RowRepair repair(StreamBarrier barrier) {
        return new RowRepair(
                settings.source(),
                settings.target(),
                new TableLines(settings.target(), settings.pipeline()),
                topics,
                look(),
                barrier,
                ownSteps,
                cutoverMark(),
                notes);
    }

    Drift drift(TableStream stream) {
        return new Drift(
                settings.source(), settings.target(), state, cutoverMark(), topics, schemaCopy, tables, stream, notes);
    }

    NewTables newTables() {
        return new NewTables(
                settings.source(),
                settings.target(),
                settings.tables(),
                state,
                cutoverMark(),
                publication,
                topics,
                schemaCopy,
                connector(),
                look(),
                tables,
                preflight::obstacle,
                notes);
    }

    private TopicLook look() {
        return new TopicScan(settings.kafka().client())::any;
    }

    Connector connector() {
        return new Connector(
                settings.source(),
                settings.connectPassword(),
                settings.connectorName(),
                settings.slot(),
                settings.publication(),
                settings.topicPrefix(),
                !settings.copy());
    }

    /** Connections whose rows fire neither triggers nor foreign keys, as PostgreSQL's own apply workers do it. */
    private static HikariDataSource pool(Database target, int size) {
        HikariConfig config = new HikariConfig();
        config.setPoolName("target");
        config.setJdbcUrl(target.url());
        target.properties(Map.of("options", "-c session_replication_role=replica"))
                .forEach((name, value) -> config.addDataSourceProperty((String) name, value));
        config.setMaximumPoolSize(size);
        config.setMinimumIdle(1);
        config.setConnectionTimeout(10_000);
        config.setInitializationFailTimeout(-1); // the target may come later; the wait step says so
        return new HikariDataSource(config);
    }

    /** Reads the steps of one's own, for a process that copies or compares and has no routes else. */
    OwnSteps startOwnSteps() throws Exception {
        Main main = CamelMain.of(settings, "caravan-steps-" + settings.pipeline(), "25-own-steps.camel.yaml");
        stepsAlone = main;
        new PipelineBeans(this, main.getCamelContext()).bind();
        main.start();
        return ownSteps;
    }

    @Override
    public void close() {
        if (stepsAlone != null) {
            stepsAlone.stop();
        }
        targetPool.close();
        topics.close();
        settings.source().endSessions();
        settings.target().endSessions();
    }
}
