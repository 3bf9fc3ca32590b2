package io.caravan.preflight;

import io.caravan.postgres.Database;
import io.caravan.postgres.Identifier;
import io.caravan.postgres.ServerIdentity;
import io.caravan.postgres.SqlResource;
import io.caravan.postgres.Table;
import io.caravan.preflight.Preflight.NotCarried;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** What the target must offer: room for the tables and the right to write rows without firing triggers. */
final class TargetChecks {
    private static final SqlResource FIRING_TRIGGERS = SqlResource.read("firing-triggers.sql");
    private static final SqlResource INCOMING = SqlResource.read("incoming-pipelines.sql");

    static final String SCHEMA = "schema";

    private static final int MOST_NAMED = 20;

    private final Database target;
    private final Database source;
    private final Collection<Table> tables;
    private final boolean settingUp;
    private final boolean tablesExpected;
    private final Preflight.Schema schema;
    private final List<Finding> findings = new ArrayList<>();

    TargetChecks(
            Database target,
            Database source,
            Collection<Table> tables,
            boolean settingUp,
            boolean tablesExpected,
            Preflight.Schema schema) {
        this.target = target;
        this.source = source;
        this.tables = tables;
        this.settingUp = settingUp;
        this.tablesExpected = tablesExpected;
        this.schema = schema;
    }

    List<Finding> run() throws SQLException {
        try (Connection connection = target.session()) {
            version(connection);
            encoding(connection);
            replicaRole(connection);
            findings.addAll(SourceChecks.transactionTimeout(connection, target));
            notTheSource(connection);
            noCircle(connection);
            noFiringTriggers(connection);
            rights(connection);
            writable(connection);
            if (settingUp) {
                findings.addAll(new TargetTableChecks(target, tables, tablesExpected).run(connection));
                try (Connection other = source.session()) {
                    findings.addAll(new NeededObjectChecks(other, connection, target.user(), tables)
                            .run(schema, tablesExpected));
                }
                if (!tablesExpected) {
                    notCarried();
                }
            }
        }
        return findings;
    }

    private void version(Connection connection) throws SQLException {
        int here = connection.getMetaData().getDatabaseMajorVersion();
        if (here < 15) {
            findings.add(new Finding(
                    "version",
                    "The target is PostgreSQL " + here + ".",
                    "Caravan needs 15 or newer on both sides; upgrade the target."));
            return;
        }
        try (Connection other = source.session()) {
            int there = other.getMetaData().getDatabaseMajorVersion();
            if (there > here) {
                findings.add(new Finding(
                        "version",
                        "The source is PostgreSQL " + there + ", and the target " + here
                                + ": it refuses what is new since then, types and definitions.",
                        "Take a target that is as new, or see that the tables have nothing of it.",
                        true));
            }
        }
    }

    private void encoding(Connection connection) throws SQLException {
        String encoding = SourceChecks.text(connection, "show server_encoding");
        if (!encoding.equals("UTF8")) {
            findings.add(new Finding(
                    "encoding",
                    "The target's database is encoded in " + encoding
                            + ", so it refuses every row with a character that is not in that, and its dead letter too: the table"
                            + " stops.",
                    "Make it anew in UTF8 (CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0), unless the source"
                            + " has no such character.",
                    true));
        }
    }

    private void replicaRole(Connection connection) throws SQLException {
        if (!maySetReplicaRole(connection)) {
            findings.add(new Finding(
                    "session_replication_role",
                    "Role " + target.user() + " may not set session_replication_role on the target, so foreign keys and"
                            + " triggers would fire again for every row.",
                    "Run GRANT SET ON PARAMETER session_replication_role TO " + Identifier.quote(target.user())
                            + " there, as a superuser; on a managed server give the role of its administrators."));
        }
        if (!SourceChecks.flag(connection, "select has_database_privilege(current_database(), 'create')")) {
            findings.add(new Finding(
                    "create",
                    "Role " + target.user() + " may not create schemas in the target.",
                    "Run GRANT CREATE ON DATABASE "
                            + Identifier.quote(SourceChecks.text(connection, "select current_database()")) + " TO "
                            + Identifier.quote(target.user()) + " there."));
        }
    }

    /** Whoever moves a database has to know before, not after. */
    private void notCarried() throws SQLException {
        try (Connection other = source.session()) {
            NotCarried left =
                    schema.notCarried(other, tables.stream().map(Table::name).toList());
            if (!left.lines().isEmpty()) {
                int more = left.lines().size() - MOST_NAMED;
                findings.add(new Finding(
                        SCHEMA,
                        "The target does not get, with its tables: "
                                + left.lines().stream().limit(MOST_NAMED).collect(Collectors.joining("; "))
                                + (more > 0 ? "; and " + more + " more" : "") + " (the tables are made by: "
                                + left.reason()
                                + ").",
                        "Make there by hand what is needed, before applications write there. pg_dump of the source's version or"
                                + " newer on the PATH carries views, functions, triggers and policies over; a foreign key needs both"
                                + " of its tables.",
                        true));
            }
        } catch (IllegalStateException e) {
            findings.add(new Finding(
                    SCHEMA,
                    String.valueOf(e.getMessage()),
                    "pg_dump must be of the source's version or newer, and on the PATH of this machine."));
        }
    }

