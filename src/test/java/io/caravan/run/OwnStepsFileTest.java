package io.caravan.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.caravan.apply.Columns;
import io.caravan.pipeline.OwnStepsRoute;
import io.caravan.status.Alarm;
import io.caravan.status.Severity;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.camel.CamelContext;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.RouteWatcherReloadStrategy;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The route file as it is delivered, watched by Camel, with errors put in. */
class OwnStepsFileTest {
    private final CamelContext camel = new DefaultCamelContext();
    private final RouteWatcherReloadStrategy reload = new RouteWatcherReloadStrategy();

    @TempDir
    Path directory;

    private String delivered;
    private OwnStepsFile file;

    @BeforeEach
    void start() throws Exception {
        file = new OwnStepsFile(camel, directory.resolve(OwnStepsFile.NAME));
        delivered = Files.readString(Path.of("routes").resolve(OwnStepsFile.NAME));
        Files.writeString(file.path(), delivered);
        reload.setFolder(directory.toString());
        reload.setPattern(OwnStepsFile.NAME);
        reload.setRemoveAllRoutes(false);
        reload.setPollTimeout(10);
        reload.setCamelContext(camel);
        camel.addService(reload);
        camel.getRegistry().bind("columns", new Columns());
        camel.start();
        PluginHelper.getRoutesLoader(camel)
                .loadRoutes(PluginHelper.getResourceLoader(camel).resolveResource("file:" + file.path()));
    }

    @AfterEach
    void stop() {
        camel.stop();
    }

    @Test
    void whatIsNoYamlIsYellowWithItsLineUntilTheFileIsCorrected() throws Exception {
        assertThat(file.alarms()).isEmpty();

        save(delivered.replace("steps:", "stops: ["));

        Alarm alarm = awaitAlarm("flow node");
        assertThat(alarm.severity()).isEqualTo(Severity.YELLOW);
        assertThat(alarm.text())
                .matches(
                        "routes/25-own-steps[.]camel[.]yaml as saved at \\d\\d:\\d\\d:\\d\\d cannot be used: "
                                + "while parsing a flow node, expected the node content, but found '-' [(]line 13, column 9[)][.] "
                                + "The steps as they were before go on[.] Correct the file; it is read again when it is saved[.]");

        save(delivered);

        awaitNoAlarm();
    }

    @Test
    void aStepThatCamelDoesNotKnowIsYellowWithItsLine() throws Exception {
        save(delivered.replace("- log:", "- lag:"));

        Alarm alarm = awaitAlarm("lag");
        assertThat(alarm.severity()).isEqualTo(Severity.YELLOW);
        assertThat(alarm.message()).contains("cannot be used: Unknown node id: lag (line 13, column 11). The steps");
    }

    @Test
    void aBeanThatDoesNotExistIsRedForTheOldStepsAreGoneThen() throws Exception {
        save(delivered.replace("- log:", "- setBody: {method: {ref: nobody, method: x}}\n        - log:"));

        Alarm alarm = awaitAlarm("nobody");
        assertThat(alarm.severity()).isEqualTo(Severity.RED);
        assertThat(alarm.message()).contains("No bean could be found in the registry for: nobody.", "are gone");

        save(delivered);

        awaitNoAlarm();
        assertThat(camel.getRoute(OwnStepsRoute.ROUTE)).isNotNull();
    }

    private void save(String text) throws Exception {
        Files.writeString(file.path(), text);
    }

    private Alarm awaitAlarm(String text) {
        await().until(() -> file.alarms().toString().contains(text));
        return file.alarms().get(0);
    }

    /** Camel forgets the error as it begins to read. */
    private void awaitNoAlarm() {
        int before = reload.getReloadCounter();
        await().until(() -> file.alarms().isEmpty() && reload.getReloadCounter() > before);
    }
}
