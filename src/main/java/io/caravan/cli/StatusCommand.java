package io.caravan.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravan.config.Settings;
import io.caravan.status.PipelineStatus;
import io.caravan.status.Severity;
import io.caravan.status.StatusCollector;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code status}: asks the running process; without one, what the databases know. */
@Command(
        name = "status",
        description = {"Shows tables, lag, dead letters, slot, connector.", "Exit code 0 when healthy."},
        mixinStandardHelpOptions = true)
final class StatusCommand implements Callable<Integer> {
    private static final ObjectMapper JSON = new ObjectMapper();

    @ParentCommand
    private Caravan caravan;

    @Option(names = "--json", description = "Print it as JSON.")
    private boolean json;

    @Option(names = "--watch", description = "Show it anew every second until Ctrl-C; with --json, a line each time.")
    private boolean watch;

    @Override
    public Integer call() throws Exception {
        int code = show();
        while (watch) {
            TimeUnit.SECONDS.sleep(1);
            code = show();
        }
        return code;
    }

    private int show() throws Exception {
        Settings settings = caravan.home().settings(Map.of());
        Optional<Map<String, Object>> running = Addresses.ofRunning(settings);
        if (running.isPresent()) {
            settings = caravan.home().settings(Addresses.asSettings(running.get()));
        }
        Optional<String> answer = new RunningCaravan(settings).get("/api/status");
        PipelineStatus status = answer.isPresent()
                ? JSON.readValue(answer.get(), PipelineStatus.class)
                : withoutProcess(settings).collect();
        if (json) {
            Terminal.say(JSON.writeValueAsString(status));
        } else {
            if (watch) {
                Terminal.clear();
            }
            print(status);
        }
        return (status.healthy() ? ExitCode.OK : ExitCode.FAILED).code();
    }

    private static StatusCollector withoutProcess(Settings settings) {
        return new StatusCollector(
                settings.source(),
                settings.target(),
                settings.pipeline(),
                settings.topicPrefix(),
                new io.caravan.postgres.ReplicationSlot(settings.slot()),
                Capture.seenFromOutside(settings),
                RunBeans.limits(settings),
                StatusCollector.Running.NOT,
                Map.of());
    }

    private static void print(PipelineStatus status) {
        Double lag = status.lagSeconds();
        Terminal.say("Pipeline %s: %s, %s"
                .formatted(
                        status.pipeline(),
                        status.state(),
                        status.healthy() ? "healthy (" + status.level() + ")" : "NOT HEALTHY"));
        status.alarms()
                .forEach(alarm -> Terminal.say(
                        (alarm.severity() == Severity.RED ? "  ! red     " : "  ! yellow  ") + alarm.text()));
        Terminal.say("  slot       %s, %,d bytes of WAL behind, %,d kept, %s"
                .formatted(
                        status.slot().name(),
                        status.slot().lagBytes(),
                        status.slot().heldBytes(),
                        status.slot().walStatus()));
        Terminal.say("  connector  %s, %s"
                .formatted(status.connector().name(), status.connector().state()));
        Terminal.say("  lag        " + (lag == null ? "not known yet" : "at most %.1f seconds".formatted(lag)));
        PipelineStatus.Copy copy = status.copy();
        if (copy != null) {
            Terminal.say("  copy       %d of %d tables, %,d rows, %,d MiB"
                    .formatted(copy.tablesDone(), copy.tables(), copy.rows(), copy.bytes() >> 20));
        }
        PipelineStatus.Verified verified = status.verified();
        if (verified != null) {
            Terminal.say("  verified   %s at %s, %,d rows; equal through %s of the source's WAL"
                    .formatted(
                            verified.equal() ? "equal" : "DIFFERENT",
                            verified.at(),
                            verified.rows(),
                            verified.through() == null ? "nothing" : verified.through()));
        }
        Terminal.say("  %-40s %-10s %12s %12s %8s".formatted("table", "state", "copied", "changes", "letters"));
        status.tables()
                .forEach(table -> Terminal.say("  %-40s %-10s %,12d %,12d %8d"
                        .formatted(
                                table.table(),
                                table.state(),
                                table.copiedRows(),
                                table.changes(),
                                table.deadLetters())));
    }
}
