package io.caravan.postgres;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** The catalogue queries, one per file below {@code sql/}, each of which runs in psql as it stands. */
public final class SqlFile {
    private SqlFile() {}

    /** The text of {@code sql/<name>.sql}. */
    public static String read(String name) {
        String path = "/sql/" + name + ".sql";
        try (InputStream in = SqlFile.class.getResourceAsStream(path)) {
            if (in == null) {
                throw new IllegalArgumentException("There is no resource " + path);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + path, e);
        }
    }
}
