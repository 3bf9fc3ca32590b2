package io.caravan.embedded;

import io.caravan.config.Part;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What to start, where. A port of 0 means any free one, which then stays the same for the life of the run.
 *
 * @param directory data, logs and unpacked binaries; a restart on the same directory goes on where the last run stopped
 * @param source needed only when {@link Part#SOURCE} is asked for; {@code target} alike
 * @param externalKafka the brokers that Kafka Connect uses when {@link Part#KAFKA} is not asked for
 * @param pluginDirectory Kafka Connect's {@code plugin.path}
 * @param initSql run on the source at its first start: a file, or a class path resource
 * @param kafkaJvmOptions options of the broker's JVM after the built-in ones, so that a further {@code -Xmx} wins
 * @param connectJvmOptions the same for the Connect worker's JVM
 * @param connectEnvironment secrets that connectors refer to as {@code ${env:NAME}}
 */
public record EmbeddedSettings(
        Set<Part> parts,
        Path directory,
        @Nullable Postgres source,
        @Nullable Postgres target,
        int kafkaPort,
        @Nullable String externalKafka,
        int connectPort,
        Path pluginDirectory,
        @Nullable String initSql,
        List<String> kafkaJvmOptions,
        List<String> connectJvmOptions,
        Map<String, String> connectEnvironment) {

    /** One broker spends more on the second compiler than that saves in hours of full load. */
    private static final List<String> KAFKA_JVM =
            List.of("-Xmx384m", "-XX:MaxDirectMemorySize=1g", "-XX:TieredStopAtLevel=1");

    /**
     * The young generation holds what Debezium has queued, or collections take a sixth of the CPU; and the second compiler
     * is for what is called in a loop over events, not for what a start calls often.
     */
    private static final List<String> CONNECT_JVM = List.of(
            "-Xms160m",
            "-Xmx1g",
            "-Xmn112m",
            "-XX:SurvivorRatio=4",
            "-XX:Tier4InvocationThreshold=30000",
            "-XX:Tier4MinInvocationThreshold=4000",
            "-XX:Tier4CompileThreshold=90000",
            "-XX:Tier4BackEdgeThreshold=240000");

    /** In the environment of Connect: a file of Kafka client settings for brokers of the user's own; empty when there is none. */
    public static final String KAFKA_CONFIG = "CARAVAN_KAFKA_CONFIG";

    /** Without secrets for the connectors. */
    public EmbeddedSettings(
            Set<Part> parts,
            Path directory,
            @Nullable Postgres source,
            @Nullable Postgres target,
            int kafkaPort,
            @Nullable String externalKafka,
            int connectPort,
            Path pluginDirectory,
            @Nullable String initSql,
            List<String> kafkaJvmOptions,
            List<String> connectJvmOptions) {
        this(
                parts,
                directory,
                source,
                target,
                kafkaPort,
                externalKafka,
                connectPort,
                pluginDirectory,
                initSql,
                kafkaJvmOptions,
                connectJvmOptions,
                Map.of());
    }

    public EmbeddedSettings {
        parts = Set.copyOf(parts);
        directory = directory.toAbsolutePath().normalize();
        pluginDirectory = pluginDirectory.toAbsolutePath().normalize();
        kafkaJvmOptions = List.copyOf(kafkaJvmOptions);
        connectJvmOptions = List.copyOf(connectJvmOptions);
        connectEnvironment = Map.copyOf(connectEnvironment);
        List<String> problems = new ArrayList<>();
        if ((parts.contains(Part.SOURCE) && source == null) || (parts.contains(Part.TARGET) && target == null)) {
            problems.add("An embedded PostgreSQL needs a port, a database, a user and a password.");
        }
        if (parts.contains(Part.CONNECT) && !parts.contains(Part.KAFKA) && externalKafka == null) {
            problems.add("Kafka Connect needs brokers: name them in caravan.kafka.bootstrap-servers.");
        }
        if (!problems.isEmpty()) {
            throw new IllegalArgumentException(String.join(" ", problems));
        }
    }

    /**
     * The limits come first, so that an option of the user's own replaces them. A row takes Connect about five times its size
     * as text, and a few rows are under way at once. Each of the broker's threads keeps a buffer beside the heap that is as
     * large as the largest message that it has read or written; by default those of all together may not be larger than the heap.
     */
    List<String> jvmOptions(Part part) {
        List<String> options = new ArrayList<>(part == Part.KAFKA ? KAFKA_JVM : CONNECT_JVM);
        options.addAll(part == Part.KAFKA ? kafkaJvmOptions : connectJvmOptions);
        return options;
    }

    Map<String, String> environment(Part part) {
        return part == Part.CONNECT ? connectEnvironment : Map.of();
    }

    /** No secrets. */
    @Override
    public String toString() {
        return parts + " in " + directory;
    }

    /** The settings of {@link Part#SOURCE} or {@link Part#TARGET}, which must be asked for. */
    Postgres postgres(Part part) {
        return Objects.requireNonNull(part == Part.SOURCE ? source : target);
    }

    /**
     * An embedded PostgreSQL. The user becomes its superuser; the database is made at the first start. The password never
     * prints.
     */
    public record Postgres(int port, String database, String user, String password) {

        public Postgres {
            if (database.isEmpty() || user.isEmpty() || password.isEmpty()) {
                throw new IllegalArgumentException(
                        "An embedded PostgreSQL needs a database, a user and a password that are not empty.");
            }
        }

        @Override
        public String toString() {
            return "database " + database + " on port " + port + " as " + user;
        }
    }
}
