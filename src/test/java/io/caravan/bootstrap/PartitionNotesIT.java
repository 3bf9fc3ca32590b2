package io.caravan.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravan.Servers;
import io.caravan.Sql;
import io.caravan.postgres.Database;
import io.caravan.postgres.TableName;
import java.util.List;
import org.junit.jupiter.api.Test;

/** When a partition of the target is said to be none of the source's, with the statement that takes its rows away. */
class PartitionNotesIT {
    private static final String DIVIDED = """
            create table public.%1$s (day date primary key) partition by range (day);
            create table public.%1$s_old partition of public.%1$s for values from ('2025-01-01') to ('2026-01-01');
            create table public.%1$s_new partition of public.%1$s for values from ('2026-01-01') to ('2027-01-01');
            insert into public.%1$s values ('2025-07-01'), ('2026-07-01');
            """;
    private static final String WHOLE = "create table public.%1$s (day date primary key); ";

    @Test
    void onlyAPartitionWithRowsThatTheSourceHasNoMoreIsToldAndNoneOfATableThatTheTargetAloneDivides() throws Exception {
        Database source = Servers.create("source", "divided_from");
        Database target = Servers.create("target", "divided_to");
        Sql.run(source, DIVIDED.formatted("dropped") + DIVIDED.formatted("last") + WHOLE.formatted("whole"));
        Sql.run(
                source,
                "create table public.otherwise (day date primary key) partition by range (day);"
                        + "create table public.otherwise_all partition of public.otherwise default");
        for (String table : List.of("dropped", "last", "whole", "otherwise")) {
            Sql.run(target, DIVIDED.formatted(table));
        }
        Sql.run(source, "drop table public.dropped_old, public.last_old, public.last_new");

        BootstrapState state = new BootstrapState(target, "ome");
        state.create();
        List<TableName> tables = List.of(table("dropped"), table("last"), table("otherwise"), table("whole"));
        for (TableName table : tables) {
            state.lines().set(table, TableStep.COPIED);
        }
        state.lines().noteOfCopied(new PartitionNotes(source, target).of(tables));

        assertThat(note(target, "dropped"))
                .contains("in public.dropped_old, which is no partition of it on the source")
                .contains("ALTER TABLE \"public\".\"dropped\" DETACH PARTITION public.dropped_old.");
        assertThat(note(target, "last")).contains("public.last_old", "public.last_new");
        assertThat(note(target, "whole")).isEmpty();
        assertThat(note(target, "otherwise")).isEmpty();
    }

    private static TableName table(String name) {
        return new TableName("public", name);
    }

    private static String note(Database target, String table) throws Exception {
        return Sql.column(target, "select detail from caravan.bootstrap where table_name = 'public." + table + "'")
                .get(0);
    }
}
