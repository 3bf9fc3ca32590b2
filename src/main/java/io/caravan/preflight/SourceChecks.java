package io.caravan.preflight;

import io.caravan.postgres.Database;
import io.caravan.postgres.Identifier;
import io.caravan.postgres.PartitionDefect;
import io.caravan.postgres.Provider;
import io.caravan.postgres.Publication;
import io.caravan.postgres.ReplicaIdentity;
import io.caravan.postgres.ReplicationSlot;
import io.caravan.postgres.SqlResource;
import io.caravan.postgres.Table;
import io.caravan.postgres.TableFilter;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What the source must offer: logical WAL, a slot, a role that may replicate, tables whose changes can be told apart. */
final class SourceChecks {
    private static final SqlResource QUOTED_UNIQUE_COLUMNS = SqlResource.read("quoted-unique-columns.sql");

    private final Database source;
    private final TableFilter filter;
    private final ReplicationSlot slot;
    private final Publication publication;
    private final boolean settingUp;
    private final boolean slotExpected;
    private final List<Finding> findings = new ArrayList<>();
    private boolean streaming;

    SourceChecks(
            Database source,
            TableFilter filter,
            ReplicationSlot slot,
            Publication publication,
            boolean settingUp,
            boolean slotExpected) {
        this.source = source;
        this.filter = filter;
        this.slot = slot;
        this.publication = publication;
        this.settingUp = settingUp;
        this.slotExpected = slotExpected;
    }

    /**
     * What is in the way of the source and of these tables.
     *
     * @param streaming what is the matter with the partitions of a table stops that table alone, and is told by its line
     */
    List<Finding> run(List<Table> chosen, boolean streaming) throws SQLException, InterruptedException {
        this.streaming = streaming;
        try (Connection connection = source.session()) {
            if (version(connection) && primary(connection)) {
                walLevel(connection);
                role(connection);
                findings.addAll(transactionTimeout(connection, source));
                findings.addAll(new SlotChecks(connection, slot).run(settingUp && !slotExpected));
                encoding(connection);
                tables(connection, chosen);
            }
        }
        return findings;
    }

    /** What is in the way of one table. */
    List<Finding> run(Table table) throws SQLException {
        try (Connection connection = source.session()) {
            findings.addAll(new RightsChecks(connection, source, settingUp).ofSource(List.of(table)));
            if (!RightsChecks.reachable(connection, List.of(table)).isEmpty()) {
                table(connection, table);
            }
        }
        return findings;
    }

    private void add(String check, String problem, String remedy) {
        findings.add(new Finding(check, problem, remedy));
    }

    private boolean version(Connection connection) throws SQLException {
        int version = connection.getMetaData().getDatabaseMajorVersion();
        if (version < 15) {
            add(
                    "version",
                    "The source is PostgreSQL " + version + ".",
                    "Caravan needs 15 or newer on both sides; upgrade the source.");
        }
        return version >= 15;
    }

    private boolean primary(Connection connection) throws SQLException {
        boolean standby = settingUp && flag(connection, "select pg_is_in_recovery()");
        if (standby) {
            add(
                    "standby",
                    "The source is a standby, where neither a publication can be made nor a message be written.",
                    "Give the address of its primary in caravan.source.url.");
        }
        return !standby;
    }

    private void walLevel(Connection connection) throws SQLException {
        String level = text(connection, "show wal_level");
        if (!level.equals("logical")) {
            add(
                    "wal_level",
                    "The source writes WAL at wal_level=" + level
                            + ", which holds no row changes that could be decoded.",
                    Provider.of(connection).setLogicalWal() + ".");
        }
    }

    private void role(Connection connection) throws SQLException {
        SQLException refusal = source.replicationRefusal();
        if (refusal == null) {
            return;
        }
        boolean mayNot = "42501".equals(refusal.getSQLState()); // insufficient_privilege
        add(
                "role",
                "Role " + source.user()
                        + (mayNot ? " may not replicate: " : " cannot begin a replication session on the source: ")
                        + refusal.getMessage() + ".",
                mayNot
                        ? "Run " + Provider.of(connection).allowReplication(source.user()) + " on the source."
                        : "Caravan and Debezium need such sessions: give the server's own address in caravan.source.url, not a"
                                + " pooler's, and let pg_hba.conf admit the role to the database from here and, if it captures, from Kafka Connect.");
    }

    /** The one limit that a session cannot be started without: before PostgreSQL 17 there is no setting of that name. */
    static List<Finding> transactionTimeout(Connection connection, Database database) throws SQLException {
        String timeout = text(connection, "select coalesce(current_setting('transaction_timeout', true), '0')");
        if (timeout.equals("0")) {
            return List.of();
        }
        return List.of(new Finding(
                "transaction_timeout",
                "The " + database.label() + " ends transactions of role " + database.user() + " after " + timeout
                        + ", and the copy of a table is one.",
                "Run ALTER ROLE " + Identifier.quote(database.user()) + " IN DATABASE "
                        + Identifier.quote(text(connection, "select current_database()"))
                        + " SET transaction_timeout = 0 there."));
    }

