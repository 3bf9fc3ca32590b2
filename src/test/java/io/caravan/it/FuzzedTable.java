package io.caravan.it;

import io.caravan.postgres.Identifier;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A random table and random statements on it; the same for the same random numbers. Some of the statements fail. Nothing
 * depends on where a row lies, so the same seed makes the same rows.
 */
final class FuzzedTable {
    private static final int KEYS = 60;

    /** A type and an expression for a value, made of a number. */
    private record Type(String name, String expression) {
        String value(Object number) {
            return "(" + expression.replace("#", "(" + number + ")") + ")::" + name;
        }
    }

    private record Column(String name, Type type) {}

    private enum Identity {
        PRIMARY_KEY,
        PRIMARY_KEY_BUT_FULL,
        INDEX,
        NO_KEY
    }

    /** Of some, two texts are one key. */
    private static final List<Type> KEY_TYPES = List.of(
            new Type("integer", "#"),
            new Type("bigint", "# * 4294967296"),
            new Type("text", "'k\"\\ ' || #"),
            new Type("varchar(40)", "'k' || #"),
            new Type("char(12)", "'k' || #"),
            new Type("numeric", "# / 2 * case # % 2 when 0 then 1.10 else 1.1000 end"),
            new Type(
                    "interval",
                    "case # % 2 when 0 then make_interval(days => #) else make_interval(hours => 24 * # - 24) end"),
            new Type("jsonb", "case # % 2 when 0 then to_jsonb(#) else to_jsonb((# - 1) * 1.00) end"),
            new Type("uuid", "md5(#::text)::uuid"),
            new Type("date", "date '2024-01-01' + #"),
            new Type("timestamptz", "timestamptz '2024-01-01 00:00+00' + # * interval '1 s'"),
            new Type("bytea", "decode(md5(#::text), 'hex')"),
            new Type("int4range", "int4range(#, # + 3)"),
            new Type("float8", "# / 3.0"));

    private static final List<Type> VALUE_TYPES = List.of(
            new Type("text", "'t' || #"),
            new Type("text", "(select string_agg(md5(#::text || n), '') from generate_series(1, 150) n)"),
            new Type("jsonb", "jsonb_build_object('n', #, 'large', repeat(md5(#::text), 200))"),
            new Type("json", "json_build_array(#, null, 'é\"')"),
            new Type("numeric(12, 3)", "# / 7.0"),
            new Type("text[]", "array[md5(#::text), null, '\"\\', 'NULL']"),
            new Type(
                    "bytea",
                    "convert_to((select string_agg(md5(#::text || n), '') from generate_series(1, 90) n), 'UTF8')"),
            new Type("interval", "# * interval '1 month -1 day 0.1 s'"),
            new Type("boolean", "# % 2 = 0"),
            new Type("tstzrange[]", "array[tstzrange(null, timestamptz '2024-01-01 00:00+00' + # * interval '1 h')]"),
            new Type("real", "# / 3.0"),
            new Type("varbit", "(#)::bit(20)::varbit"),
            new Type("inet", "inet '10.0.0.0' + #"),
            new Type("point", "point(# / 3.0, 0)"),
            new Type("tsvector", "to_tsvector('simple', 'a' || # || ' b')"));

    private static final List<String> NAMES = List.of(
            "plain",
            "Mixed Case",
            "with \"quotes\"",
            "a.b",
            ":?rows",
            "${body}",
            "select",
            "é 😀",
            "back\\slash",
            "x,y;z");

    private final Random random;
    private final String schema;
    private final String tableName;
    private final List<Column> key;
    private final List<Column> values;
    private final Identity identity;
    private final boolean partitioned;
    private final boolean unique;

    FuzzedTable(Random random, String schema, int number) {
        this.random = random;
        this.schema = schema;
        tableName = pick(NAMES) + number;
        identity = pick(List.of(Identity.values()));
        partitioned = identity != Identity.INDEX && random.nextInt(4) == 0;
        unique = !partitioned && random.nextBoolean();
        List<String> names = new ArrayList<>(NAMES);
        Collections.shuffle(names, random);
        if (identity == Identity.INDEX) { // 'check' refuses it
            names.removeIf(name -> name.contains("\""));
        }
        key = columns(KEY_TYPES, 1 + random.nextInt(3), i -> names.get(i) + "_k");
        values = columns(VALUE_TYPES, 1 + random.nextInt(6), i -> names.get(i) + "_v");
    }

