package io.caravan.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravan.config.Part;
import io.caravan.config.Settings;
import io.caravan.cutover.SequencePosition;
import io.caravan.cutover.SequencePosition.Outcome;
import io.caravan.cutover.Sequences;
import io.caravan.run.Terminal;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code sequences}: sets the target's sequences to where the source's are now. */
@Command(
        name = "sequences",
        description = {
            "Sets the target's sequences to the source's values.",
            "None that has given out values of its own is set back. cutover does it too."
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:all are set, or were",
            "1:one could not be set, or a database does not answer",
            "2:settings or arguments that cannot be used"
        },
        mixinStandardHelpOptions = true)
final class SequencesCommand implements Callable<Integer> {
    private static final ObjectMapper JSON = new ObjectMapper();

    @ParentCommand
    private Caravan caravan;

    @Option(names = "--json", description = "Print them as JSON.")
    private boolean json;

    @Override
    public Integer call() throws Exception {
        try (Stack stack = Stack.attach(caravan.home(), EnumSet.of(Part.SOURCE, Part.TARGET))) {
            Settings settings = stack.settings();
            List<SequencePosition> positions =
                    new Sequences(settings.source(), settings.target()).set(CutoverCommand.tables(settings));
            if (json) {
                Terminal.say(JSON.writeValueAsString(positions));
            } else {
                Summary.ofSequences(positions).forEach(each -> Terminal.say("  " + each));
            }
            boolean failed = positions.stream().anyMatch(position -> position.outcome() == Outcome.FAILED);
            return (failed ? ExitCode.FAILED : ExitCode.OK).code();
        }
    }
}
