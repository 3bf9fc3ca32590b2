package io.caravan.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravan.apply.Letter;
import java.util.List;
import org.junit.jupiter.api.Test;

class LetterTextTest {
    private static final String CHECK = "ERROR: new row for relation \"a\" violates check constraint \"c\"";

    @Test
    void manyLettersEndWithHowManyHaveTheSameCause() {
        String text = LetterText.list(List.of(
                letter(1, "rejected", "23514", CHECK + "\n  Detail: Failing row contains (1)."),
                letter(2, "rejected", "23514", CHECK + "\n  Detail: Failing row contains (2)."),
                letter(3, "held", "", ""),
                letter(4, "rejected", "23502", "ERROR: null value in column \"d\"")));

        assertThat(text.lines().toList())
                .endsWith(
                        "4 dead letters wait: 3 rejected, 1 held behind others of their row.",
                        "       1 of public.a: 23502 ERROR: null value in column \"d\"",
                        "       2 of public.a: 23514 " + CHECK);
    }

    @Test
    void oneLetterHasItsCauseBelowIt() {
        assertThat(LetterText.list(List.of(letter(1, "rejected", "23514", CHECK)))
                        .lines())
                .hasSize(4)
                .endsWith("1 dead letter waits: 1 rejected, 0 held behind others of their row.");
    }

    private static Letter letter(long id, String state, String sqlState, String error) {
        return new Letter(
                id,
                "public.a",
                "t.public.a",
                0,
                id,
                "update",
                state,
                sqlState,
                error,
                "[[\"1\"]]",
                "[\"id\"]",
                List.of(),
                "0/1",
                "{}",
                null,
                "{}",
                "2026-11-30 14:10:18+00",
                null);
    }
}