    private List<Column> columns(List<Type> types, int count, Function<Integer, String> name) {
        List<Column> columns = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            columns.add(new Column(Identifier.quote(name.apply(i)), pick(types)));
        }
        return columns;
    }

    private <T> T pick(List<T> of) {
        return of.get(random.nextInt(of.size()));
    }

    private boolean oneIn(int times) {
        return random.nextInt(times) == 0;
    }

    private String named(String suffix) {
        return Identifier.quote(schema) + "." + Identifier.quote(tableName + suffix);
    }

    String name() {
        return named("");
    }

    private static String names(List<Column> columns) {
        return columns.stream().map(Column::name).collect(Collectors.joining(", "));
    }

    /** The statements that make the table. */
    List<String> create() {
        Stream<String> keyColumns = key.stream().map(column -> column.name + " " + column.type.name + " not null");
        Stream<String> valueColumns = values.stream()
                .map(column -> column.name + " " + column.type.name
                        + (oneIn(3) && !column.type.expression.contains("select")
                                ? " default " + column.type.value(7)
                                : ""));
        List<String> columns =
                new ArrayList<>(Stream.concat(keyColumns, valueColumns).toList());
        columns.add("n integer default 7" + (unique ? " unique" : " check (n < 1000000)"));
        columns.add("doubled bigint generated always as (n * 2::bigint) stored");
        if (!partitioned && oneIn(3)) {
            columns.add("number bigint generated always as identity");
        }
        if (identity == Identity.PRIMARY_KEY || identity == Identity.PRIMARY_KEY_BUT_FULL) {
            columns.add("primary key (" + names(key) + ")");
        }
        List<String> statements = new ArrayList<>();
        statements.add("create table " + name() + " (" + String.join(", ", columns) + ")"
                + (partitioned ? " partition by hash (" + key.get(0).name + ")" : ""));
        for (int i = 0; partitioned && i < 3; i++) {
            statements.add("create table " + named("_" + i) + " partition of " + name()
                    + " for values with (modulus 3, remainder " + i + ")");
            statements.addAll(identity(named("_" + i)));
        }
        statements.addAll(identity(name()));
        return statements;
    }

    private List<String> identity(String table) {
        return switch (identity) {
            case PRIMARY_KEY -> List.of();
            case PRIMARY_KEY_BUT_FULL, NO_KEY -> List.of("alter table " + table + " replica identity full");
            case INDEX ->
                List.of(
                        "create unique index " + Identifier.quote("identity of " + tableName) + " on " + table + " ("
                                + names(key) + ")",
                        "alter table " + table + " replica identity using index "
                                + Identifier.quote("identity of " + tableName));
        };
    }

    /** One change, of one statement or several. */
    String change() {
        return switch (random.nextInt(16)) {
            case 0, 1, 2, 3 -> insert(1 + random.nextInt(8));
            case 4 -> insert(3) + " on conflict do nothing";
            case 5, 6 -> update("n", Integer.toString(random.nextInt(1000))) + some();
            case 7, 8 -> {
                Column column = pick(values);
                yield update(column.name, oneIn(4) ? "null" : value(column)) + some();
            }
            case 9 -> update("n", "n") + some();
            case 10 -> "delete from " + name() + " as r" + some();
            case 11 -> oneIn(10) ? "truncate " + name() : "delete from " + name() + one();
            case 12 -> swap();
            case 13 -> update("n", "case when n % 2 = 0 then n + 1 else n - 1 end");
            case 14 -> oneIn(6) ? insertMany() : insert(5);
            default -> {
                Column column = pick(key);
                yield update(column.name, value(column)) + one();
            }
        };
    }

    /** The columns and, as a query, the rows of a COPY. */
    String columnsToCopy() {
        return Stream.concat(key.stream(), values.stream())
                .map(Column::name)
                .collect(Collectors.joining(", ", "", ", n"));
    }

    String rowsToCopy() {
        return "select * from (values " + rows(4) + ") r";
    }

    private String update(String column, String value) {
        return "update " + name() + " as r set " + column + " = " + value;
    }

    /** Two rows exchange a value, which is unique where the table says so, by a detour below zero. */
    private String swap() {
        return update("n", "-1 - n") + " where n in (" + random.nextInt(1000) + ", " + random.nextInt(1000) + ")"
                + " or n = (select min(n) from " + name() + ") or n = (select max(n) from " + name() + "); "
                + update("n", "(select max(n) + min(n) from " + name() + " where n < 0) - n - 5000") + " where n < 0; "
                + update("n", "-5001 - n") + " where n < 0";
    }

    private String insert(int count) {
        return "insert into " + name() + " (" + columnsToCopy() + ") values " + rows(count);
    }

    private String rows(int count) {
        List<String> rows = new ArrayList<>();
        for (int row = 0; row < count; row++) {
            List<String> expressions = new ArrayList<>();
            key.forEach(column -> expressions.add(value(column)));
            values.forEach(column -> expressions.add(oneIn(5) ? "null::" + column.type.name : value(column)));
            expressions.add(oneIn(5) ? "null::integer" : Integer.toString(random.nextInt(1000)));
            rows.add("(" + String.join(", ", expressions) + ")");
        }
        return String.join(", ", rows);
    }

    private String insertMany() {
        int first = KEYS + random.nextInt(1000);
        return "insert into " + name() + " (" + columnsToCopy() + ") select "
                + Stream.concat(key.stream(), values.stream())
                        .map(column -> column.type.value("g"))
                        .collect(Collectors.joining(", "))
                + ", g from generate_series(" + first + ", " + (first + 400) + ") g on conflict do nothing";
    }

    private String value(Column column) {
        return column.type.value(random.nextInt(KEYS));
    }

    private String some() {
        return " where abs(hashtext(r::text)) % " + (2 + random.nextInt(8)) + " = 0";
    }

    /** Of equal rows it does not matter which. */
    private String one() {
        return " where (tableoid, ctid) = (select o.tableoid, o.ctid from " + name() + " o order by md5(o::text || "
                + random.nextInt(1000) + ") limit 1)";
    }
}
