package io.caravan;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Extensions that are made for a test, in the folder where a server looks for them; their files are taken away at the end. */
public final class ExtensionFiles implements AutoCloseable {
    /** Where that folder is. */
    public static final String FOLDER = "select setting || '/extension' from pg_config where name = 'SHAREDIR'";

    private final List<Path> files = new ArrayList<>();

    /**
     * Makes one of a single version.
     *
     * @param folder as {@link #FOLDER} tells it
     */
    public void make(String folder, String name, String version, String script) throws IOException {
        files.add(Files.writeString(Path.of(folder, name + ".control"), "default_version = '" + version + "'"));
        files.add(Files.writeString(Path.of(folder, name + "--" + version + ".sql"), script));
    }

    @Override
    public void close() throws IOException {
        for (Path file : files) {
            Files.deleteIfExists(file);
        }
    }
}
