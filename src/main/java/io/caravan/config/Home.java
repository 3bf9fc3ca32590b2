package io.caravan.config;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Where the settings are, and the jar with what lies beside it. */
public record Home(Path configFile, Path jarDirectory) {

    /**
     * Where this process has its settings.
     *
     * @param given {@code --config}, or null for application.properties here or in the folder above the jar's
     */
    public static Home find(@Nullable Path given) throws SettingsException {
        Path jarDirectory = ownDirectory();
        if (given != null) {
            if (!Files.exists(given)) {
                throw new SettingsException(java.util.List.of("--config names " + given + ", which does not exist."));
            }
            return new Home(given.toAbsolutePath(), jarDirectory);
        }
        Path here = Path.of("application.properties").toAbsolutePath();
        Path besideJar = jarDirectory.resolveSibling("application.properties");
        return new Home(Files.exists(here) || !Files.exists(besideJar) ? here : besideJar, jarDirectory);
    }

    private static Path ownDirectory() {
        try {
            Path code = Path.of(Home.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
            Path parent = code.toAbsolutePath().getParent(); // target/ for both target/caravan.jar and target/classes
            return parent == null ? Path.of(".") : parent;
        } catch (java.net.URISyntaxException e) {
            throw new IllegalStateException("The jar's own address cannot be read", e);
        }
    }

    public Settings settings(Map<String, String> known) throws SettingsException {
        Settings settings = SettingsReader.read(configFile, System.getenv(), known);
        // before the first logger is made; see log4j2.xml
        System.setProperty("caravan.log.format", settings.logFormat().name());
        System.setProperty(
                "caravan.log",
                settings.embedded().directory().resolve("caravan.log").toString());
        return settings;
    }

    /** Debezium and the converter, for the embedded Kafka Connect. */
    public Path connectPlugins() {
        return jarDirectory.resolve("connect-plugins");
    }

    /** The same for the engine. */
    public static Path capturePlugin() {
        return ownDirectory().resolve("connect-plugins/debezium-postgres");
    }
}
