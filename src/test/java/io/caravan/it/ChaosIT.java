package io.caravan.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A few rounds of {@code scripts/chaos.sh}. */
class ChaosIT {
    private static final List<Long> SEEDS = List.of(661L, 982L, 67L);

    @TempDir
    Path directory;

    private Attack attack;

    @BeforeEach
    void begin() {
        attack = new Attack(directory, System.out);
    }

    @AfterEach
    void end() throws Exception {
        attack.close();
    }

    /** The first round sets the pipeline up under attack, the others go on with it. Their plans have every kind of blow. */
    @Test
    void eachRoundOfTheAttackEndsWithEqualDatabases() throws Exception {
        for (long seed : SEEDS) {
            attack.round(seed);
        }
        assertThat(attack.blows()).extracting(Blow::kind).contains(Blow.Kind.values());
        Set<Blow.Victim> victims = EnumSet.allOf(Blow.Victim.class);
        if (TestedCapture.IT == TestedCapture.ENGINE) {
            victims.remove(Blow.Victim.CONNECT);
        }
        assertThat(attack.blows()).extracting(Blow::victim).containsAll(victims);
        assertThat(attack.struckAtPoints()).isPositive();
    }
}
