package io.caravan.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every type that a column can have, at its edges, through the copy and through the stream, between PostgreSQL's versions.
 * The tables are made from {@code pg_type} of the source, see edge-values.sql and type-matrix.sql. All pairs of versions
 * with {@code -Dcaravan.it.versions=all}; they stream at once, each in a pipeline of its own.
 */
class EveryTypeIT {
    /** Settings of the databases, different on both sides, that change how values are written or read. */
    private static final List<String> HOSTILE_SOURCE = List.of(
            "DateStyle to 'German'",
            "IntervalStyle to 'sql_standard'",
            "TimeZone to 'Asia/Kathmandu'",
            "extra_float_digits to -15",
            "bytea_output to 'escape'",
            "xmloption to 'document'",
            "xmlbinary to 'hex'",
            "quote_all_identifiers to on",
            "search_path to matrix, \"Other Schema\", definition",
            "array_nulls to off",
            "standard_conforming_strings to off",
            "default_transaction_isolation to serializable",
            "row_security to on");

    private static final List<String> HOSTILE_TARGET = List.of(
            "DateStyle to 'SQL, DMY'",
            "IntervalStyle to 'iso_8601'",
            "TimeZone to 'America/St_Johns'",
            "extra_float_digits to 0",
            "bytea_output to 'escape'",
            "xmloption to 'document'",
            "quote_all_identifiers to off",
            "search_path to nowhere",
            "array_nulls to off",
            "standard_conforming_strings to off",
            "transform_null_equals to on",
            "default_transaction_isolation to 'repeatable read'");

    @TempDir
    static Path directory;

    private static final Map<String, Scenario> SCENARIOS = new LinkedHashMap<>();
    private static final Map<String, CaravanProcess> PROCESSES = new LinkedHashMap<>();

    static Stream<String> pairs() {
        return Scenario.pairs("15>17 17>18 18>18");
    }

    @BeforeAll
    static void startAll() throws Exception {
        for (String pair : pairs().toList()) {
            String[] versions = pair.split(">");
            int oldest = Stream.of(versions).mapToInt(Integer::parseInt).min().orElseThrow();
            Scenario scenario = Scenario.between(
                    versions,
                    directory,
                    "set caravan_test.oldest = " + oldest,
                    read("edge-values"),
                    read("type-matrix"));
            makeHostile(scenario.source(), HOSTILE_SOURCE);
            makeHostile(scenario.target(), HOSTILE_TARGET);
            scenario.folder().set("caravan.tables.include", "matrix.*");
            SCENARIOS.put(pair, scenario);
            PROCESSES.put(pair, scenario.start());
        }
    }

    private static void makeHostile(TestDatabase database, List<String> settings) throws Exception {
        List<String> statements = new ArrayList<>();
        for (String setting : settings) {
            statements.add("do $$ begin execute format('alter database %I set " + setting.replace("'", "''")
                    + "', current_database()); end $$");
        }
        statements.add(
                "do $$ begin execute format('alter role postgres in database %I set IntervalStyle to postgres_verbose',"
                        + " current_database()); end $$");
        database.execute(statements.toArray(new String[0]));
    }

    @AfterAll
    static void stopAll() throws IOException {
        for (Scenario scenario : SCENARIOS.values()) {
            scenario.close();
        }
    }

    @ParameterizedTest
    @MethodSource("pairs")
    void everyTypeOfTheServerHasValuesHereOrAReasonForNone(String pair) throws Exception {
        assertThat(SCENARIOS.get(pair).source().query("""
                select string_agg(format_type(t.oid, null), ', ') from pg_type t join pg_namespace n on n.oid = t.typnamespace
                where n.nspname in ('pg_catalog', 'information_schema', 'extensions')
                  and t.typtype not in ('p', 'c') -- pseudo-types, and the row types of catalogues and views
                  and not exists (select from pg_type e where e.typarray = t.oid)
                  and t.oid not in (select type from definition.edge union all select type from definition.without_values)""")).isNull();
    }

    @ParameterizedTest
    @MethodSource("pairs")
    void everyValueArrivesThroughTheCopyAndThroughTheStream(String pair) throws Exception {
        Scenario scenario = SCENARIOS.get(pair);
        PROCESSES.get(pair).awaitReady();
        requireEqual(scenario, "copy");
        for (String step : List.of("insert", "update", "touch", "delete")) {
            if (step.equals("touch")) { // or no value would come as unchanged TOAST
                assertThat(scenario.source().query("select string_agg(i, ', ' order by i) from definition.inline() i"))
                        .isNull();
            }
            scenario.source().execute("call definition.change('" + step + "')");
            requireEqual(scenario, step);
        }
    }

    private static void requireEqual(Scenario scenario, String step) {
        await(step).atMost(Databases.LIMIT).untilAsserted(() -> assertThat(
                        ColumnChecksums.of(scenario.target(), "matrix"))
                .as(step)
                .isEqualTo(ColumnChecksums.of(scenario.source(), "matrix")));
    }

    private static String read(String name) throws IOException {
        try (InputStream in = Objects.requireNonNull(EveryTypeIT.class.getResourceAsStream(name + ".sql"), name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
