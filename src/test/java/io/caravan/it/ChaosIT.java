package io.caravan.it;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A few rounds of {@code scripts/chaos.sh}, whose seeds are chosen so that every kind of blow occurs. */
class ChaosIT {
    @TempDir
    static Path directory;

    private static Attack attack;

    @BeforeAll
    static void begin() {
        attack = new Attack(directory, System.out);
    }

    @AfterAll
    static void end() throws Exception {
        attack.close();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 6, 12})
    void aRoundOfTheAttackEndsWithEqualDatabases(long seed) throws Exception {
        attack.round(seed);
    }
}
