package io.caravan.it;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * A boundary on the data's path at which a test can end or hold a running Caravan: the entry of a method, found by the JDK's
 * debugger interface (see {@link ArmedCaravan}), so that the application itself has no hooks. In the order of the path.
 */
@SuppressWarnings("ImmutableEnumChecker") // the list is immutable
enum CrashPoint {
    PUBLICATION_MADE_BEFORE_SLOT("postgres.ReplicationSlot", "create"),
    SLOT_MADE_BEFORE_TOPICS("bootstrap.TableTopics", "create"),
    TOPICS_MADE_BEFORE_STATE("bootstrap.BootstrapState", "reached", "SLOT"),
    SCHEMA_INTENDED("bootstrap.schema.SchemaCopy", "createTables"),
    SCHEMA_MADE_BEFORE_STATE("bootstrap.BootstrapState", "reached", "SCHEMA"),
    ROWS_ON_THEIR_WAY("bootstrap.CopyPipe", "flush"),
    ROWS_COPIED_BEFORE_STATE("bootstrap.BootstrapState", "copied"),
    TABLE_COPIED("bootstrap.CopyProgress", "done"),
    TABLES_COPIED_BEFORE_STATE("bootstrap.BootstrapState", "reached", "COPIED"),
    INDEXES_MADE_BEFORE_STATE("bootstrap.BootstrapState", "reached", "INDEXED"),
    BEFORE_CONNECTOR("bootstrap.ConnectorDeployment", "creation"),
    CONNECTOR_CREATED_STOPPED("bootstrap.ConnectAnswers", "created"),
    CONNECTOR_WITHOUT_OFFSETS_BEFORE_STATE("bootstrap.BootstrapState", "connectorDeployed"),
    CONNECTOR_NOTED_BEFORE_IT_RUNS("bootstrap.ConnectorDeployment", "configuration"),
    CONNECTOR_STARTED("bootstrap.ConnectorDeployment", "requireRunning"),
    BEFORE_TABLE_ROUTES("pipeline.TableRoutes", "start"),
    MESSAGE_EMITTED_BEFORE_IT_ARRIVES("bootstrap.Messages", "requireArrived"),
    BEFORE_STREAMING("bootstrap.BootstrapState", "reached", "STREAMING"),
    BARRIER_OF_VERIFY_IS_UP("read.TopicReader", "isHeldOrDone"),
    RECORDS_POLLED("read.Batches", "read"),
    LEDGER_CLAIMED("apply.Ledger", "remaining"),
    ONE_RUN_MADE(Place.ROWS_MADE),
    ROWS_MADE_BEFORE_LEDGER(Place.ROWS_MADE, Place.ofCaravan("change.Batch", "farthestLsn", "")),
    LEDGER_ADVANCED_BEFORE_COMMIT(Place.ROWS_MADE, Place.COMMIT),
    COMMITTED_BEFORE_OFFSET(Place.ROWS_MADE, Place.ofCaravan("read.Batches", "commit", "")),
    BARRIER_NOTED_BY_ONE_PARTITION(Place.AT_BARRIER, Place.AT_BARRIER),
    BARRIER_APPLIED_BEFORE_COMMIT(Place.AT_BARRIER, Place.ROWS_MADE, Place.COMMIT),
    BARRIER_COMMITTED_BEFORE_THE_OTHERS_GO_ON(
            Place.AT_BARRIER, Place.ROWS_MADE, Place.ofCaravan("read.Batches", "commit", "")),
    ROW_REJECTED_BEFORE_ITS_SECOND_TRY("apply.Tables", "isToBeTriedAgain"),
    ROW_REJECTED_BEFORE_LETTER("apply.DeadLetters", "rejected"),
    LETTER_STORED_BEFORE_LEDGER(
            Place.ofCaravan("apply.DeadLetters", "rejected", ""), Place.ofCaravan("change.Batch", "farthestLsn", "")),
    EVENT_HELD_BEHIND_A_LETTER("apply.DeadLetters", "heldBack"),
    LETTERS_REPLAYED_BEFORE_COMMIT(Place.ofCaravan("apply.Letters", "replays", ""), Place.ROWS_MADE, Place.COMMIT),
    LETTERS_REPLAYED_BEFORE_IT_IS_TOLD(
            Place.ofCaravan("apply.Letters", "replays", ""), Place.ROWS_MADE, Place.COMMIT, Place.COMMITTED),
    NEW_TABLE_BEFORE_IT_IS_ANNOUNCED("bootstrap.NewTables", "announce"),
    NEW_TABLE_ANNOUNCED_BEFORE_IT_IS_CAPTURED("bootstrap.NewTables", "requireListed"),
    COPY_OF_ONE_TABLE_UNDER_THE_LEDGERS_LOCK("bootstrap.LiveCopy", "replace"),
    COPY_OF_ONE_TABLE_BEFORE_COMMIT("bootstrap.TableLines", "filled"),
    COPY_OF_ONE_TABLE_BEFORE_ITS_GAP_IS_MENDED("pipeline.GapRenewal", "mended"),
    COPY_OF_ONE_TABLE_BEFORE_IT_STREAMS("pipeline.GapRenewal", "done"),
    KEY_RENAMED_BEFORE_THE_INDEXES("bootstrap.schema.PostDataBuild", "make"),
    /** Not to be killed there: whoever is there has looked twice for tables to copy, and copied what it found. */
    TABLES_LOOKED_AT_AGAIN(Place.LOOK, Place.LOOK, Place.LOOK, Place.LOOK),
    ALTERED_TABLE_BEFORE_THE_TARGETS_FOLLOWS("bootstrap.schema.SchemaCopy", "alter"),
    ALTERED_TABLE_BEFORE_IT_IS_NOTED(
            Place.ofCaravan("bootstrap.schema.SchemaCopy", "alter", ""),
            Place.ofCaravan("bootstrap.TableLines", "agreed", "")),
    REPAIR_BEFORE_ITS_ROWS("apply.RowExchange", "make"),
    REPAIR_BEFORE_COMMIT(Place.ofCaravan("apply.RowExchange", "make", ""), Place.commitOfSession()),
    REPAIR_BEFORE_IT_IS_TOLD(
            Place.ofCaravan("apply.RowExchange", "make", ""), Place.commitOfSession(), Place.endOfSession()),
    /** From here on those of the engine, which takes the place of Kafka Connect. */
    BEFORE_ENGINES_OFFSET("engine.Engine", "begin"),
    ENGINE_NOTED_BEFORE_IT_RUNS("pipeline.EngineBean", "run"),
    ENGINE_STARTED("pipeline.EngineBean", "requireRunning"),
    ENGINE_HAS_READ_BEFORE_IT_SENDS("engine.Delivery", "write"),
    ENGINE_HAS_SENT_BEFORE_IT_COMMITS(
            new Place("org.apache.kafka.clients.producer.KafkaProducer", "commitTransaction", "")),
    ENGINE_HAS_COMMITTED_BEFORE_THE_SLOT_IS_TOLD("engine.CapturedBatch", "delivered");

