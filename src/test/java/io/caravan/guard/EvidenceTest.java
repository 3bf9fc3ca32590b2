package io.caravan.guard;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravan.postgres.Lsn;
import java.util.List;
import org.junit.jupiter.api.Test;

class EvidenceTest {
    /** As versions before this one wrote it, and as they have to read it when one of them runs again. */
    @Test
    void theLineInTheTargetKeepsItsForm() throws Exception {
        String line = """
                {"systemIdentifier":"77","database":5,"timeline":3,"walFlushed":"0/5000",
                "publication":"16400:900","publicationOwner":"app",
                "members":{"public.orders":"table 16500","public.items":"table 16501"},
                "topics":{"t.public.orders":"id-1","t.message":"id-2"},"tables":["public.orders"],"gaps":{}}""";

        assertThat(EvidenceStore.JSON.readValue(line, Evidence.class)).isEqualTo(SeenPipeline.BEFORE);
        assertThat(EvidenceStore.JSON.readTree(EvidenceStore.JSON.writeValueAsString(SeenPipeline.BEFORE)))
                .isEqualTo(EvidenceStore.JSON.readTree(line));
        assertThat(EvidenceStore.JSON
                        .readValue(line.replace("\"database\":5,", ""), Evidence.class)
                        .server()
                        .databaseId())
                .isZero();
        Evidence gone = SeenPipeline.BEFORE.withGone(Lsn.parse("0/5001"));
        assertThat(EvidenceStore.JSON.readValue(EvidenceStore.JSON.writeValueAsString(gone), Evidence.class))
                .isEqualTo(gone);
    }

    @Test
    void aTableThatWasLeftOutForAWhileHasAGapOnceItIsBack() {
        Evidence without = SeenPipeline.BEFORE.withTables(List.of("public.items"));
        assertThat(without.gapList()).isEmpty();
        assertThat(without.withTables(List.of("public.items", "public.orders")).gapList())
                .singleElement()
                .satisfies(gap -> assertThat(gap.message()).contains("left out of the pipeline for a while"));
    }
}