    private void encoding(Connection connection) throws SQLException {
        String encoding = text(connection, "show server_encoding");
        if (!encoding.equals("UTF8")) {
            add(
                    "encoding",
                    "The source's database is encoded in " + encoding + ", which Debezium does not read.",
                    "Only databases in UTF8 can be replicated.");
        }
    }

    private void tables(Connection connection, List<Table> chosen) throws SQLException {
        findings.addAll(new RightsChecks(connection, source, settingUp).ofSource(chosen));
        List<Table> tables = RightsChecks.reachable(connection, chosen);
        findings.addAll(new RightsChecks(connection, source, settingUp).ofSourceSequences(tables));
        findings.addAll(new PublicationChecks(connection, source, publication).run(tables, settingUp && !slotExpected));
        if (settingUp && slotExpected) {
            findings.addAll(new AdoptedSlotChecks(slot, publication).run(connection, tables));
        }
        for (Table table : tables) {
            table(connection, table);
        }
        findings.addAll(LeftOutTables.of(connection, filter));
    }

    private void table(Connection connection, Table table) throws SQLException {
        String sql = table.name().sql();
        if (!table.canReplicateDeletes() && !isInsertOnly(connection, table)) {
            add(
                    "table " + table.name(),
                    "Table " + table.name() + " has " + identity(table)
                            + ", so once it is published PostgreSQL refuses UPDATE and DELETE on it, or does not tell which"
                            + " row was meant.",
                    "Run ALTER TABLE " + sql
                            + " REPLICA IDENTITY DEFAULT, which needs an ordinary primary key, or ALTER TABLE " + sql
                            + " REPLICA IDENTITY FULL, or exclude it with caravan.tables.exclude.");
        }
        partitions(connection, table);
        virtualColumns(connection, table);
        quotedIndex(connection, table);
        if (table.columns().stream()
                        .map(column -> column.name().toLowerCase(Locale.ROOT))
                        .distinct()
                        .count()
                < table.columns().size()) {
            add(
                    "table " + table.name(),
                    "Table " + table.name()
                            + " has columns whose names differ only by case, which Debezium cannot tell"
                            + " apart: it would stop for all tables.",
                    "Rename one, or exclude the table with caravan.tables.exclude.");
        }
    }

    private static String identity(Table table) {
        return switch (table.identity()) {
            case INDEX -> "REPLICA IDENTITY USING INDEX without that index, or with one that cannot be used";
            case NOTHING, FULL -> "REPLICA IDENTITY " + table.identity();
            case DEFAULT ->
                (table.hasKey() ? "a deferrable, generated or WITHOUT OVERLAPS" : "no")
                        + " primary key and REPLICA IDENTITY DEFAULT";
        };
    }

    /** A publication that was taken over with its slot has made PostgreSQL refuse UPDATE and DELETE already; inserts are exact. */
    private boolean isInsertOnly(Connection connection, Table table) throws SQLException {
        return slotExpected
                && !table.hasKey()
                && publication.tables(connection).contains(table.name())
                && flag(
                        connection,
                        "select pubupdate and pubdelete from pg_publication where pubname = "
                                + Identifier.literal(publication.name()));
    }

    /** Virtual columns cannot be published, and PostgreSQL 18 then refuses UPDATE and DELETE under REPLICA IDENTITY FULL. */
    private void virtualColumns(Connection connection, Table table) throws SQLException {
        if (table.identity() == ReplicaIdentity.FULL
                && flag(
                        connection,
                        "select exists (select from pg_attribute where attgenerated = 'v' and attrelid = "
                                + Identifier.literal(table.name().sql()) + "::regclass)")) {
            add(
                    "table " + table.name(),
                    "Table " + table.name() + " has a virtual generated column and REPLICA IDENTITY FULL, so once it is"
                            + " published PostgreSQL refuses every UPDATE and DELETE on it.",
                    "Run ALTER TABLE " + table.name().sql()
                            + " REPLICA IDENTITY DEFAULT (it needs a primary key), make the"
                            + " column STORED, or exclude the table with caravan.tables.exclude.");
        }
    }

    /** Without a primary key Debezium asks for the unique indexes, and gets their columns as pg_get_indexdef quotes them. */
    private void quotedIndex(Connection connection, Table table) throws SQLException {
        Map<String, String> name = Map.of("table", table.name().sql());
        for (String column : QUOTED_UNIQUE_COLUMNS.query(connection, name, row -> row.getString("column_name"))) {
            add(
                    "table " + table.name(),
                    "Table " + table.name() + " has no primary key, and a unique index with column " + column
                            + ", whose quotation mark Debezium cannot read: it would stop for all tables.",
                    "Add a primary key, rename the column, or exclude the table with caravan.tables.exclude.");
        }
    }

    private void partitions(Connection connection, Table table) throws SQLException {
        for (PartitionDefect each : PartitionDefect.of(connection, table.name())) {
            findings.add(new Finding(
                    "table " + table.name(),
                    each.problem(),
                    "Run " + each.remedy() + ", or exclude the table with caravan.tables.exclude.",
                    streaming));
        }
    }

    static String text(Connection connection, String query) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            row.next();
            return String.valueOf(row.getString(1));
        }
    }

    static boolean flag(Connection connection, String query) throws SQLException {
        return text(connection, query).equals("t");
    }
}
