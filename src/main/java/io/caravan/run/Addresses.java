package io.caravan.run;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravan.config.Settings;
import io.caravan.config.Settings.CaptureBy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Where a running pipeline's parts are: what follows READY, and {@code addresses.json} for the other commands. Until READY the same
 * lies in {@code starting.json}, because programs take the other file for the sign that the pipeline streams.
 */
public final class Addresses {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String READY = "addresses.json";
    private static final String STARTING = "starting.json";

    private Addresses() {}

    static Map<String, Object> of(Settings settings) {
        Map<String, Object> addresses = new LinkedHashMap<>();
        addresses.put("source", settings.source().url());
        addresses.put("target", settings.target().url());
        addresses.put("kafka", settings.kafka().servers());
        if (settings.capture() == CaptureBy.CONNECT) {
            addresses.put("connect", settings.connect().toString());
        }
        addresses.put("http", url(settings.http()));
        addresses.put("management", url(settings.management()));
        addresses.put("pipeline", settings.pipeline());
        addresses.put("pid", ProcessHandle.current().pid());
        return addresses;
    }

    private static String url(Settings.Endpoint endpoint) {
        String host = endpoint.host().equals("0.0.0.0") ? "127.0.0.1" : endpoint.host();
        return "http://" + host + ":" + endpoint.port();
    }

    static String json(Map<String, Object> addresses) throws IOException {
        return JSON.writeValueAsString(addresses);
    }

    /** The parts answer, and the set-up begins: from here on the other commands find them. */
    public static void starting(Settings settings) throws IOException {
        write(settings, STARTING, of(settings));
    }

    /** The pipeline streams: from here on programs find the file that they wait for. */
    static void ready(Settings settings, Map<String, Object> addresses) throws IOException {
        write(settings, READY, addresses);
        Files.deleteIfExists(file(settings, STARTING));
    }

    /** Whole or not at all, so that no reader finds half a file. */
    private static void write(Settings settings, String name, Map<String, Object> addresses) throws IOException {
        Path directory = Files.createDirectories(settings.embedded().directory());
        Path part = directory.resolve(name + ".part");
        Files.writeString(part, json(addresses));
        Files.move(part, file(settings, name), StandardCopyOption.ATOMIC_MOVE);
    }

    /** Removes this process's files, and no other one's. */
    public static void remove(Settings settings) throws IOException {
        for (String name : List.of(READY, STARTING)) {
            Path file = file(settings, name);
            if (Files.exists(file) && pid(read(file)) == ProcessHandle.current().pid()) {
                Files.delete(file);
            }
        }
    }

    private static Path file(Settings settings, String name) {
        return settings.embedded().directory().resolve(name);
    }

    /** The addresses of the process that runs this pipeline on its folder; empty when there is none, or it is another pipeline's. */
    public static Optional<Map<String, Object>> ofRunning(Settings settings) throws IOException {
        return ofAny(settings).filter(found -> settings.pipeline().equals(found.get("pipeline")));
    }

    private static Optional<Map<String, Object>> ofAny(Settings settings) throws IOException {
        for (String name : List.of(READY, STARTING)) {
            Path file = file(settings, name);
            if (Files.exists(file)) {
                Map<String, Object> found = read(file);
                if (isAlive(found)) {
                    return Optional.of(found);
                }
            }
        }
        return Optional.empty();
    }

    private static boolean isAlive(Map<String, Object> found) {
        // In a container every run has the same number, so the file of one that was killed can name this process.
        return ProcessHandle.of(pid(found))
                .filter(process -> process.pid() != ProcessHandle.current().pid())
                .filter(ProcessHandle::isAlive)
                .flatMap(process -> process.info().command())
                .filter(command -> command.contains("java")) // the number may have been given to another program since
                .isPresent();
    }

    /** Two processes in one folder would take each other's file, log and embedded parts. */
    public static void requireNoneRuns(Settings settings) throws IOException {
        Optional<Map<String, Object>> running = ofAny(settings);
        if (running.isPresent()) {
            throw new IOException(
                    "Another Caravan runs on " + settings.embedded().directory() + " already (process "
                            + pid(running.get()) + "). Stop it, or set caravan.embedded.dir.");
        }
    }

    private static Map<String, Object> read(Path file) throws IOException {
        return JSON.readValue(file.toFile(), new TypeReference<>() {});
    }

    private static long pid(Map<String, Object> addresses) {
        return Long.parseLong(String.valueOf(addresses.get("pid")));
    }

    /** The settings' keys that these addresses stand for. */
    public static Map<String, String> asSettings(Map<String, Object> addresses) {
        java.net.URI http = java.net.URI.create(String.valueOf(addresses.get("http")));
        java.net.URI management = java.net.URI.create(String.valueOf(addresses.get("management")));
        Map<String, String> settings = new HashMap<>(Map.of(
                "caravan.source.url", String.valueOf(addresses.get("source")),
                "caravan.target.url", String.valueOf(addresses.get("target")),
                "caravan.kafka.bootstrap-servers", String.valueOf(addresses.get("kafka")),
                "caravan.http.port", Integer.toString(http.getPort()),
                "caravan.management.port", Integer.toString(management.getPort())));
        if (addresses.containsKey("connect")) { // not with caravan.capture=engine
            settings.put("caravan.connect.url", String.valueOf(addresses.get("connect")));
        }
        return settings;
    }
}
