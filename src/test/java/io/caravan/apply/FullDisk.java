package io.caravan.apply;

import io.caravan.Sql;
import io.caravan.postgres.Database;
import java.sql.Connection;
import java.sql.SQLException;

/** Of a server whose tablespace lies on a small disk. */
final class FullDisk {
    private FullDisk() {}

    /** Fills the table {@code filler}, and with it the disk, to the last page. Returns the SQLSTATE that this ends with. */
    static String fill(Database database) throws SQLException {
        try (Connection connection = Sql.connect(database)) {
            for (int size : new int[] {1000, 10, 1}) {
                try {
                    while (true) {
                        Sql.run(
                                connection,
                                "insert into filler select repeat('x', 1800) from generate_series(1, 4 * " + size
                                        + ")");
                    }
                } catch (SQLException e) {
                    if (size == 1) {
                        return e.getSQLState();
                    }
                }
            }
        }
        throw new IllegalStateException("The disk cannot be filled");
    }

    /** 500,000 characters that do not compress to nothing. */
    static String largeText() {
        StringBuilder text = new StringBuilder();
        for (int i = 0; text.length() < 500_000; i++) {
            text.append(Integer.toHexString(i * 0x9E3779B9));
        }
        return text.substring(0, 500_000);
    }
}
