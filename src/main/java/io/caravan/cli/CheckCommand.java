package io.caravan.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravan.bootstrap.Waiting;
import io.caravan.preflight.Finding;
import io.caravan.preflight.Preflight;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code check}: preflight by itself. */
@Command(
        name = "check",
        description = "Looks for everything that would go wrong and says what to do about it. Changes nothing.",
        mixinStandardHelpOptions = true)
final class CheckCommand implements Callable<Integer> {
    @ParentCommand
    private Caravan caravan;

    @Option(names = "--json", description = "Print the findings as JSON.")
    private boolean json;

    @Override
    public Integer call() throws Exception {
        try (Stack stack = Stack.attach(caravan.home(), line -> {});
                Pipeline pipeline = new Pipeline(stack.settings(), note -> {})) {
            Waiting.answers(stack.settings().source());
            Waiting.answers(stack.settings().target());
            List<Finding> findings = pipeline.preflight.findings();
            if (json) {
                Terminal.say(new ObjectMapper()
                        .writeValueAsString(Map.of("ready", Preflight.areReady(findings), "findings", findings)));
            } else if (findings.isEmpty()) {
                Terminal.say("Ready: nothing is in the way.");
            } else {
                findings.forEach(CheckCommand::print);
            }
            return (Preflight.areReady(findings) ? ExitCode.OK : ExitCode.FAILED).code();
        }
    }

    private static void print(Finding finding) {
        Terminal.say("- " + (finding.warning() ? "Warning: " : "") + finding.problem());
        Terminal.say("  " + finding.remedy());
    }
}
