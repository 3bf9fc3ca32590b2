package io.caravan.embedded;

import io.caravan.config.Part;
import java.io.File;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/** The file where a part's process writes what it has to say. Nothing of it reaches the console. */
record PartLog(Path file) {
    private static final long ROLL_AT_BYTES = 20L << 20;
    private static final int TAIL_BYTES = 16 << 10;
    private static final int TAIL_LINES = 15;

    static PartLog of(Path directory, Part part) {
        return new PartLog(directory.resolve(part.label() + ".log"));
    }

    /** PostgreSQL does not roll its file, so a big one is put aside when a process starts. */
    void rollIfLarge() throws IOException {
        if (Files.exists(file) && Files.size(file) > ROLL_AT_BYTES) {
            Files.move(file, file.resolveSibling(file.getFileName() + ".1"), StandardCopyOption.REPLACE_EXISTING);
        }
    }

    /** Appends, so that the process and the report of its crash do not overwrite each other. */
    ProcessBuilder.Redirect redirect() {
        return ProcessBuilder.Redirect.appendTo(new File(file.toString()));
    }

    long size() throws IOException {
        return Files.exists(file) ? Files.size(file) : 0;
    }

    /** The last lines that were written after the file had {@code sizeBefore} bytes. */
    String tail(long sizeBefore) throws IOException {
        try (RandomAccessFile log = new RandomAccessFile(file.toFile(), "r")) {
            long length = log.length();
            long start = Math.max(length < sizeBefore ? 0 : sizeBefore, length - TAIL_BYTES);
            byte[] bytes = new byte[(int) (length - start)];
            log.seek(start);
            log.readFully(bytes);
            List<String> lines =
                    new String(bytes, StandardCharsets.UTF_8).lines().toList();
            return String.join("\n", lines.subList(Math.max(0, lines.size() - TAIL_LINES), lines.size()));
        }
    }
}