    /** It is tried, because managed servers allow it to roles that PostgreSQL's own rules would not. */
    private static boolean maySetReplicaRole(Connection connection) throws SQLException {
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement()) {
            statement.execute("set local session_replication_role = replica");
            return true;
        } catch (SQLException e) {
            if (!"42501".equals(e.getSQLState())) { // insufficient_privilege
                throw e;
            }
            return false;
        } finally {
            connection.rollback();
            connection.setAutoCommit(true);
        }
    }

    /** Once it is set up, changes wait in Kafka for a target that takes none. */
    private void writable(Connection connection) throws SQLException {
        if (SourceChecks.flag(connection, "select current_setting('transaction_read_only') = 'on'")) {
            findings.add(new Finding(
                    "read-only",
                    SourceChecks.flag(connection, "select pg_is_in_recovery()")
                            ? "The target is a standby, which takes no writes."
                            : "The target takes no writes: default_transaction_read_only is on.",
                    "Give the address of its primary in caravan.target.url, or run ALTER ROLE "
                            + Identifier.quote(target.user()) + " SET default_transaction_read_only = off there.",
                    !settingUp));
        }
    }

    /** The same cluster and database under two names would copy a database into itself. */
    private void notTheSource(Connection connection) throws SQLException {
        String identity = "select (select system_identifier from pg_control_system())::text || current_database()";
        try (Connection other = source.session()) {
            if (SourceChecks.text(connection, identity).equals(SourceChecks.text(other, identity))) {
                findings.add(new Finding(
                        "target", "Source and target are the same database.", "Correct caravan.target.url."));
            }
        } catch (SQLException e) {
            // pg_control_system() is for superusers and pg_monitor; without it this cannot be told
        }
    }

    /**
     * A pipeline in the other direction would take what this one writes for new changes and bring them back, for ever. The way back
     * from a cut-over is open once that is finished; until then {@code caravan.bootstrap} on the source names a pipeline from the
     * target's server.
     */
    private void noCircle(Connection connection) throws SQLException {
        try (Connection other = source.session()) {
            if (!SourceChecks.flag(other, "select to_regclass('caravan.bootstrap') is not null")
                    || !SourceChecks.flag(
                            connection,
                            "select exists (select from pg_replication_slots where slot_type = 'logical'"
                                    + " and database = current_database())")) {
                return;
            }
            String here = ServerIdentity.of(connection).systemIdentifier();
            INCOMING
                    .query(
                            other,
                            Map.of(
                                    "tables",
                                    SqlResource.array(
                                            tables.stream().map(Table::name).toList())),
                            row -> Map.entry(row.getString("pipeline"), row.getString("system_identifier")))
                    .stream()
                    .filter(pipeline -> pipeline.getValue().equals(here))
                    .forEach(pipeline -> findings.add(new Finding(
                            "circle",
                            "Pipeline " + pipeline.getKey()
                                    + " goes from this target to this source and was not cut over;"
                                    + " with this one each change would go round for ever.",
                            "End it: 'cutover --finish' with its settings.")));
        } catch (SQLException e) {
            findings.add(new Finding(
                    "circle",
                    "Whether a pipeline goes the other way cannot be told: " + e.getMessage(),
                    "There must be none.",
                    true));
        }
    }

    private void rights(Connection connection) throws SQLException {
        findings.addAll(new RightsChecks(connection, target, settingUp).ofTarget(tables));
        try (Connection other = source.session()) {
            findings.addAll(new RightsChecks(connection, target, settingUp).ofTargetSequences(other, tables));
            if (settingUp && !tablesExpected) {
                findings.addAll(new RightsChecks(connection, target, true).ofTablesToCome(other, tables));
            }
        }
    }

    /** They would act on every change, and what they write into a replicated table would be there twice. */
    private void noFiringTriggers(Connection connection) throws SQLException {
        String names = SqlResource.array(RightsChecks.reachable(connection, tables).stream()
                .map(table -> table.name().sql())
                .toList());
        FIRING_TRIGGERS
                .query(connection, Map.of("tables", names), row -> {
                    String trigger = row.getString("kind") + " " + Identifier.quote(row.getString("trigger_name"));
                    String table = row.getString("table_name");
                    return new Finding(
                            "trigger",
                            trigger + " of table " + table
                                    + " in the target is ENABLE ALWAYS or REPLICA, so it acts on every"
                                    + " change that is applied.",
                            "Run ALTER TABLE " + table + " ENABLE " + trigger
                                    + " there, unless it writes into no replicated table.",
                            true);
                })
                .forEach(findings::add);
    }
}
