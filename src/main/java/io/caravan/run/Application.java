package io.caravan.run;

import io.caravan.config.Settings;
import io.caravan.pipeline.CamelMain;
import io.caravan.pipeline.HeadStart;
import io.caravan.pipeline.Pipeline;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.Map;
import java.util.Properties;
import org.apache.camel.component.micrometer.MicrometerConstants;
import org.apache.camel.main.Main;

/** One running pipeline: the Camel context with its routes and the beans they call. */
public final class Application implements AutoCloseable {
    private final Main main;
    private final Pipeline pipeline;
    private final HeadStart headStart;
    private final RunState run;

    public Application(Settings settings) throws Exception {
        run = new RunState(settings, Addresses.of(settings));
        pipeline = new Pipeline(settings, note -> Terminal.say("    " + note));
        headStart = new HeadStart(pipeline);
        PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        // Camel exports this one instead of making its own
        main = CamelMain.of(
                settings,
                "caravan-" + settings.pipeline(),
                camels(settings),
                Map.of(MicrometerConstants.METRICS_REGISTRY_NAME, registry),
                "*.camel.yaml");
        RunBeans.bind(main.getCamelContext(), settings, pipeline, run, registry);
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
        properties.setProperty("camel.main.routesReloadPattern", OwnStepsFile.NAME);
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
        // It looks through all meters at each step of each exchange (MicrometerExchangeEventNotifier in 4.17.0).
        properties.setProperty("camel.metrics.enableExchangeEventNotifier", "false");
        properties.setProperty("camel.management.jolokiaEnabled", "true");
        properties.setProperty("camel.management.jolokiaPath", "/observe/jolokia");
        return properties;
    }

    /** Starts the routes and returns when the run is to end: by {@link RunState#stop} or because a step failed. */
    public RunState run() throws Exception {
        CopyReporter reporter = new CopyReporter(pipeline.bootstrap().copyProgress());
        reporter.start(Terminal.isInteractive());
        main.start();
        run.awaitEnd();
        reporter.stop();
        return run;
    }

    public RunState state() {
        return run;
    }

    @Override
    public void close() {
        main.stop();
        headStart.close();
        pipeline.close();
    }
}
