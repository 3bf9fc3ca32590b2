package io.caravan.bootstrap;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.function.LongConsumer;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;
import org.postgresql.copy.CopyOut;

/** Rows from one server's COPY TO STDOUT into another's COPY FROM STDIN, as they come. */
final class CopyPipe {
    /** Few large messages cost the target half of the time that one per row does. */
    private static final int BUFFER = 64 * 1024;

    private final CopyIn in;
    private final byte[] buffer = new byte[BUFFER];
    private int filled;

    private CopyPipe(CopyIn in) {
        this.in = in;
    }

    /**
     * Copies everything that the query returns.
     *
     * @param query a SELECT, run on {@code from}
     * @param into the table of {@code to}, with its list of columns
     * @param progress told the bytes as they pass
     * @return the rows that the target took
     * @throws SQLException with neither COPY left open; the target's transaction is then to be rolled back
     */
    static long run(Connection from, String query, Connection to, String into, CopyFormat format, LongConsumer progress)
            throws SQLException {
        CopyOut out = from.unwrap(PGConnection.class)
                .getCopyAPI()
                .copyOut("copy (" + query + ") to stdout" + format.option());
        CopyIn in = null;
        try {
            in = to.unwrap(PGConnection.class).getCopyAPI().copyIn("copy " + into + " from stdin" + format.option());
            CopyPipe pipe = new CopyPipe(in);
            for (byte[] row = out.readFromCopy(); row != null; row = out.readFromCopy()) {
                pipe.write(row);
                progress.accept(row.length);
            }
            pipe.flush();
            return in.endCopy();
        } finally {
            if (in != null && in.isActive()) {
                in.cancelCopy();
            }
            if (out.isActive()) {
                out.cancelCopy();
            }
        }
    }

    private void write(byte[] row) throws SQLException {
        if (row.length > BUFFER - filled) {
            flush();
        }
        if (row.length > BUFFER) {
            in.writeToCopy(row, 0, row.length);
        } else {
            System.arraycopy(row, 0, buffer, filled, row.length);
            filled += row.length;
        }
    }

    private void flush() throws SQLException {
        if (filled > 0) {
            in.writeToCopy(buffer, 0, filled);
            filled = 0;
        }
    }
}
