package io.caravan.engine;

import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.connect.runtime.isolation.PluginClassLoader;
import org.apache.kafka.connect.runtime.isolation.PluginUtils;
import org.jspecify.annotations.Nullable;

/**
 * The folder with Debezium and Caravan's classes for it, the same that a Kafka Connect worker gets, loaded by Kafka Connect's
 * own class loader: what is in the folder goes before what the application has, in the order of the jars' names. Nothing of it
 * is read before it is needed.
 */
public final class CapturePlugin {
    private final Path folder;
    private @Nullable ClassLoader loader;

    public CapturePlugin(Path folder) {
        this.folder = folder;
    }

    public Path folder() {
        return folder;
    }

    public boolean isThere() {
        return Files.exists(folder.resolve("caravan-connector.jar"));
    }

    synchronized ClassLoader loader() throws IOException {
        if (loader == null) {
            if (!isThere()) {
                throw new IOException("There is no " + folder + " with Debezium's jars. Copy target/connect-plugins of"
                        + " the distribution beside caravan.jar.");
            }
            loader = new PluginClassLoader(url(folder), urls(folder), CapturePlugin.class.getClassLoader());
        }
        return loader;
    }

    private static URL[] urls(Path folder) throws IOException {
        List<URL> urls = new ArrayList<>();
        for (Path jar : PluginUtils.pluginUrls(folder)) {
            urls.add(url(jar));
        }
        return urls.toArray(URL[]::new);
    }

    private static URL url(Path path) throws MalformedURLException {
        return path.toUri().toURL();
    }

    /** A new object of one of its classes. */
    static <T> T make(ClassLoader loader, Class<T> type, @Nullable String name) {
        try {
            return type.cast(loader.loadClass(name).getDeclaredConstructor().newInstance());
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(
                    name + " cannot be loaded from the plugin folder. Use target/connect-plugins as it is.", e);
        }
    }
}
