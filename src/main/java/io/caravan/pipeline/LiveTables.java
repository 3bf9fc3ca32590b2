package io.caravan.pipeline;

import io.caravan.bootstrap.BootstrapLock;
import io.caravan.bootstrap.CutoverMark;
import io.caravan.bootstrap.Drift;
import io.caravan.bootstrap.LiveCopy;
import io.caravan.bootstrap.NewTables;
import io.caravan.bootstrap.TableCopies;
import io.caravan.bootstrap.TableStream;
import io.caravan.bootstrap.TopicLook;
import io.caravan.config.Settings;
import io.caravan.postgres.Database;
import io.caravan.read.TopicScan;
import io.caravan.verify.Repair;

/** What goes on with single tables while the others stream: drift of the schema, copies, new tables, repair of rows. */
public final class LiveTables {
    private final Pipeline pipeline;
    private final Settings settings;
    private final Database source;
    private final Database target;
    private final CutoverMark mark;
    private final TableStream stream;
    private final TopicLook look;
    private final Drift drift;

    LiveTables(Pipeline pipeline, TableStream stream) {
        this.pipeline = pipeline;
        this.stream = stream;
        settings = pipeline.settings;
        source = settings.source();
        target = settings.target();
        mark = pipeline.cutoverMark();
        look = new TopicScan(settings.kafka().client(), pipeline.guard::databaseId)::any;
        drift = new Drift(
                source,
                target,
                pipeline.state,
                mark,
                pipeline.topics,
                pipeline.schemaCopy,
                pipeline.tables,
                stream,
                pipeline.notes);
    }

    Drift drift() {
        return drift;
    }

    public TableCopies copies() {
        return new TableCopies(
                source,
                target,
                pipeline.state,
                mark,
                settings.tables(),
                pipeline.topics,
                pipeline.schemaCopy,
                drift,
                new LiveCopy(source, target, pipeline.state, mark, look, pipeline.ownSteps, pipeline.notes),
                new BootstrapLock(target, settings.pipeline()),
                new GapRenewal(source, pipeline.publication, pipeline.guard),
                pipeline.tables,
                stream,
                settings.copyJobs());
    }

    NewTables newTables() {
        return new NewTables(
                source,
                target,
                settings.tables(),
                pipeline.state,
                mark,
                pipeline.publication,
                pipeline.topics,
                pipeline.schemaCopy,
                pipeline.connector(),
                look,
                pipeline.tables,
                pipeline.preflight::obstacle,
                pipeline.notes);
    }

    public Repair repair(StreamBarrier barrier) {
        return new RowRepair(
                source,
                target,
                pipeline.state,
                pipeline.topics,
                look,
                barrier,
                pipeline.ownSteps,
                mark,
                pipeline.notes);
    }
}
