package io.caravan.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravan.bootstrap.Readers;
import io.caravan.bootstrap.Reset;
import io.caravan.config.Settings;
import io.caravan.pipeline.Pipeline;
import io.caravan.run.Terminal;
import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code reset}: takes a pipeline away, so that the next run begins anew. */
@Command(
        name = "reset",
        description = {
            "Takes the pipeline away, so that a run begins anew.",
            "Removes connector and its offsets, slot, publication, topics and Caravan's",
            "state in the target. Refuses while a process of the pipeline runs. It leaves",
            "the copied rows: without --target-data the next run says that the target is",
            "not empty, and copies nothing until its tables are gone."
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:removed",
            "1:refused, not confirmed, or cut off; run it again",
            "2:settings or arguments that cannot be used"
        },
        mixinStandardHelpOptions = true)
final class ResetCommand implements Callable<Integer> {
    @ParentCommand
    private Caravan caravan;

    @Option(names = "--yes", description = "Do not ask.")
    private boolean yes;

    @Option(names = "--json", description = "Print what was removed as JSON.")
    private boolean json;

    @Option(names = "--target-data", description = "Also drop the replicated tables from the target.")
    private boolean targetData;

    @Override
    public Integer call() throws Exception {
        try (Stack stack = Stack.attach(caravan.home())) {
            Settings settings = stack.settings();
            if (stack.running()
                    || new RunningCaravan(settings, Terminal::complain).status().isPresent()) {
                throw new IllegalStateException("A Caravan process of this pipeline is running. Stop it first.");
            }
            try (Pipeline pipeline = new Pipeline(settings, note -> {})) {
                requireNoReaders(pipeline.readers());
                Reset reset = pipeline.reset();
                List<String> takenAlong = List.of();
                if (targetData) {
                    requireOurs(settings, pipeline);
                    takenAlong = reset.takenAlong();
                    tell(takenAlong);
                }
                if (!yes && !confirmed(settings)) {
                    throw new IllegalStateException("Nothing was removed. Answer yes, or give --yes.");
                }
                if (targetData) {
                    requireOurs(settings, pipeline); // still, however long the answer took
                }
                run(reset, takenAlong);
            }
            return ExitCode.OK.code();
        }
    }

    /** The process may run on another machine, or answer at another port than these settings name. */
    private static void requireNoReaders(Readers readers) throws ExecutionException, InterruptedException {
        List<String> hosts = readers.thatStay();
        if (!hosts.isEmpty()) {
            throw new IllegalStateException("A Caravan process of this pipeline is running: its consumer group "
                    + readers.group() + " has a member at " + String.join(", ", hosts) + ". Stop it first.");
        }
    }

    private void run(Reset reset, List<String> takenAlong) throws Exception {
        List<String> removed = new ArrayList<>();
        reset.run(targetData, done -> {
            removed.add(done);
            if (!json) {
                Terminal.say("  " + done);
            }
        });
        if (json) {
            Terminal.say(new ObjectMapper()
                    .writeValueAsString(new TreeMap<>(Map.of("removed", removed, "takenAlong", takenAlong))));
        }
    }

    /** Before the question, and not among what a program reads. */
    private static void tell(List<String> takenAlong) {
        if (!takenAlong.isEmpty()) {
            Terminal.complain(
                    "With the target's tables goes what depends on them there (DROP TABLE … CASCADE). A run makes again only"
                            + " what it copied; keep the rest by a dump of the schema:");
            takenAlong.forEach(each -> Terminal.complain("  " + each));
        }
    }

    /** After a cut-over the target's tables are the applications', and without any state nothing tells whose they are. */
    private static void requireOurs(Settings settings, Pipeline pipeline) throws SQLException, InterruptedException {
        String leaveOut =
                " Leave out --target-data: all else is removed without it. Drop the tables by hand, should they really go.";
        if (!pipeline.state().cutOver().isEmpty()) {
            throw new IllegalStateException("Pipeline " + settings.pipeline()
                    + " was cut over: the target's tables are the applications' now." + leaveOut);
        }
        pipeline.cutoverMark().requireNone("dropping tables");
    }

    private boolean confirmed(Settings settings) throws IOException {
        return Terminal.confirms("Remove pipeline %s between %s and %s%s? (yes/no)"
                .formatted(
                        settings.pipeline(),
                        settings.source().url(),
                        settings.target().url(),
                        targetData ? ", with the target's tables and their rows" : ""));
    }
}
