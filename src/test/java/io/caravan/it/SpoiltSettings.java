package io.caravan.it;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

/** A source with the load's tables, an empty target, and for each test settings of its own that are right, to be spoilt. */
abstract class SpoiltSettings {
    @TempDir
    static Path directory;

    static Scenario scenario;
    CaravanFolder folder;

    @BeforeAll
    static void create() throws Exception {
        scenario = Scenario.create(directory, Load.schema());
    }

    @BeforeEach
    void copySettings(TestInfo test) throws Exception {
        Path own = directory.resolve(test.getTestMethod().orElseThrow().getName());
        folder = scenario.folder().copy(own).set("caravan.wait-seconds", 3);
    }

    @AfterAll
    static void close() throws Exception {
        scenario.close();
    }
}
