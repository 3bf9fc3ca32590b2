package io.caravan.run;

import io.caravan.bootstrap.TableStream;
import io.caravan.config.Settings;
import io.caravan.pipeline.CamelMain;
import io.caravan.pipeline.LiveTables;
import io.caravan.pipeline.Pipeline;
import io.caravan.pipeline.StreamBarrier;
import io.caravan.pipeline.TableRoutes;
import io.caravan.postgres.ReplicationSlot;
import io.caravan.status.AlarmLog;
import io.caravan.status.History;
import io.caravan.status.Limits;
import io.caravan.status.PipelineMetrics;
import io.caravan.status.RecentStatus;
import io.caravan.status.StatusCollector;
import io.caravan.verify.Verification;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.apache.camel.CamelContext;
import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpServerConfiguration;
import org.apache.camel.health.HealthCheckRegistry;
import org.apache.camel.spi.Registry;

/** What the routes of a pipeline that runs call by name, beside what {@link Pipeline#bind} gives them. */
public final class RunBeans {
    /** Six hours of the five-second samples of the route sample-history. */
    private static final int HISTORY_SAMPLES = 6 * 3600 / 5;

    private RunBeans() {}

    static void bind(CamelContext camel, Settings settings, Pipeline pipeline, RunState run, MeterRegistry meters) {
        Registry registry = camel.getRegistry();
        new HttpGuard(settings.httpToken()).protect(camel);
        TableRoutes tableRoutes = pipeline.bind(camel);
        registry.bind("run", run);
        registry.bind("tellWhatIsMissing", new WaitingProgress(Duration.ZERO));
        registry.bind("tellWhatIsLeft", new WaitingProgress(Duration.ofSeconds(10)));
        registry.bind("httpServer", httpServer(settings));
        StreamBarrier barrier = pipeline.barrier();
        Verification verification = pipeline.verification(barrier, note -> Terminal.say("    " + note));
        LiveTables live = pipeline.live(TableStream.NONE);
        registry.bind(
                "verification",
                new VerifyBean(
                        verification, pipeline.bootstrap(), pipeline.guard(), live.repair(barrier), live.copies()));
        StatusCollector collector = new StatusCollector(
                settings.source(),
                settings.target(),
                settings.pipeline(),
                settings.topicPrefix(),
                new ReplicationSlot(settings.slot()),
                pipeline.capture()::connector,
                limits(settings),
                new RunningPipeline(
                        pipeline.bootstrap(),
                        tableRoutes,
                        run,
                        pipeline.guard(),
                        pipeline.capture(),
                        verification,
                        new OwnStepsFile(camel, CamelMain.routes(settings).resolve(OwnStepsFile.NAME))),
                Addresses.of(settings));
        RecentStatus status = new RecentStatus(collector::collect);
        registry.bind("status", status);
        registry.bind("pageFiles", new PageFiles());
        registry.bind("history", new History(status::get, Clock.systemUTC(), HISTORY_SAMPLES));
        registry.bind(
                "alarmLog", new AlarmLog(status::get, run::hasSaidReady, line -> Terminal.say(now() + " " + line)));
        registry.bind("metrics", new PipelineMetrics(status::get, meters));
        HealthCheckRegistry.get(camel).register(new PipelineHealth(status::get, run));
        camel.getManagementStrategy().addEventNotifier(new StepProgress());
    }

    private static String now() {
        return Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
    }

    /**
     * Tells the platform-http endpoints which server is theirs. With a management server beside it Camel finds two and falls
     * back to port 8080 (VertxPlatformHttpEngine.getServerPort in 4.17.0).
     */
    private static VertxPlatformHttpServerConfiguration httpServer(Settings settings) {
        // Else each of the two servers makes a folder for files of the class path, which stays behind when the process
        // is killed
        // (io.vertx.core.file.FileSystemOptions, 4.5). Nothing is served from there.
        System.setProperty("vertx.disableFileCPResolving", "true");
        VertxPlatformHttpServerConfiguration configuration = new VertxPlatformHttpServerConfiguration();
        configuration.setBindHost(settings.http().host());
        configuration.setBindPort(settings.http().port());
        return configuration;
    }

    public static Limits limits(Settings settings) {
        Settings.Guard guard = settings.guard();
        return new Limits(
                (long) guard.walYellowMib() << 20,
                (long) guard.walRedMib() << 20,
                guard.lagYellowSeconds(),
                guard.lagRedSeconds());
    }
}
