package io.caravan.postgres;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/** Messages in the source's WAL, which mark a point of the stream and change no row. */
public final class LogicalMessage {
    /** The prefix by which the connector knows Caravan's. */
    public static final String PREFIX = "caravan";

    private LogicalMessage() {}

    /** Writes one in a transaction of its own, so that it comes after every one that has committed. Returns its position. */
    public static Lsn emit(Connection source, String prefix, String content) throws SQLException {
        try (PreparedStatement emit = source.prepareStatement("select pg_logical_emit_message(true, ?, ?)::text")) {
            emit.setString(1, prefix);
            emit.setString(2, content);
            try (ResultSet row = emit.executeQuery()) {
                row.next();
                return Lsn.parse(row.getString(1));
            }
        }
    }
}
