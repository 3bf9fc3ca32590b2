package io.caravan.verify;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravan.postgres.ReplicaIdentity;
import io.caravan.postgres.Table;
import io.caravan.postgres.TableName;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class VerifyProgressTest {
    private final List<String> notes = new ArrayList<>();
    private long seconds;

    @Test
    void aLongComparisonTellsEveryTenSecondsHowFarItIs() {
        Table first = table("first", 600);
        Table second = table("second", 1400);
        VerifyProgress progress =
                new VerifyProgress(List.of(first, second), notes::add, () -> TimeUnit.SECONDS.toNanos(seconds));

        progress.begin(first);
        seconds = 9;
        progress.read(600L << 20);
        assertThat(notes).isEmpty();
        progress.begin(second);
        seconds = 11;
        progress.read(256L << 20);
        seconds = 12;
        progress.read(256L << 20);

        assertThat(notes).containsExactly("comparing public.second: table 2 of 2, 856 of about 2,000 MiB are read");
        assertThat(progress.now())
                .isEqualTo(new ComparisonProgress("public.second", 2, 1, 1112L << 20, 2000L << 20, 12.0));
    }

    private static Table table(String name, long mib) {
        return new Table(
                new TableName("public", name),
                List.of(),
                List.of(),
                false,
                ReplicaIdentity.DEFAULT,
                false,
                false,
                false,
                List.of(),
                0,
                mib << 20);
    }
}
