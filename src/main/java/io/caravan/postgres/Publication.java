package io.caravan.postgres;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * A publication on the source: which tables the slot tells of. It must exist before the slot's first change is decoded;
 * PostgreSQL 18 drops changes that are older than it with no more than a warning (LoadPublications in pgoutput.c).
 */
public record Publication(String name) {
    /** Via the root: a partitioned table is one table, however either side is partitioned. */
    private static final String OPTIONS =
            "publish = 'insert, update, delete, truncate', publish_via_partition_root = true";

    /** PostgreSQL 18 refuses UPDATE and DELETE on a table with REPLICA IDENTITY FULL while a column of it is not published. */
    private static final String SINCE_18 = ", publish_generated_columns = stored";

    /** A table's writers queue behind the wait for its lock, so it is a short one. */
    private static final String LOCK_TIMEOUT = "set local lock_timeout = '200ms'";

    private static final String LOCK_NOT_AVAILABLE = "55P03";

    /**
     * Makes the publication hold exactly these tables, changing only what differs. While a slot is read, missing tables have to be
     * added by {@link #add} before.
     */
    public void ensure(Connection source, Collection<TableName> tables) throws SQLException {
        try (Statement statement = source.createStatement()) {
            Set<TableName> wanted = new TreeSet<>(tables);
            boolean since18 = source.getMetaData().getDatabaseMajorVersion() >= 18;
            String options = " (" + OPTIONS + (since18 ? SINCE_18 : "") + ")";
            if (!exists(source)) {
                statement.execute("create publication " + Identifier.quote(name)
                        + (wanted.isEmpty() ? "" : " for table " + list(wanted))
                        + " with" + options);
                return;
            }
            if (!flag(
                    source,
                    "pubinsert and pubupdate and pubdelete and pubtruncate and pubviaroot"
                            + (since18 ? " and pubgencols = 's'" : ""))) {
                statement.execute("alter publication " + Identifier.quote(name) + " set" + options);
            }
            if (flag(source, "puballtables")) {
                return; // the connector's own list leaves out what is not wanted
            }
            Set<TableName> published = tables(source);
            Set<TableName> missing = new TreeSet<>(wanted);
            missing.removeAll(published);
            Set<TableName> surplus = new TreeSet<>(published);
            surplus.removeAll(wanted);
            if (!missing.isEmpty()) {
                statement.execute(adding(missing));
            }
            if (!surplus.isEmpty()) {
                statement.execute("alter publication " + Identifier.quote(name) + " drop table " + list(surplus));
            }
        }
    }

    /**
     * Adds the tables that it does not publish yet; leaves all others alone. Rows that a transaction wrote before this and
     * commits after it are not told: a copy of the tables must wait for such a one.
     */
    public void add(Connection source, Collection<TableName> tables) throws SQLException {
        try {
            add(source, tables, forgetsRunningTransactions(source));
        } catch (SQLException e) {
            if (!"42501".equals(e.getSQLState())) { // insufficient_privilege
                throw e;
            }
            // As prepare-source makes it, the role owns no table.
            throw new SQLException(
                    e.getMessage() + ". Run 'prepare-source' again, with which an administrator publishes it.",
                    e.getSQLState());
        }
    }

    /** @param alone add each table only at a moment when no running transaction has written to it; throws when there was none */
    void add(Connection source, Collection<TableName> tables, boolean alone) throws SQLException {
        Set<TableName> missing = new TreeSet<>(tables);
        missing.removeAll(tables(source));
        Set<TableName> written = new TreeSet<>();
        if (alone) {
            for (TableName table : missing) {
                if (!addAlone(source, table)) {
                    written.add(table);
                }
            }
        } else if (!missing.isEmpty()) {
            try (Statement statement = source.createStatement()) {
                statement.execute(adding(missing));
            }
        }
        if (!written.isEmpty()) {
            throw new SQLException(
                    "A transaction of the source that is open has written to "
                            + written.stream().map(TableName::toString).collect(Collectors.joining(", "))
                            + ", so it cannot be published yet: this version of PostgreSQL could pass over later changes."
                            + " It is tried again at the next look or start; end the transaction if it stays open for long.",
                    LOCK_NOT_AVAILABLE);
        }
    }

    private boolean addAlone(Connection source, TableName table) throws SQLException {
        source.setAutoCommit(false);
        try (Statement statement = source.createStatement()) {
            statement.execute(LOCK_TIMEOUT);
            statement.execute("lock table " + list(Set.of(table)) + " in share row exclusive mode");
            statement.execute(adding(Set.of(table)));
            source.commit();
            return true;
        } catch (SQLException e) {
            if (LOCK_NOT_AVAILABLE.equals(e.getSQLState())) {
                return false;
            }
            throw e;
        } finally {
            source.rollback();
            source.setAutoCommit(true);
        }
    }

    private String adding(Collection<TableName> tables) {
        return "alter publication " + Identifier.quote(name) + " add table " + list(tables);
    }

    /**
     * Before 15.13, 16.9 and 17.5 a walsender that decodes a transaction which wrote to the table before it was published can go on
     * to take the table for not published (mended by commit 4909b38af, "Distribute invalidations to all concurrent transactions").
     * So no such transaction may be running when the table is added.
     */
    private static boolean forgetsRunningTransactions(Connection source) throws SQLException {
        int major = source.getMetaData().getDatabaseMajorVersion();
        int minor = source.getMetaData().getDatabaseMinorVersion();
        return (major == 15 && minor < 13) || (major == 16 && minor < 9) || (major == 17 && minor < 5);
    }

    private static String list(Collection<TableName> tables) {
        // ONLY keeps tables that inherit from one out of it, unless they are chosen themselves
        return tables.stream().map(table -> "only " + table.sql()).collect(Collectors.joining(", "));
    }

    public boolean exists(Connection source) throws SQLException {
        try (PreparedStatement select = source.prepareStatement("select from pg_publication where pubname = ?")) {
            select.setString(1, name);
            try (ResultSet row = select.executeQuery()) {
                return row.next();
            }
        }
    }

    private boolean flag(Connection source, String column) throws SQLException {
        try (PreparedStatement select =
                source.prepareStatement("select " + column + " from pg_publication where pubname = ?")) {
            select.setString(1, name);
            try (ResultSet row = select.executeQuery()) {
                return row.next() && row.getBoolean(1);
            }
        }
    }

    /** The tables that it publishes, roots in place of partitions; it waits for no lock of a table. */
    public Set<TableName> tables(Connection source) throws SQLException {
        return new TreeSet<>(SqlResource.read("published-tables.sql")
                .query(
                        source,
                        Map.of("publication", name),
                        row -> new TableName(row.getString("schema_name"), row.getString("table_name"))));
    }

    public void drop(Connection source) throws SQLException {
        try (Statement statement = source.createStatement()) {
            statement.execute("drop publication if exists " + Identifier.quote(name));
        }
    }
}
