package io.caravan.it;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravan.config.Part;
import java.io.IOException;
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
    };

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

    String setting() {
        return name().toLowerCase(Locale.ROOT);
    }
}
