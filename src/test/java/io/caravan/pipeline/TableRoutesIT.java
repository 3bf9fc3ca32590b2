package io.caravan.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.caravan.Servers;
import io.caravan.Sql;
import io.caravan.config.SettingsReader;
import io.caravan.guard.Gap;
import io.caravan.postgres.Database;
import io.caravan.postgres.TableName;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.camel.CamelContext;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which tables' routes run across gaps and after them; what they do is not looked at. */
class TableRoutesIT {
    private static final TableName ONE = new TableName("public", "one");
    private static final TableName OTHER = new TableName("public", "other");
    private static final String TABLES =
            "create table one (id int primary key); create table other (id int primary key)";

    private final CamelContext camel = new DefaultCamelContext();
    private Database target;
    private Pipeline pipeline;
    private TableRoutes routes;

    @BeforeEach
    void start(@TempDir Path folder) throws Exception {
        Database source = Servers.create("source", "routes_from");
        target = Servers.create("target", "routes_to");
        Sql.run(source, TABLES);
        Sql.run(target, TABLES);
        pipeline = new Pipeline(
                SettingsReader.read(
                        Files.writeString(
                                folder.resolve("application.properties"), """
                caravan.embedded=none
                caravan.source.url=%s
                caravan.target.url=%s
                """.formatted(source.url(), target.url())),
                        Map.of()),
                note -> {});
        pipeline.state.create();
        Sql.run(target, """
                insert into caravan.bootstrap (pipeline, table_name, step)
                values ('ome', '', 'streaming'), ('ome', 'public.one', 'copied'), ('ome', 'public.other', 'copied')""");
        pipeline.bootstrap.prepare();
        camel.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                routeTemplate("apply-table")
                        .templateParameter("table")
                        .templateParameter("topic")
                        .templateParameter("pipeline")
                        .from("direct:{{topic}}")
                        .log("{{table}} of {{pipeline}}");
            }
        });
        camel.start();
        routes = new TableRoutes(
                camel,
                pipeline.bootstrap,
                pipeline.topics,
                pipeline.targetPool,
                pipeline.targetTables,
                pipeline.batches,
                pipeline.retries,
                pipeline.guard,
                "ome");
        routes.start();
    }

    @AfterEach
    void stop() {
        camel.stop();
        pipeline.close();
    }

    /** Of the pipeline, as the guard keeps it. */
    private void gap(String json) throws Exception {
        Sql.run(target, """
                insert into caravan.bootstrap (pipeline, table_name, step, detail)
                values ('ome', 'guard', 'evidence', '{"systemIdentifier": "1", "timeline": 1, "walFlushed": "0/0",
                    "publication": "1:1", "publicationOwner": "a", "members": {}, "topics": {}, "tables": [], "gaps": %s}')
                on conflict (pipeline, table_name) do update set detail = excluded.detail""".formatted(json));
        pipeline.guard.readGaps();
    }

    private boolean runs(TableName table) {
        return camel.getRouteController().getRouteStatus("apply-" + table).isStarted();
    }

    @Test
    void aCopyThatEndsAfterAGapOfThePipelineDoesNotStartItsTableAcrossIt() throws Exception {
        routes.hold(ONE);
        gap("{\"\": \"The slot is gone.\"}");

        routes.begin(ONE);

        assertThat(runs(ONE)).isFalse();
        assertThat(routes.states().get("public.one").error()).isEqualTo("The slot is gone.");

        gap("{}");
        routes.followGaps(List.of());

        assertThat(runs(ONE)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"one", "other"})
    void aTableThatCannotBeBegunAgainDoesNotKeepTheOthersFromIt(String gone) throws Exception {
        gap("{\"\": \"The slot is gone.\"}");
        for (TableName table : List.of(ONE, OTHER)) {
            routes.hold(table);
            routes.begin(table);
        }
        routes.followGaps(List.of(new Gap("", "The slot is gone.")));
        gap("{}");
        Sql.run(target, "drop table " + gone);

        assertThatThrownBy(() -> routes.followGaps(List.of()))
                .hasMessageContaining("Table public." + gone + " could not be begun again");

        assertThat(List.of(runs(ONE), runs(OTHER))).isEqualTo(List.of(!gone.equals("one"), !gone.equals("other")));
    }
}
