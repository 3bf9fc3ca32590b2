package io.caravan.apply;

import io.caravan.Servers;
import io.caravan.Sql;
import io.caravan.postgres.Database;
import java.sql.SQLException;
import java.util.List;

/** A target with a table of devices and a keyless log, and the real routes that apply to them. */
record DevicesTable(Database target, ApplyRoutes routes) {
    static DevicesTable create() throws Exception {
        Database target = Servers.create("target", "applied");
        Sql.run(target, """
                create table public.devices (
                    id int primary key, name varchar(10), ip inet, seen timestamptz, notes text);
                create table public.log (a int, v text)""");
        return new DevicesTable(
                target,
                new ApplyRoutes(target, "").with("devices", "id").with("log").withMessages());
    }

    /** A row as an event has it. */
    static String device(int id, String name) {
        return "{\"id\":\"%d\",\"name\":\"%s\",\"ip\":null,\"seen\":null,\"notes\":null}".formatted(id, name);
    }

    /** Each as its id, a blank and its name. */
    List<String> rows() throws SQLException {
        return Sql.column(target, "select id || ' ' || name from devices order by id");
    }

    /** The ledger's. */
    String nextOffset() throws SQLException {
        return Sql.column(target, "select next_offset from caravan.ledger where topic = 'ome.public.devices'")
                .get(0);
    }
}
