package io.caravan.apply;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravan.Servers;
import io.caravan.Sql;
import io.caravan.postgres.Database;
import java.sql.SQLException;
import java.util.List;

/** A target whose table of parts refuses long names until that is mended, with a keyless log, and the real routes that apply to them. */
record PartsTable(Database target, ApplyRoutes routes) {
    static final LetterSelection ALL = new LetterSelection(null, null, true);
    static final String MENDED = "alter table part drop constraint short";

    static PartsTable create() throws Exception {
        Database target = Servers.create("target", "replayed");
        Sql.run(target, """
                create type public.colour as enum ('red');
                create table public.part (
                    id int primary key, name text constraint short check (length(name) < 10), colour public.colour, notes text);
                create table public.log (a int, v varchar(10))""");
        return new PartsTable(
                target, new ApplyRoutes(target, "").with("part", "id").with("log"));
    }

    /** A row as an event has it. */
    static String part(int id, String name) {
        return "{\"id\":\"%d\",\"name\":\"%s\",\"colour\":null,\"notes\":null}".formatted(id, name);
    }

    /** All letters, which are of one table. */
    Replay.Outcome replayAll() {
        List<Replay.Outcome> outcomes = routes.replay(ALL);
        assertThat(outcomes).hasSize(1);
        return outcomes.get(0);
    }

    /** Each as its id, a blank and its name. */
    List<String> rows() throws SQLException {
        return Sql.column(target, "select id || ' ' || name from part order by id");
    }

    /** The letters', in the order in which they were written. */
    List<String> states() throws SQLException {
        return Sql.column(target, "select state from caravan.dead_letter order by topic, \"offset\"");
    }
}
