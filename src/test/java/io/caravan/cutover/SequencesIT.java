package io.caravan.cutover;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.caravan.Servers;
import io.caravan.Sql;
import io.caravan.cutover.SequencePosition.Outcome;
import io.caravan.postgres.Database;
import io.caravan.postgres.TableName;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sequences of every kind on targets of every version: the way back of a move goes to an older one. */
class SequencesIT {
    private static final String[] TABLES = {
        "create sequence ticket",
                "create table sold (id integer generated always as identity, old serial, other serial)",
        "alter sequence sold_other_seq rename to renamed", "create sequence free"
    };

    @ParameterizedTest
    @ValueSource(ints = {15, 17, 18})
    void thoseOfColumnsAndFreeOnesAreSet(int version) throws Exception {
        Optional<String> server = Servers.address(version);
        assumeTrue(server.isPresent(), "no PostgreSQL " + version + " on this machine");
        Database source = Servers.create("source", "sequences");
        String name = "sequences_target";
        Database any = new Database("target", server.get(), "postgres", "not asked for");
        Sql.run(any, "drop database if exists " + name);
        Sql.run(any, "create database " + name + " template template0");
        Database target = new Database(
                "target", server.get().replaceFirst("/postgres$", "/" + name), "postgres", "not asked for");
        for (String each : TABLES) {
            Sql.run(source, each);
            Sql.run(target, each);
        }
        Sql.run(
                source,
                "select nextval('ticket'), nextval('free'), nextval('sold_id_seq'), nextval('sold_old_seq'), nextval('renamed')");
        Sql.run(target, "alter sequence renamed rename to otherwise"); // a column's may have another name there

        List<SequencePosition> positions = new Sequences(source, target).set(List.of(new TableName("public", "sold")));

        assertThat(positions).hasSize(5).allSatisfy(position -> {
            assertThat(position.problem()).isEmpty();
            assertThat(position.outcome()).isEqualTo(Outcome.SET);
        });
        assertThat(Sql.column(target, "select is_called from otherwise union all select is_called from ticket"))
                .containsExactly("t", "t");
        Sql.run(any, "drop database " + name);
    }

    /** As a framework has it altered that reserves fifty values at a time: keys would be given out twice. */
    @Test
    void onesThatWereAlteredOnTheSourceAreToldWithTheStatement() throws Exception {
        Database source = Servers.create("source", "sequences_altered");
        Database target = Servers.create("target", "sequences_as_copied");
        for (String each : TABLES) {
            Sql.run(source, each);
            Sql.run(target, each);
        }
        Sql.run(
                source,
                "alter sequence sold_id_seq increment by 50 cache 5; alter sequence sold_old_seq as bigint;"
                        + " alter sequence free increment by 7");
        Sql.run(target, "alter sequence renamed as bigint"); // gives the same
        Sequences sequences = new Sequences(source, target);
        List<TableName> tables = List.of(new TableName("public", "sold"));

        List<String> unlike = sequences.unlike(tables);

        assertThat(unlike).hasSize(2);
        for (String each : unlike) {
            Sql.run(target, each.substring(each.indexOf("ALTER SEQUENCE")));
        }
        assertThat(sequences.unlike(tables)).isEmpty();
        assertThat(Sql.column(target, "select seqincrement from pg_sequence where seqrelid = 'sold_id_seq'::regclass"))
                .containsExactly("50");
    }
}
