package io.caravan.pipeline;

import io.caravan.config.Settings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Collectors;
import org.apache.camel.CamelContext;
import org.apache.camel.component.properties.PropertiesComponent;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.main.Main;
import org.apache.camel.main.SimpleMainShutdownStrategy;

/** Camel with routes of a pipeline's folder, told by the checked settings alone. */
public final class CamelMain {
    private CamelMain() {}

    /** Camel with some of the routes: {@code files} are names, in which * stands for anything. */
    public static Main of(Settings settings, String name, String... files) {
        return of(settings, name, new Properties(), Map.of(), files);
    }

    /** The same with properties of Camel and with beans that it looks for while it is made ready. */
    public static Main of(
            Settings settings, String name, Properties camels, Map<String, Object> beans, String... files) {
        Main main = new ManyRoutesMain();
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
    public static Path routes(Settings settings) {
        try {
            return settings.routes().toRealPath();
        } catch (IOException e) {
            throw new IllegalStateException(
                    "There is no folder " + settings.routes()
                            + " with the routes. Copy it from the distribution, or set caravan.routes.",
                    e);
        }
    }

    private static final class ManyRoutesMain extends Main {
        @Override
        protected CamelContext createCamelContext() {
            CamelContext context = new ManyRoutesContext();
            context.getCamelContextExtension().setRegistry(registry); // as Main does it
            context.getCamelContextExtension().setManagementMBeanAssembler(new SharedMBeanInfo(context));
            return context;
        }
    }

    /** Camel for a route for each table. */
    private static final class ManyRoutesContext extends DefaultCamelContext {
        ManyRoutesContext() {
            super(false); // made ready by Main
        }

        /**
         * Before a route is added one of its name is removed (DefaultModel.removeRouteDefinition in 4.17.0), and for that the
         * endpoints of all others are looked at, whether there is one or not: of a thousand tables that was most of the start.
         */
        @Override
        public boolean removeRoute(String routeId) throws Exception {
            return getRouteStatus(routeId) != null && super.removeRoute(routeId);
        }
    }
}
