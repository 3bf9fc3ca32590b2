package io.caravan.apply;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravan.change.Events;
import io.caravan.change.Run;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TextArrayIT {
    private static final List<@Nullable String> AWKWARD = Arrays.asList(
            "",
            null,
            "NULL",
            "null",
            "a\"b\\c\n\t\u0001{žluť 😀}",
            "{}",
            "{1,2}",
            ",",
            " ",
            "\\",
            "\"",
            "\\\"",
            "'",
            "\u007f");

    @RegisterExtension
    final AppliedTables target = new AppliedTables();

    @ParameterizedTest
    @ValueSource(strings = {"extended", "simple"})
    void valuesArriveAsTheyAreInWhicheverFormTheDriverSendsThem(String queryMode) throws SQLException {
        Events events = new Events("id", "v");
        for (int i = 0; i < AWKWARD.size(); i++) {
            events.create(Integer.toString(i), AWKWARD.get(i));
        }

        assertThat(received(queryMode, events.runs("id").get(0))).isEqualTo(AWKWARD);
    }

    @Test
    void aSingleEmptyTextIsARow() throws SQLException {
        assertThat(received(
                        "extended",
                        new Events("id", "v").create("1", "").runs("id").get(0)))
                .containsExactly("");
    }

    @Test
    void ofAPartialRowOnlyTheColumnsThatCameAreThere() {
        Run partial = new Events("id", "big", "v")
                .update("1", Events.unchanged(), "x")
                .runs("id")
                .get(0);

        assertThat(RunParameters.of(partial))
                .map(each -> ((TextArray) each).getValue())
                .containsExactly("{\"1\"}", "{\"x\"}");
    }

    @Test
    void aRunWithoutRowsHasNoParameters() {
        assertThat(RunParameters.of(new Events("id").truncate().runs("id").get(0)))
                .isEmpty();
    }

    /** What the server makes of the second column. */
    private List<@Nullable String> received(String queryMode, Run run) throws SQLException {
        try (Connection session = target.database().connect(Map.of("preferQueryMode", queryMode));
                PreparedStatement select = session.prepareStatement(
                        "select v from unnest(?::text[], ?::text[]) with ordinality as r(id, v, n) order by n")) {
            RunParameters.set(select, RunParameters.of(run).iterator());
            try (ResultSet rows = select.executeQuery()) {
                List<@Nullable String> values = new ArrayList<>();
                while (rows.next()) {
                    values.add(rows.getString(1));
                }
                return values;
            }
        }
    }
}
