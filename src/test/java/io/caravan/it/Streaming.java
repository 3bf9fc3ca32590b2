package io.caravan.it;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** A pipeline of the tables of {@code load.sql} that streams before a class's first test and is gone after its last. */
final class Streaming implements BeforeAllCallback, AfterAllCallback {
    private Scenario scenario;
    private CaravanProcess caravan;

    @Override
    public void beforeAll(ExtensionContext context) throws Exception {
        Path folders = Files.createDirectories(Path.of("target", "it-folders"));
        scenario = Scenario.create(Files.createTempDirectory(folders, "run"), Load.schema());
        caravan = scenario.ready();
    }

    @Override
    public void afterAll(ExtensionContext context) throws Exception {
        if (scenario != null) {
            scenario.close();
        }
    }

    Scenario scenario() {
        return scenario;
    }

    TestDatabase source() {
        return scenario.source();
    }

    TestDatabase target() {
        return scenario.target();
    }

    CaravanProcess caravan() {
        return caravan;
    }

    /** Stops the process in order. */
    void stop() {
        caravan.terminate();
    }

    /** Starts the next one. */
    void start() throws Exception {
        caravan = scenario.ready();
    }

    CaravanProcess command(String... arguments) throws Exception {
        return scenario.folder().command(arguments);
    }
}