    private static final Set<CrashPoint> OF_CONNECT =
            EnumSet.of(BEFORE_CONNECTOR, CONNECTOR_CREATED_STOPPED, CONNECTOR_NOTED_BEFORE_IT_RUNS, CONNECTOR_STARTED);

    /** Those that a set-up comes to with the capture of this run. */
    static List<CrashPoint> ofTheSetUp(CrashPoint last) {
        return ofThisRun(EnumSet.range(PUBLICATION_MADE_BEFORE_SLOT, last), BEFORE_ENGINES_OFFSET, ENGINE_STARTED);
    }

    /** Those that a pipeline which streams comes to. */
    static List<CrashPoint> ofEveryRun() {
        return ofThisRun(
                EnumSet.range(BEFORE_TABLE_ROUTES, COMMITTED_BEFORE_OFFSET),
                ENGINE_HAS_READ_BEFORE_IT_SENDS,
                ENGINE_HAS_COMMITTED_BEFORE_THE_SLOT_IS_TOLD);
    }

    private static List<CrashPoint> ofThisRun(EnumSet<CrashPoint> withConnect, CrashPoint from, CrashPoint to) {
        if (TestedCapture.IT == TestedCapture.ENGINE) {
            withConnect.removeAll(OF_CONNECT);
            withConnect.addAll(EnumSet.range(from, to));
        }
        return List.copyOf(withConnect);
    }

    /** The entry of every method of this name; with an argument, only of calls whose first one is the enum constant of that name. */
    record Place(String className, String method, String argument) {
        /** Batches of logical messages go the same way, but have no rows. */
        static final Place ROWS_MADE = ofCaravan("apply.Tables", "check", "");

        static final Place COMMIT =
                new Place("org.springframework.jdbc.datasource.DataSourceTransactionManager", "doCommit", "");

        static final Place COMMITTED = new Place(
                "org.springframework.jdbc.datasource.DataSourceTransactionManager", "doCleanupAfterCompletion", "");

        /** Only of a topic with several partitions, at an event that is in all of them. */
        static final Place AT_BARRIER = ofCaravan("apply.PartitionBarrier", "mayPass", "");

        static final Place LOOK = ofCaravan("bootstrap.TableCopies", "due", "");

        static Place commitOfSession() {
            return new Place("org.postgresql.jdbc.PgConnection", "commit", "");
        }

        static Place endOfSession() {
            return new Place("org.postgresql.jdbc.PgConnection", "close", "");
        }

        static Place ofCaravan(String className, String method, String argument) {
            return new Place("io.caravan." + className, method, argument);
        }
    }

    private final List<Place> places;

    CrashPoint(String className, String method) {
        this(className, method, "");
    }

    CrashPoint(String className, String method, String argument) {
        this(Place.ofCaravan(className, method, argument));
    }

    CrashPoint(Place... places) {
        this.places = List.of(places);
    }

    /** To be come through one after the other; the last one is the point. */
    List<Place> places() {
        return places;
    }
}
