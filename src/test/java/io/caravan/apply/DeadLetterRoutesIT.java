package io.caravan.apply;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravan.Servers;
import io.caravan.Sql;
import io.caravan.change.Row;
import io.caravan.postgres.Database;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What waits behind a dead letter, what does not, and what a letter holds. */
class DeadLetterRoutesIT {
    private final Changes changes = new Changes("part");
    private final Changes logged = new Changes("log");
    private Database target;
    private ApplyRoutes routes;

    @BeforeEach
    void startRoutes() throws Exception {
        target = Servers.create("target", "letters");
        Sql.run(target, """
                create table public.part (id int primary key, name varchar(10), notes text);
                create table public.log (a int, v varchar(10))""");
        routes = new ApplyRoutes(target, "").with("part", "id").with("log");
    }

    @AfterEach
    void stopRoutes() {
        routes.close();
    }

    @Test
    void aTruncateSettlesTheLettersBeforeItAndWhatComesAfterIsFree() throws Exception {
        routes.apply(changes.create(part(1, "far too long a name")), changes.create(part(2, "b")));

        routes.apply(
                changes.update(part(1, "held")),
                changes.truncate(),
                changes.create(part(1, "new")),
                changes.create(part(3, "this is too long")),
                changes.update(part(1, "newer")));

        assertThat(parts()).containsExactly("1 newer");
        assertThat(routes.letterLines())
                .containsExactly("0 create superseded 22001", "2 update superseded ", "5 create rejected 22001");
    }

    @Test
    void inATableWithoutAKeyTheWholeRowIsTheKey() throws Exception {
        routes.apply(
                logged.create("{\"a\":\"1\",\"v\":\"far too long a value\"}"),
                logged.create("{\"a\":\"2\",\"v\":\"b\"}"));

        routes.apply(
                logged.update("{\"a\":\"1\",\"v\":\"far too long a value\"}", "{\"a\":\"1\",\"v\":\"short\"}"),
                logged.delete("{\"a\":\"1\",\"v\":\"short\"}"),
                logged.delete("{\"a\":\"2\",\"v\":\"b\"}"));

        assertThat(Sql.rows(target, "log")).isEmpty();
        assertThat(routes.letterLines()).containsExactly("0 create rejected 22001", "2 update held ", "3 delete held ");
    }

    @Test
    void aLetterHoldsTheWholeEvent() throws Exception {
        routes.apply(
                changes.create(part(1, "a")),
                changes.movedAway("{\"id\":\"1\"}", "{\"id\":\"2\"}"),
                changes.movedHere(
                        "{\"id\":\"1\"}",
                        "{\"id\":\"2\",\"name\":\"far too long a name\",\"notes\":\"" + Row.UNCHANGED_MARKER + "\"}"));

        assertThat(Sql.column(target, "select concat_ws(' ', headers, keys, key_columns) from caravan.dead_letter"))
                .containsExactly("{\"__debezium.oldkey\": \"{\\\"id\\\":\\\"1\\\"}\"} [[\"1\"], [\"2\"]] [\"id\"]");
        assertThat(Sql.column(target, "select event::jsonb #>> '{after,notes}' from caravan.dead_letter"))
                .containsExactly(Row.UNCHANGED_MARKER);
    }

    @Test
    void blockedKeysAreFoundByTheirIndex() throws Exception {
        Sql.run(target, """
                insert into caravan.dead_letter (pipeline, topic, partition, "offset", table_name, key_columns, keys,
                    blocks, op, state, source_lsn, event, headers, sqlstate, error)
                select 'ome', 'ome.public.part', 0, n, 'public.part', '["id"]', '[]', array[n], 'create', 'rejected', '0/0',
                       repeat('x', 500), '{}', '', '' from generate_series(1, 20000) n""");
        String query = new String(
                        getClass()
                                .getResourceAsStream("/sql/dead-letters/blocked-keys.sql")
                                .readAllBytes(),
                        StandardCharsets.UTF_8)
                .replace(":#hashes", "'{7,30000}'");

        assertThat(String.join("\n", Sql.column(target, "explain " + query))).contains("dead_letter_blocks");
        assertThat(Sql.column(target, query)).containsExactly("7");
    }

    @Test
    void laterEventsOfTheKeyWaitBehindItsLetter() throws Exception {
        routes.apply(changes.create(part(1, "far too long a name")), changes.create(part(2, "b")));
        routes.apply(changes.update(part(1, "short")), changes.delete("{\"id\":\"1\"}"), changes.update(part(2, "c")));

        assertThat(parts()).containsExactly("2 c");
        assertThat(routes.letterLines()).containsExactly("0 create rejected 22001", "2 update held ", "3 delete held ");
    }

    @Test
    void aKeyChangeCarriesTheBlockOverToTheNewKey() throws Exception {
        routes.apply(changes.create(part(1, "far too long a name")), changes.create(part(2, "b")));
        routes.apply(
                changes.movedAway("{\"id\":\"1\"}", "{\"id\":\"7\"}"),
                changes.movedHere("{\"id\":\"1\"}", part(7, "moved")),
                changes.update(part(7, "later")),
                changes.update(part(2, "c")));

        assertThat(parts()).containsExactly("2 c");
        assertThat(routes.letterLines())
                .containsExactly("0 create rejected 22001", "2 delete held ", "3 create held ", "4 update held ");
    }

    @Test
    void aLetterThatIsSettledBlocksNothing() throws Exception {
        routes.apply(changes.create(part(1, "far too long a name")));
        Sql.run(target, "update caravan.dead_letter set state = 'discarded'");

        routes.apply(changes.update(part(1, "short")));

        assertThat(parts()).containsExactly("1 short");
    }

    private static String part(int id, String name) {
        return "{\"id\":\"%d\",\"name\":\"%s\",\"notes\":null}".formatted(id, name);
    }

    private List<String> parts() throws Exception {
        return Sql.column(target, "select id || ' ' || name from part order by id");
    }
}
