package io.caravan.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A few rounds of {@code scripts/chaos.sh}. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
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

    /** The first one is set up anew, so that nothing has to be set up before it. */
    @Order(1)
    @ParameterizedTest
    @ValueSource(longs = {661, 982, 67})
    void aRoundOfTheAttackEndsWithEqualDatabases(long seed) throws Exception {
        attack.round(seed);
    }

    @Order(2)
    @Test
    void everyPartWasStruckAndEveryKindOfBlowWas() {
        assertThat(attack.blows()).extracting(Blow::kind).contains(Blow.Kind.values());
        Set<Blow.Victim> victims = EnumSet.allOf(Blow.Victim.class);
        if (TestedCapture.IT == TestedCapture.ENGINE) {
            victims.remove(Blow.Victim.CONNECT);
        }
        assertThat(attack.blows()).extracting(Blow::victim).containsAll(victims);
        assertThat(attack.struckAtPoints()).isPositive();
    }
}
