package io.caravan.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravan.config.Settings;
import io.caravan.pipeline.Capture;
import io.caravan.run.Addresses;
import io.caravan.run.RunBeans;
import io.caravan.run.Terminal;
import io.caravan.status.PipelineStatus;
import io.caravan.status.StatusCollector;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code status}: asks the running process; without one, what the databases know. */
@Command(
        name = "status",
        description = "Shows tables, lag, dead letters, slot, connector.",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:healthy, also with yellow alarms",
            "1:something is red, or it could not be asked",
            "2:settings or arguments that cannot be used",
            "130, 143:--watch was ended by Ctrl-C, SIGTERM"
        },
        mixinStandardHelpOptions = true)
final class StatusCommand implements Callable<Integer> {
    private static final ObjectMapper JSON = new ObjectMapper();
    /** Where the screen's height is not known; with more, head and alarms would leave most of them each time that it is drawn. */
    private static final int WATCHED_TABLES = 25;

    @ParentCommand
    private Caravan caravan;

    @Option(names = "--json", description = "Print it as JSON.")
    private boolean json;

    @Option(
            names = "--watch",
            description =
                    "Show it anew every second until Ctrl-C, as much as the screen holds; with --json, a line each time.")
    private boolean watch;

    @Override
    public Integer call() throws Exception {
        return watch ? Repeatedly.run(this::show, Duration.ofSeconds(1), json) : show();
    }

    private int show() throws Exception {
        Settings settings = caravan.home().settings(Map.of());
        Optional<Map<String, Object>> running = Addresses.ofRunning(settings);
        if (running.isPresent()) {
            settings = caravan.home().settings(Addresses.asSettings(running.get()));
        }
        Optional<String> answer = new RunningCaravan(settings, Terminal::complain).status();
        PipelineStatus status = answer.isPresent()
                ? JSON.readValue(answer.get(), PipelineStatus.class)
                : withoutProcess(settings).collect();
        if (json) {
            Terminal.say(JSON.writeValueAsString(status));
        } else {
            if (watch) {
                Terminal.clear();
            }
            StatusText text = new StatusText(status);
            (watch ? watched(text) : text.lines()).forEach(Terminal::say);
        }
        return (status.healthy() ? ExitCode.OK : ExitCode.FAILED).code();
    }

    private static List<String> watched(StatusText text) throws InterruptedException {
        Optional<Screen> screen = Screen.now();
        return screen.isPresent() ? text.lines(screen.get()) : text.lines(WATCHED_TABLES);
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
}
