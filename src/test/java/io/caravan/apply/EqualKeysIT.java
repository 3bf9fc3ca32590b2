package io.caravan.apply;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravan.Servers;
import io.caravan.Sql;
import io.caravan.postgres.Database;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Dead letters of keys that can be written in several ways. */
class EqualKeysIT {
    /** The key's type, and two texts of one value. */
    private static final List<List<String>> EQUAL = List.of(
            List.of("numeric", "1.50", "1.5"),
            List.of("double precision", "-0", "0"),
            List.of("bpchar", "a ", "a"),
            List.of("timestamptz", "2024-01-01 00:00:00+00", "2024-01-01 05:30:00+05:30"),
            List.of("citext", "Kelvin", "\u212Aelvin"),
            List.of("text collate folded", "Ab", "aB"),
            List.of("folded_text", "x", "X"),
            List.of("interval", "1 mon", "30 days"),
            List.of("some_time", "24:00:00", "1 day"),
            List.of("jsonb", "[1.0]", "[1.00]"),
            List.of("numeric[]", "{1.0}", "{1.00}"),
            List.of("numrange", "[1.0,2.0)", "[1,2)"),
            List.of("pair", "(1.0,a)", "(1.00,a)"));

    private Database target;
    private ApplyRoutes routes;

    @BeforeEach
    void startRoutes() throws Exception {
        target = Servers.create("target", "equal_keys");
        Sql.run(target, """
                create extension citext;
                create collation folded (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
                create domain folded_text as text collate folded;
                create domain some_time as interval;
                create type pair as (n numeric, t text)""");
        routes = new ApplyRoutes(target, "");
    }

    @AfterEach
    void stopRoutes() {
        routes.close();
    }

    /** A letter that the later row had passed would be written over it by the replay, and its delete would take it away. */
    @Test
    void aLaterRowWhoseKeyIsEqualButNotTheSameTextWaitsBehindTheLetter() throws Exception {
        List<String> wrong = new ArrayList<>();
        for (List<String> each : EQUAL) {
            String table = "t" + EQUAL.indexOf(each);
            Sql.run(target, "create table " + table + " (k " + each.get(0) + " primary key, v varchar(5))");
            routes.with(table, "k");
            Changes changes = new Changes(table);
            routes.apply(changes.create(row(each.get(1), "too long")));

            routes.apply(changes.delete(row(each.get(1), null)), changes.create(row(each.get(2), "short")));

            List<String> meanwhile = Sql.rows(target, table);
            Sql.run(target, "alter table " + table + " alter v type text");
            routes.replay(new LetterSelection(null, "public." + table, false));
            List<String> after = Sql.column(target, "select v from " + table);
            if (!meanwhile.isEmpty() || !after.equals(List.of("short"))) {
                wrong.add(each.get(0) + ": " + meanwhile + ", after the replay " + after);
            }
        }
        assertThat(wrong).isEmpty();
    }

    /** As a task of Kafka Connect writes them that went on in another worker. */
    @Test
    void aRowIsOneWhateverTheTimeZoneItsKeyIsWrittenIn() throws Exception {
        Sql.run(target, """
                create table moment (k timestamptz primary key, v text);
                create table log (k timestamptz, v text)""");
        routes.with("moment", "k").with("log");
        String here = "2024-07-01 00:00:00+00";
        String there = "2024-06-30 20:00:00-04";
        Changes keyed = new Changes("moment");
        Changes keyless = new Changes("log");

        routes.apply(
                keyed.create(row(here, "1")),
                keyed.delete(row(there, null)),
                keyed.create(row("2024-07-02 00:00:00+00", "2")));
        routes.apply(keyless.create(row(here, "1")), keyless.create(row(here, "2")), keyless.delete(row(there, "1")));

        assertThat(Sql.column(target, "select v from moment")).containsExactly("2");
        assertThat(Sql.column(target, "select v from log")).containsExactly("2");
    }

    /** Where the texts of equal values are not known, the table waits; else only the row does. */
    @Test
    void rowsWithOtherKeysPassTheLetterWhereEqualKeysAreTold() throws Exception {
        Sql.run(target, """
                create type colour as enum ('red', 'green');
                create table t (a colour, b text, c timestamptz, d citext, e numeric, v varchar(5), primary key (a, b, c, d, e));
                create table other (n int, k interval, v varchar(5), primary key (n, k))""");
        routes.with("t", "a", "b", "c", "d", "e").with("other", "n", "k");
        Changes told = new Changes("t");
        String key =
                "\"a\":\"%s\",\"b\":\"%s\",\"c\":\"2024-01-01 00:00:00+00\",\"d\":\"%s\",\"e\":\"%s\",\"v\":\"%s\"";
        Changes untold = new Changes("other");

        routes.apply(
                told.create("{" + key.formatted("red", "x", "a@example.com", "1.0", "too long") + "}"),
                told.create("{" + key.formatted("green", "x", "a@example.com", "1.0", "1") + "}"),
                told.create("{" + key.formatted("red", "X", "a@example.com", "1.0", "2") + "}"),
                told.create("{" + key.formatted("red", "x", "b@example.com", "1.0", "3") + "}"),
                told.create("{" + key.formatted("red", "x", "a@example.com", "1.1", "4") + "}"));
        routes.apply(
                untold.create("{\"n\":\"1\",\"k\":\"1 day\",\"v\":\"too long\"}"),
                untold.create("{\"n\":\"1\",\"k\":\"2 days\",\"v\":\"1\"}"),
                untold.create("{\"n\":\"2\",\"k\":\"1 day\",\"v\":\"2\"}"));

        assertThat(Sql.column(target, "select v from t order by v")).containsExactly("1", "2", "3", "4");
        assertThat(Sql.column(target, "select v from other")).containsExactly("2");
    }

    private static String row(String key, String value) {
        return "{\"k\":\"" + key + "\",\"v\":" + (value == null ? "null" : "\"" + value + "\"") + "}";
    }
}
