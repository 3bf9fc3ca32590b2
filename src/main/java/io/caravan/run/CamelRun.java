package io.caravan.run;

import io.caravan.config.Home;
import io.caravan.config.Settings;
import io.caravan.config.SettingsException;
import io.caravan.pipeline.FailureText;
import io.caravan.pipeline.Pipeline;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import org.apache.camel.CamelConfiguration;
import org.apache.camel.CamelContext;
import org.apache.camel.component.platform.http.main.DefaultMainHttpServerFactory;
import org.apache.camel.component.properties.PropertiesComponent;
import org.apache.camel.main.HttpManagementServerConfigurationProperties;
import org.apache.camel.main.HttpServerConfigurationProperties;
import org.apache.camel.main.MainConfigurationProperties;
import org.apache.camel.support.LifecycleStrategySupport;
import org.postgresql.Driver;

/**
 * The pipeline in a Camel that someone else starts, such as {@code camel run} of Camel JBang: reads the settings from
 * {@code application.properties} here, and gives the routes what they call. Named by {@code camel.main.configuration-classes}.
 */
public final class CamelRun implements CamelConfiguration {

    @Override
    public void configure(CamelContext camel) throws Exception {
        requireDriver();
        Settings settings = Home.find(null).settings(Map.of());
        if (!settings.embedded().parts().isEmpty()) {
            throw new SettingsException(List.of("caravan.embedded is "
                    + settings.all().get("caravan.embedded") + ", but only 'java -jar caravan.jar run' starts parts."
                    + " Set caravan.embedded=none and the addresses of yours."));
        }
        Addresses.requireNoneRuns(settings);
        placeholders(camel, settings);
        serve(camel, settings);
        Pipeline pipeline = new Pipeline(settings, note -> Terminal.say("    " + note));
        RunState run = new RunState(settings, Addresses.of(settings));
        RunBeans.bind(camel, settings, pipeline, run, new SimpleMeterRegistry());
        camel.addLifecycleStrategy(new LifecycleStrategySupport() {
            @Override
            public void onContextStopped(CamelContext stopped) {
                run.stop();
                pipeline.close();
                remove(settings);
            }
        });
        stopWith(run, camel);
    }

    /** {@code --dep} puts the driver where DriverManager does not look for drivers, and is content with one that is there. */
    private static void requireDriver() throws SQLException {
        if (!Driver.isRegistered()) {
            Driver.register();
        }
    }

    /** The checked values with the environment's and every default, over the file's. */
    private static void placeholders(CamelContext camel, Settings settings) {
        PropertiesComponent component = (PropertiesComponent) camel.getPropertiesComponent();
        settings.all().forEach(component::addOverrideProperty);
    }

    /** Before Camel JBang makes a server of its own, which would be open to every machine. */
    private static void serve(CamelContext camel, Settings settings) throws Exception {
        MainConfigurationProperties main = new MainConfigurationProperties();
        HttpServerConfigurationProperties http = main.httpServer();
        http.setHost(settings.http().host());
        http.setPort(settings.http().port());
        HttpManagementServerConfigurationProperties management = main.httpManagementServer();
        management.setHost(settings.management().host());
        management.setPort(settings.management().port());
        management.setHealthCheckEnabled(true);
        management.setHealthPath("/observe/health");
        DefaultMainHttpServerFactory factory = new DefaultMainHttpServerFactory();
        factory.setCamelContext(camel);
        camel.addService(factory.newHttpServer(camel, http));
        camel.addService(factory.newHttpManagementServer(camel, management));
    }

    /** A set-up that failed ends the run, as without Camel JBang. */
    private static void stopWith(RunState run, CamelContext camel) {
        Thread thread = new Thread(
                () -> {
                    try {
                        run.awaitEnd();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                        return;
                    }
                    Throwable failure = run.failure();
                    if (failure != null) {
                        Terminal.complain(FailureText.message(failure));
                        camel.stop();
                    }
                },
                "end-of-run");
        thread.setDaemon(true);
        thread.start();
    }

    private static void remove(Settings settings) {
        try {
            Addresses.remove(settings);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
