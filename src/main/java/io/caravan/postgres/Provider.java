package io.caravan.postgres;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * Who runs a server. Managed ones have no superuser, no ALTER SYSTEM, and ways of their own to allow replication; they are known
 * by the role that each gives its administrators (documentation of Amazon RDS and Aurora, Google Cloud SQL, Azure Database).
 */
public enum Provider {
    /** Whoever has the server's files. */
    OWN("", ""),
    AMAZON("its parameter group at Amazon RDS", "rds.logical_replication = 1"),
    GOOGLE("the instance's flags at Cloud SQL", "cloudsql.logical_decoding = on"),
    AZURE("its server parameters at Azure", "wal_level = logical");

    private static final String QUERY = "select case rolname when 'rds_superuser' then 'AMAZON'"
            + " when 'cloudsqlsuperuser' then 'GOOGLE' else 'AZURE' end"
            + " from pg_roles where rolname in ('rds_superuser', 'cloudsqlsuperuser', 'azure_pg_admin') limit 1";

    private final String place;
    private final String logicalWal;

    Provider(String place, String logicalWal) {
        this.place = place;
        this.logicalWal = logicalWal;
    }

    public static Provider of(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(QUERY)) {
            return row.next() ? valueOf(row.getString(1)) : OWN;
        }
    }

    /** How the server is made to write WAL that can be decoded, a sentence without its full stop. */
    public String setLogicalWal() {
        return this == OWN
                ? "Run ALTER SYSTEM SET wal_level = 'logical' there and restart the server"
                : "Set " + logicalWal + " in " + place + " and restart it";
    }

    /** How a setting is changed that is read again while the server runs. */
    public String change(String setting) {
        return this == OWN
                ? "ALTER SYSTEM SET " + setting + " = … and SELECT pg_reload_conf() there"
                : setting + " in " + place;
    }

    /** The statement that lets a role begin replication. */
    public String allowReplication(String role) {
        String quoted = Identifier.quote(role);
        return this == AMAZON ? "GRANT rds_replication TO " + quoted : "ALTER ROLE " + quoted + " REPLICATION";
    }
}
