package io.caravan.cli;

import io.caravan.config.Settings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Collectors;
import org.apache.camel.component.properties.PropertiesComponent;
import org.apache.camel.main.Main;
import org.apache.camel.main.SimpleMainShutdownStrategy;

/** Camel with routes of a pipeline's folder, told by the checked settings alone. */
final class CamelMain {
    private CamelMain() {}

    /** @param files names of route files, in which * stands for anything */
    static Main of(Settings settings, String name, String... files) {
        return of(settings, name, new Properties(), Map.of(), files);
    }

    /** @param beans that Camel looks for while it is made ready */
    static Main of(Settings settings, String name, Properties camels, Map<String, Object> beans, String... files) {
        Main main = new Main();
        beans.forEach(main::bind);
        main.configure().setName(name);
        main.setShutdownStrategy(new SimpleMainShutdownStrategy()); // Shutdown stops everything in one order
        main.setDefaultPropertyPlaceholderLocation("false"); // the settings are read and checked already
        Properties properties = new Properties();
        settings.all().forEach(properties::setProperty);
        camels.stringPropertyNames().forEach(key -> properties.setProperty(key, camels.getProperty(key)));
        Path routes = routes(settings);
        properties.setProperty(
                "camel.main.routesIncludePattern",
                Arrays.stream(files).map(file -> "file:" + routes + "/" + file).collect(Collectors.joining(",")));
        main.setOverrideProperties(properties);
        main.init();
        // The environment was read with the settings; Camel would put its raw values over the checked ones.
        PropertiesComponent placeholders =
                (PropertiesComponent) main.getCamelContext().getPropertiesComponent();
        placeholders.setEnvironmentVariableMode(PropertiesComponent.ENVIRONMENT_VARIABLES_MODE_NEVER);
        placeholders.setSystemPropertiesMode(PropertiesComponent.SYSTEM_PROPERTIES_MODE_NEVER);
        return main;
    }

    /** Camel does not look behind symbolic links. */
    static Path routes(Settings settings) {
        try {
            return settings.routes().toRealPath();
        } catch (IOException e) {
            throw new IllegalStateException(
                    "There is no folder " + settings.routes()
                            + " with the routes. Copy it from the distribution, or set caravan.routes.",
                    e);
        }
    }
}
