package io.caravan.it;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravan.config.Part;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

/** Who reads the slot of every pipeline in this run: Kafka Connect, or the engine with {@code -Dcaravan.it.capture=engine}. */
enum TestedCapture {
    CONNECT {
        @Override
        Set<Part> parts() {
            return EnumSet.allOf(Part.class);
        }

        @Override
        String connectUrl() throws IOException, InterruptedException {
            return SharedStack.get().addresses().connectUrl();
        }

        /** Kafka Connect refuses while its workers share out their tasks anew. */
        @Override
        void remove(String pipeline) {
            Await.until(
                    Duration.ofSeconds(60),
                    () -> "the connector of " + pipeline + " deleted",
                    () -> Scenario.connect("DELETE", path(pipeline)).statusCode() != 409);
        }

        @Override
        boolean isGone(Scenario scenario) throws IOException, InterruptedException {
            return Scenario.connect(scenario.connector()).statusCode() == 404;
        }

        @Override
        String state(Scenario scenario, CaravanProcess caravan) throws IOException, InterruptedException {
            return Scenario.connect(scenario.connector() + "/status").body();
        }

        @Override
        void pause(Scenario scenario) throws Exception {
            Scenario.connect("PUT", scenario.connector() + "/stop");
            String reader = "select active from pg_replication_slots where slot_name = '" + scenario.slot() + "'";
            Await.until(LIMIT, () -> "stopped", () -> scenario.source()
                    .query(reader)
                    .equals("f"));
        }

        @Override
        void resume(Scenario scenario) throws Exception {
            Scenario.connect("PUT", scenario.connector() + "/resume");
        }

        @Override
        String offset(Scenario scenario) throws Exception {
            return Scenario.connect(scenario.connector() + "/offsets").body();
        }

        @Override
        void setOffset(Scenario scenario, String offset) {
            alterOffset(scenario, "PATCH", HttpRequest.BodyPublishers.ofString(offset));
        }

        @Override
        void loseOffset(Scenario scenario) {
            alterOffset(scenario, "DELETE", HttpRequest.BodyPublishers.noBody());
        }

        private void alterOffset(Scenario scenario, String method, HttpRequest.BodyPublisher body) {
            Await.until(
                    LIMIT,
                    () -> "offsets altered",
                    () -> Scenario.send(method, scenario.connector() + "/offsets", body)
                                    .statusCode()
                            == 200);
        }

        @Override
        String producer(String connector) {
            return "connector-producer-" + connector + "-0";
        }

        private String path(String pipeline) {
            return "/connectors/" + pipeline + "-source";
        }
    },
    ENGINE {
        @Override
        Set<Part> parts() {
            return EnumSet.complementOf(EnumSet.of(Part.CONNECT));
        }

        /** Nothing answers there. */
        @Override
        String connectUrl() {
            return "http://localhost:1";
        }

        /** It has ended with its process. */
        @Override
        void remove(String pipeline) {}

        @Override
        boolean isGone(Scenario scenario) throws Exception {
            String offset = Broker.last(scenario.name() + ".caravan-engine-offsets");
            return offset == null || new ObjectMapper().readTree(offset).has("ended");
        }

        @Override
        String state(Scenario scenario, CaravanProcess caravan) throws IOException, InterruptedException {
            return caravan.status().get("connector").toString();
        }

        /** Only its process ends it. */
        @Override
        void pause(Scenario scenario) {}

        @Override
        void resume(Scenario scenario) {}

        @Override
        String offset(Scenario scenario) throws Exception {
            return String.valueOf(Broker.last(scenario.name() + ".caravan-engine-offsets"));
        }

        @Override
        void setOffset(Scenario scenario, String offset) throws Exception {
            Broker.send(scenario.name() + ".caravan-engine-offsets", scenario.name() + "-source", offset);
        }

        @Override
        void loseOffset(Scenario scenario) throws Exception {
            setOffset(scenario, "lost");
        }

        @Override
        String producer(String connector) {
            return "producer-" + connector;
        }
    };

    private static final Duration LIMIT = Duration.ofSeconds(90);

    /** The one of this run. */
    static final TestedCapture IT =
            valueOf(System.getProperty("caravan.it.capture", "connect").toUpperCase(Locale.ROOT));

    /** What the shared stack has. */
    abstract Set<Part> parts();

    abstract String connectUrl() throws IOException, InterruptedException;

    /** Nobody reads the pipeline's slot any more, once its process is gone. */
    abstract void remove(String pipeline);

    /** Whether nobody will go on reading the slot. */
    abstract boolean isGone(Scenario scenario) throws Exception;

    /** What whoever runs the task says of it, with the error of one that failed. */
    abstract String state(Scenario scenario, CaravanProcess caravan) throws IOException, InterruptedException;

    /** Nobody reads the slot of a pipeline whose process has ended, until {@link #resume}. */
    abstract void pause(Scenario scenario) throws Exception;

    abstract void resume(Scenario scenario) throws Exception;

    /** The stored offset, as {@link #setOffset} takes it. */
    abstract String offset(Scenario scenario) throws Exception;

    /** As someone would; between {@link #pause} and {@link #resume}. */
    abstract void setOffset(Scenario scenario, String offset) throws Exception;

    abstract void loseOffset(Scenario scenario) throws Exception;

    /** The client id of whoever writes the events. */
    abstract String producer(String connector);

    String setting() {
        return name().toLowerCase(Locale.ROOT);
    }
}
