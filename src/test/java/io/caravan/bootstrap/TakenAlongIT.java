package io.caravan.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravan.Servers;
import io.caravan.Sql;
import io.caravan.postgres.Database;
import io.caravan.postgres.SqlResource;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.postgresql.util.PSQLWarning;

/** What a reset says beforehand is what PostgreSQL says afterwards that its CASCADE took. */
class TakenAlongIT {
    private static final String DROPPED = "public.account, public.\"Or\"\"der\", public.visit, public.not_there";

    private static final String TABLES = """
            create table account (id serial primary key, name text, twice int generated always as (1 + 1) stored);
            create table "Or""der" (id int primary key, account_id int references account, of_order "account");
            create table visit (id int, day date, primary key (id, day)) partition by range (day);
            create table visit_1 partition of visit for values from ('2026-01-01') to ('2027-01-01');
            create index on visit (day);
            create statistics on id, day from visit;
            create trigger noted before update on account for each row execute function suppress_redundant_updates_trigger();

            create view people as select * from account;
            create view names as select name from people;
            create materialized view counted as select count(*) from visit_1;
            create unique index on counted (count);
            create table audit (account_id int, default_id int default nextval('account_id_seq'), whole account,
                foreign key (account_id) references account on delete cascade);
            create table child () inherits (account);
            create table visited (id int, day date, foreign key (id, day) references visit);
            create function describe(account) returns text language sql return ($1).name;
            create function counting() returns bigint language sql return (select count(*) from "Or""der");
            create function in_text() returns bigint language sql as 'select count(*) from account';
            alter table audit enable row level security;
            create policy own on audit using (exists (select from account where id = account_id));
            create rule noted as on insert to visited do also insert into audit select id from account;
            """;

    private static List<String> told(Connection connection) throws SQLException {
        return SqlResource.read("reset/taken-along.sql")
                .query(
                        connection,
                        Map.of("relations", "{" + DROPPED.replace("\"", "\\\"") + "}"),
                        row -> row.getString(1));
    }

    private static List<String> taken(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("drop table if exists " + DROPPED + " cascade");
            List<String> taken = new ArrayList<>();
            for (SQLWarning notice = statement.getWarnings(); notice != null; notice = notice.getNextWarning()) {
                String detail = ((PSQLWarning) notice).getServerErrorMessage().getDetail();
                if (detail != null) {
                    detail.lines().forEach(line -> taken.add(line.replace("drop cascades to ", "")));
                }
            }
            return taken;
        }
    }

    @Test
    void whatIsToldIsWhatGoes() throws Exception {
        Database target = Servers.create("target", "emptied");
        Sql.run(target, TABLES);
        try (Connection connection = target.connect()) {
            List<String> told = told(connection);
            List<String> taken = taken(connection);

            assertThat(told)
                    .map(line -> line.replaceFirst(" \\(FOREIGN KEY .*", ""))
                    .containsExactlyInAnyOrderElementsOf(taken);
            assertThat(told)
                    .hasSizeGreaterThan(8)
                    .contains(
                            "view public.people",
                            "constraint audit_account_id_fkey on table public.audit (FOREIGN KEY (account_id) REFERENCES"
                                    + " public.account(id) ON DELETE CASCADE)");
        }
    }
}
