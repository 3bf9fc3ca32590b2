package io.caravan.cli;

import io.caravan.config.Settings;
import io.caravan.status.History;
import io.caravan.status.Limits;
import io.caravan.status.PipelineMetrics;
import io.caravan.status.RecentStatus;
import io.caravan.status.StatusCollector;
import io.caravan.verify.Verification;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import org.apache.camel.component.micrometer.MicrometerConstants;
import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpServerConfiguration;
import org.apache.camel.health.HealthCheckRegistry;
import org.apache.camel.main.Main;

/** One running pipeline: the Camel context with its routes and the beans they call. */
final class Application implements AutoCloseable {
    /** Six hours of the five-second samples of the route sample-history. */
    private static final int HISTORY_SAMPLES = 6 * 3600 / 5;

    private final Main main;
    private final Pipeline pipeline;
    private final RunState run;

    Application(Settings settings) throws Exception {
        Map<String, Object> addresses = Addresses.of(settings);
        run = new RunState(settings, addresses);
        pipeline = new Pipeline(settings, note -> Terminal.say("    " + note));
        PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        // Camel exports this one instead of making its own
        main = CamelMain.of(
                settings,
                "caravan-" + settings.pipeline(),
                camels(settings),
                Map.of(MicrometerConstants.METRICS_REGISTRY_NAME, registry),
                "*.camel.yaml");
        new HttpGuard(settings.httpToken()).protect(main.getCamelContext());
        TableRoutes tableRoutes = pipeline.bind(main);
        main.bind("run", run);
        main.bind("tellWhatIsMissing", new WaitingProgress(Duration.ZERO));
        main.bind("tellWhatIsLeft", new WaitingProgress(Duration.ofSeconds(10)));
        main.bind("httpServer", httpServer(settings));
        StreamBarrier barrier =
                new StreamBarrier(pipeline.bootstrap, pipeline.messages, pipeline.topics, pipeline.reader);
        main.bind(
                "verification",
                new VerifyBean(
                        new Verification(
                                settings.source(), settings.target(), settings.pipeline(), barrier, pipeline.ownSteps),
                        pipeline.bootstrap,
                        pipeline.guard,
                        pipeline.repair(barrier)));
        StatusCollector collector = new StatusCollector(
                settings.source(),
                settings.target(),
                settings.pipeline(),
                settings.topicPrefix(),
                pipeline.slot,
                settings.connectorName(),
                settings.connectUrl(),
                limits(settings),
                new RunningPipeline(pipeline.bootstrap, tableRoutes, run, pipeline.guard, pipeline.connectorWatch),
                addresses);
        RecentStatus status = new RecentStatus(collector::collect);
        main.bind("status", status);
        main.bind("history", new History(status::get, Clock.systemUTC(), HISTORY_SAMPLES));
        main.bind("metrics", new PipelineMetrics(status::get, registry));
        HealthCheckRegistry.get(main.getCamelContext()).register(new PipelineHealth(status::get, run));
        main.getCamelContext().getManagementStrategy().addEventNotifier(new StepProgress());
    }

    private static Properties camels(Settings settings) {
        Properties properties = new Properties();
        properties.setProperty("camel.main.shutdownTimeout", "15");
        properties.setProperty("camel.main.shutdownLogInflightExchangesOnTimeout", "false");
        properties.setProperty("camel.main.useMdcLogging", "false");
        // Only this file: a table's route, or the set-up, must not be made anew in the middle of its work.
        properties.setProperty("camel.main.routesReloadEnabled", "true");
        properties.setProperty(
                "camel.main.routesReloadDirectory", CamelMain.routes(settings).toString());
        properties.setProperty("camel.main.routesReloadPattern", "25-own-steps.camel.yaml");
        properties.setProperty("camel.main.routesReloadRemoveAllRoutes", "false");
        properties.setProperty("camel.server.enabled", "true");
        properties.setProperty("camel.server.host", settings.http().host());
        properties.setProperty(
                "camel.server.port", Integer.toString(settings.http().port()));
        properties.setProperty("camel.management.enabled", "true");
        properties.setProperty("camel.management.host", settings.management().host());
        properties.setProperty(
                "camel.management.port", Integer.toString(settings.management().port()));
        properties.setProperty("camel.management.healthCheckEnabled", "true");
        properties.setProperty("camel.management.healthPath", "/observe/health");
        properties.setProperty("camel.management.metricsEnabled", "true");
        properties.setProperty("camel.metrics.enabled", "true");
        properties.setProperty("camel.metrics.path", "/observe/metrics");
        properties.setProperty("camel.management.jolokiaEnabled", "true");
        properties.setProperty("camel.management.jolokiaPath", "/observe/jolokia");
        return properties;
    }

    /**
     * Tells the platform-http endpoints which server is theirs. With a management server beside it Camel finds two and falls
     * back to port 8080 (VertxPlatformHttpEngine.getServerPort in 4.17.0).
     */
    private static VertxPlatformHttpServerConfiguration httpServer(Settings settings) {
        VertxPlatformHttpServerConfiguration configuration = new VertxPlatformHttpServerConfiguration();
        configuration.setBindHost(settings.http().host());
        configuration.setBindPort(settings.http().port());
        return configuration;
    }

    static Limits limits(Settings settings) {
        Settings.Guard guard = settings.guard();
        return new Limits(
                (long) guard.walYellowMib() << 20,
                (long) guard.walRedMib() << 20,
                guard.lagYellowSeconds(),
                guard.lagRedSeconds());
    }

    /** Starts the routes and returns when the run is to end: by {@link RunState#stop} or because a step failed. */
    RunState run() throws Exception {
        CopyReporter reporter = new CopyReporter(pipeline.bootstrap.copyProgress());
        reporter.start(Terminal.isInteractive());
        main.start();
        run.awaitEnd();
        reporter.stop();
        return run;
    }

    RunState state() {
        return run;
    }

    @Override
    public void close() {
        main.stop();
        pipeline.close();
    }
}
