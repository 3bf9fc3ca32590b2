package io.caravan.guard;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravan.postgres.PublicationState;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Whether the publication still has every table, and every table its topic. */
class ComparisonOfTablesTest {
    private final SeenPipeline now = new SeenPipeline();

    @Test
    void nothingWasChanged() {
        assertThat(now.gaps()).isEmpty();
    }

    /** A start that has just found its tables, or a table that has just come back: its topic was not asked for. */
    @Test
    void aTableThatWasNotKnownAtTheLookHasNoGap() {
        List<Gap> gaps = SeenPipeline.gaps(
                new Observed(null, List.of(), Map.of(), Map.of("t.message", "id-2"), false, Optional.empty(), null));

        assertThat(gaps).isEmpty();
    }

    @Test
    void aPublicationThatWasDropped() {
        now.publication = Optional.empty();
        now.expectGap("", "Publication pub was dropped");
    }

    @Test
    void aPublicationWhoseOptionsWereChangedAndChangedBack() {
        now.publication = Optional.of(new PublicationState("16400:901", "app", false, SeenPipeline.MEMBERS, List.of()));
        now.expectGap("", "Publication pub was altered");
    }

    @Test
    void anotherOwnerOfThePublicationIsNoGap() {
        now.publication = Optional.of(new PublicationState("16400:901", "dba", false, SeenPipeline.MEMBERS, List.of()));
        assertThat(now.gaps()).isEmpty();
    }

    /** As DROP and CREATE PUBLICATION … FOR ALL TABLES leave it, of which no membership tells. */
    @Test
    void aPublicationThatWasMadeAnewUnderAnotherOwner() {
        now.publication = Optional.of(new PublicationState("16477:901", "dba", false, SeenPipeline.MEMBERS, List.of()));
        now.expectGap("", "Publication pub was altered, or dropped and made anew");
    }

    @Test
    void aPublicationThatGotAnotherOwnerAndLeavesOutOperations() {
        now.publication = Optional.of(new PublicationState("16400:901", "dba", true, SeenPipeline.MEMBERS, List.of()));
        now.expectGap("", "Publication pub was altered");
    }

    @Test
    void aTableThatWasTakenOutOfThePublication() {
        now.publication = Optional.of(new PublicationState("16400:900", "app", false, Map.of(), List.of()));
        now.expectGap("public.orders", "was taken out of publication pub;");
    }

    @Test
    void aTableThatWasDropped() {
        now.publication = Optional.of(new PublicationState("16400:900", "app", false, Map.of(), List.of()));
        now.tables = Set.of();
        now.expectGap("public.orders", "Table public.orders is gone from the source");
    }

    @Test
    void aTableThatWasTakenOutAndPutBack() {
        now.publication = Optional.of(
                new PublicationState("16400:900", "app", false, Map.of("public.orders", "table 16600"), List.of()));
        now.expectGap("public.orders", "was taken out of publication pub and put in again");
    }

    @Test
    void aTopicThatWasDeleted() {
        now.topics = Map.of("t.message", "id-2");
        now.expectGap("public.orders", "Topic t.public.orders was deleted;");
    }

    @Test
    void aTopicThatWasMadeAnew() {
        now.topics = Map.of("t.public.orders", "id-9");
        now.expectGap("public.orders", "Topic t.public.orders was deleted and made anew;");
    }
}
