package io.caravan.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravan.postgres.ReplicaIdentity;
import io.caravan.postgres.Table;
import io.caravan.postgres.TableName;
import java.util.List;
import org.junit.jupiter.api.Test;

class CopyProgressTest {
    private final CopyProgress progress = new CopyProgress();

    @Test
    void smallTablesThatAreDoneCountAsWhatTheirFilesHave() {
        progress.begin(4, 4 * 16_384);
        progress.add(300);
        progress.done(table("a", 16_384), 3);
        assertThat(progress.part()).isEqualTo(0.25);
    }

    @Test
    void ofALargeTableWhatWasCarriedCountsBeforeItIsDone() {
        progress.begin(2, 1_000_000);
        progress.add(400_000);
        assertThat(progress.part()).isEqualTo(0.4);
    }

    @Test
    void moreThanWasExpectedIsNoMoreThanAll() {
        progress.begin(1, 1_000);
        progress.add(5_000);
        assertThat(progress.part()).isEqualTo(1);
    }

    private static Table table(String name, long bytes) {
        return new Table(
                new TableName("public", name),
                List.of(),
                List.of("id"),
                false,
                ReplicaIdentity.DEFAULT,
                false,
                false,
                false,
                List.of(),
                3,
                bytes);
    }
}
