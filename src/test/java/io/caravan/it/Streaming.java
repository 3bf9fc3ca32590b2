package io.caravan.it;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravan.config.Part;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** A pipeline that streams before a class's first test and is gone after its last. */
final class Streaming implements BeforeAllCallback, AfterAllCallback {
    static final Duration LIMIT = Duration.ofSeconds(90);

    private final String sql;
    private final Map<String, Object> settings = new LinkedHashMap<>();
    private Preparation preparation = () -> {};
    private Scenario scenario;
    private CaravanProcess caravan;

    /** What a test does before the first start. */
    interface Preparation {
        void run() throws Exception;
    }

    /** Of the tables of {@code load.sql} and those that this script makes. */
    Streaming(String... sql) {
        this.sql = Load.schema() + String.join(";", sql);
    }

    Streaming with(String key, Object value) {
        settings.put(key, value);
        return this;
    }

    Streaming after(Preparation first) {
        preparation = first;
        return this;
    }

    @Override
    public void beforeAll(ExtensionContext context) throws Exception {
        Path folders = Files.createDirectories(Path.of("target", "it-folders"));
        scenario = Scenario.create(Files.createTempDirectory(folders, "run"), sql);
        for (Map.Entry<String, Object> each : settings.entrySet()) {
            scenario.folder().set(each.getKey(), each.getValue());
        }
        preparation.run();
        start();
    }

    @Override
    public void afterAll(ExtensionContext context) throws Exception {
        if (scenario != null) {
            scenario.close();
        }
    }

    Scenario scenario() {
        return scenario;
    }

    String name() {
        return scenario.name();
    }

    TestDatabase source() {
        return scenario.source();
    }

    TestDatabase target() {
        return scenario.target();
    }

    Databases databases() {
        return scenario.databases();
    }

    CaravanFolder folder() {
        return scenario.folder();
    }

    CaravanProcess caravan() {
        return caravan;
    }

    /** Stops the process in order. */
    void stop() {
        caravan.terminate();
    }

    /** {@code kill -9} of whoever reads the slot, which is started again. */
    void killCapture() throws IOException, InterruptedException {
        if (TestedCapture.IT == TestedCapture.CONNECT) {
            SharedStack.kill(Part.CONNECT);
        } else {
            caravan.kill();
            start();
        }
    }

    /** Starts the next one. */
    void start() throws IOException {
        caravan = scenario.ready();
    }

    String answer(int exitCode, String... arguments) throws IOException {
        return scenario.folder().answer(exitCode, arguments);
    }

    /** What a command that must end so prints with {@code --json}. */
    JsonNode json(int exitCode, String command, String... options) throws IOException {
        List<String> arguments = new ArrayList<>(List.of(command, "--json"));
        arguments.addAll(List.of(options));
        return new ObjectMapper().readTree(answer(exitCode, arguments.toArray(String[]::new)));
    }

    JsonNode status() {
        try {
            return caravan.status();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    void awaitProblem(String text) {
        Await.until(LIMIT, () -> text + " in " + status().toPrettyString(), () -> status().get("problems")
                .toString()
                .contains(text));
    }

    void awaitHealthy() {
        Await.until(LIMIT, () -> "healthy: " + status().toPrettyString(), () -> status().get("healthy")
                .asBoolean());
    }

    /** Returns when the table is at the step of its copy. */
    void awaitStep(String table, String step) {
        databases().awaitInTarget("select step from caravan.bootstrap where table_name = '" + table + "'", step, LIMIT);
    }

    /** Returns when the table is copied, and how it is on the source is known. */
    void awaitAgreed(String table) {
        awaitStep(table, "copied");
        databases()
                .awaitInTarget(
                        "select source_shape is not null from caravan.bootstrap where table_name = '" + table + "'",
                        "t",
                        LIMIT);
    }

    /** How many dead letters wait. */
    String letters() throws Exception {
        return target().query("select count(*) from caravan.dead_letter where state in ('rejected', 'held')");
    }

    /** How many dead letters of the table wait. */
    String letters(String table) throws Exception {
        return target().query("select count(*) from caravan.dead_letter where state in ('rejected', 'held')"
                + " and table_name = '" + table + "'");
    }

    /** Returns when the query has a row in the target. */
    void arrives(String query) {
        databases().awaitInTarget("select exists (" + query + ")", "t", LIMIT);
    }

    /** What the status says of the table; empty when that is nothing. */
    String problem(String table) {
        for (JsonNode problem : status().get("problems")) {
            if (problem.asText().startsWith("Table " + table)) {
                return problem.asText();
            }
        }
        return "";
    }

    /** Runs the statement on the target once the table is stopped with it. */
    void mend(String table, String statement) throws Exception {
        Await.until(LIMIT, () -> statement + " in " + problem(table), () -> problem(table)
                .contains("Run on the target: " + statement + ";"));
        target().execute(statement);
    }
}
