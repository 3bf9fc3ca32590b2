package io.caravan.pipeline;

import com.zaxxer.hikari.HikariDataSource;
import io.caravan.apply.Ledger;
import io.caravan.apply.Letters;
import io.caravan.apply.PartitionBarrier;
import io.caravan.apply.Retries;
import io.caravan.apply.Tables;
import io.caravan.bootstrap.Bootstrap;
import io.caravan.bootstrap.BootstrapState;
import io.caravan.bootstrap.Connector;
import io.caravan.bootstrap.ConnectorDeployment;
import io.caravan.bootstrap.CutoverMark;
import io.caravan.bootstrap.Messages;
import io.caravan.bootstrap.PipelineTables;
import io.caravan.bootstrap.Readers;
import io.caravan.bootstrap.Reset;
import io.caravan.bootstrap.TableStream;
import io.caravan.bootstrap.TableTopics;
import io.caravan.bootstrap.schema.SchemaCopy;
import io.caravan.bootstrap.schema.SchemaMode;
import io.caravan.change.Row;
import io.caravan.config.Home;
import io.caravan.config.Settings;
import io.caravan.cutover.PipelineEnding;
import io.caravan.engine.CapturePlugin;
import io.caravan.engine.Engine;
import io.caravan.engine.OffsetTopic;
import io.caravan.guard.ConnectorWatch;
import io.caravan.guard.EvidenceStore;
import io.caravan.guard.Guard;
import io.caravan.guard.Observer;
import io.caravan.postgres.Publication;
import io.caravan.postgres.ReplicationSlot;
import io.caravan.postgres.ServerIdentity;
import io.caravan.postgres.TableName;
import io.caravan.preflight.KafkaChecks;
import io.caravan.preflight.Preflight;
import io.caravan.read.Batches;
import io.caravan.read.TopicReader;
import io.caravan.read.TopicTails;
import io.caravan.verify.Barrier;
import io.caravan.verify.Verification;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.camel.CamelContext;
import org.apache.camel.main.Main;
import org.jspecify.annotations.Nullable;

/** The parts of one pipeline, made from its settings. What a route calls by name: {@link PipelineBeans}. */
public final class Pipeline implements AutoCloseable {
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
    final SchemaCopy schemaCopy;
    final PipelineTables tables = new PipelineTables();
    final Consumer<String> notes;
    final Tables targetTables;
    final Retries retries = new Retries();

    public Pipeline(Settings settings, Consumer<String> notes) {
        this.settings = settings;
        this.notes = notes;
        targetPool = TargetPool.of(settings.target(), settings.apply().workers() + 2);
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
        deployment =
                new ConnectorDeployment(connector(), tables, state, settings.source(), settings.tables(), topics::of);
        OffsetTopic engineOffsets = new EngineOffsets(topics, new TopicTails(kafka, () -> 0));
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
                        settings.pipeline(),
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
                (partition, offset, event) -> !event.isOf(guard.databaseId())
                        || barrier.mayPass(partition.topic(), partition.partition(), offset, event.at()),
                settings.apply().workers());
        batches = new Batches(Row.UNCHANGED_MARKER, reader, guard::databaseId);
    }

    private Guard guard(Map<String, Object> kafka) {
        PipelineTopics ofPipeline = new PipelineTopics(
                topics, new TopicTails(kafka, () -> guard.databaseId()), settings.target(), settings.pipeline());
        return new Guard(
                new EvidenceStore(settings.target(), settings.pipeline()),
                new Observer(settings.source(), publication, slot, bootstrap::names, ofPipeline, capture.offsets()),
                publication,
                slot,
                bootstrap::names,
                new SetUpState(state),
                settings.pipeline());
    }

    public Preflight preflight() {
        return preflight;
    }

    public Bootstrap bootstrap() {
        return bootstrap;
    }

    public BootstrapState state() {
        return state;
    }

    public TableTopics topics() {
        return topics;
    }

    public Messages messages() {
        return messages;
    }

    public Guard guard() {
        return guard;
    }

    public Capture capture() {
        return capture;
    }

    /** Gives the routes what they call by name. Returns that by which the routes of tables are made. */
    public TableRoutes bind(CamelContext camel) {
        return new PipelineBeans(this, camel).bind();
    }

    public Verification verification(Barrier barrier, Consumer<String> progress) {
        return new Verification(
                settings.source(),
                settings.target(),
                settings.pipeline(),
                barrier,
                ownSteps,
                (long) settings.verifyMibPerSecond() << 20,
                progress);
    }

    public StreamBarrier barrier() {
        return new StreamBarrier(bootstrap, messages, topics, reader, batches);
    }

    /** How the cut-over of these tables takes the pipeline away. */
    public PipelineEnding end(List<TableName> tables) {
        return new PipelineEnd(
                state,
                capture,
                slot,
                publication,
                settings.source(),
                settings.target(),
                settings.tables(),
                tables,
                cutoverMark());
    }

    public Reset reset() {
        return new Reset(
                settings.source(),
                settings.target(),
                settings.tables(),
                state,
                cutoverMark(),
                publication,
                slot,
                topics,
                capture,
                settings.connectorName());
    }

    /** The processes that apply its changes, on whatever machine. */
    public Readers readers() {
        return new Readers(topics, settings.pipeline());
    }

    public CutoverMark cutoverMark() {
        return new CutoverMark(settings.target(), settings.pipeline(), topics);
    }

    /** What goes on with single tables beside a stream: that of this process, or none. */
    public LiveTables live(TableStream stream) {
        return new LiveTables(this, stream);
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

    /** Reads the steps of one's own, for a process that copies or compares and has no routes else. */
    public void startOwnSteps() throws Exception {
        Main main = CamelMain.of(settings, "caravan-steps-" + settings.pipeline(), "25-own-steps.camel.yaml");
        stepsAlone = main;
        bind(main.getCamelContext());
        main.start();
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
