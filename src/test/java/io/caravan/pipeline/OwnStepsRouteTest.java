package io.caravan.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.caravan.apply.Columns;
import io.caravan.bootstrap.TableTopics;
import io.caravan.change.Batch;
import io.caravan.change.Row;
import io.caravan.postgres.TableName;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.camel.CamelContext;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The route file as it is delivered, with steps put in. */
class OwnStepsRouteTest {
    private static final TableName USERS = new TableName("public", "users");
    private static final TableName OTHER = new TableName("public", "other");
    private static final String MASK = "setBody: {method: {ref: columns, method: \"mask(${body}, 'email', '@m')\"}}";

    private final CamelContext camel = new DefaultCamelContext();
    private final OwnStepsRoute steps = new OwnStepsRoute(new TableTopics(Map.of(), "caravan", 1, 1, 1), "shop");

    /** Steps that do to a batch what nobody should. */
    public static final class Wrong {
        public Batch deletes(Batch batch) {
            return batch.with(batch.events().stream()
                    .map(event -> new io.caravan.change.ChangeEvent(
                            event.offset(),
                            io.caravan.change.Op.DELETE,
                            event.after(),
                            null,
                            null,
                            false,
                            event.lsn(),
                            0,
                            0,
                            event.json()))
                    .toList());
        }

        public String forgets(Batch batch) {
            return "done";
        }
    }

    @BeforeEach
    void start() {
        camel.getRegistry().bind("columns", new Columns());
        camel.getRegistry().bind("wrong", new Wrong());
        camel.start();
        steps.in(camel);
    }

    @AfterEach
    void stop() {
        camel.stop();
    }

    @Test
    void theFileAsItIsDeliveredConcernsNoTable() throws Exception {
        load("");

        assertThat(steps.concern(USERS)).isFalse();
    }

    @Test
    void choicesByTheTablesNameConcernTheseTablesOnly() throws Exception {
        load(choice("${header.table} == 'public.users'", ""));

        assertThat(steps.concern(USERS)).isTrue();
        assertThat(steps.concern(OTHER)).isFalse();
        assertThat(steps.pass(USERS, List.of(row("1", "a@x"), row("2", null))))
                .extracting(row -> row.get("email"))
                .containsExactly("bd39e6feafd837011c64@m", null);
        assertThat(steps.pass(OTHER, List.of(row("1", "a@x")))).containsExactly(row("1", "a@x"));
    }

    @Test
    void whatCannotBeToldConcernsEveryTable() throws Exception {
        for (String step : List.of(
                "        - " + MASK + "\n",
                choice("${header.table} == 'public.users'", "            otherwise: {steps: [" + "{" + MASK + "}]}\n"),
                choice("${header.table} == 'public.users' || ${body.size} > 1", ""),
                choice("${header.table} =~ 'PUBLIC.USERS'", ""),
                choice("${header.table} == '${header.topic}'", ""),
                choice("${header.table} != 'public.users'", ""),
                choice("${header.table} == 'public.users'", "") + "        - to: direct:elsewhere\n")) {
            load(step);

            assertThat(steps.concern(OTHER)).as(step).isTrue();
            assertThat(steps.concern(USERS)).as(step).isTrue();
        }
    }

    @Test
    void withoutTheRouteNothingIsTakenForUnconcerned() {
        assertThat(steps.concern(USERS)).isTrue();
        assertThatThrownBy(
                        () -> new OwnStepsRoute(new TableTopics(Map.of(), "caravan", 1, 1, 1), "shop").concern(USERS))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void whatIsNoInsertAnyMoreIsAnError() throws Exception {
        load("        - setBody: {method: {ref: wrong, method: deletes}}\n");
        assertThatThrownBy(() -> steps.pass(USERS, List.of(row("1", "a@x"))))
                .hasMessageContaining("made DELETE at offset 0");

        load("        - setBody: {method: {ref: wrong, method: forgets}}\n");
        assertThatThrownBy(() -> steps.pass(USERS, List.of(row("1", "a@x")))).hasMessageContaining("no Batch");
    }

    @Test
    void aStepThatSaysStopIsAnErrorSinceNothingTellsWhatItLeftOut() throws Exception {
        load("        - stop: {}\n");

        assertThatThrownBy(() -> steps.pass(USERS, List.of(row("1", "a@x")))).hasMessageContaining("columns.keep");
    }

    private void load(String step) throws Exception {
        String file = Files.readString(Path.of("routes/25-own-steps.camel.yaml"));
        int last = file.indexOf("        - log:");
        String route = file.substring(0, last) + step + file.substring(last);
        if (camel.getRoute("own-steps") != null) {
            camel.getRouteController().stopRoute("own-steps");
            camel.removeRoute("own-steps");
        }
        PluginHelper.getRoutesLoader(camel).loadRoutes(ResourceHelper.fromString("own.camel.yaml", route));
    }

    private static String choice(String when, String more) {
        return "        - choice:\n            when:\n              - simple: \"" + when
                + "\"\n                steps:\n" + "                  - " + MASK + "\n" + more;
    }

    private static Row row(String id, String email) {
        return Row.of(List.of("id", "email"), java.util.Arrays.asList(id, email));
    }
}
