package io.caravan.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravan.bootstrap.Waiting;
import io.caravan.config.Settings;
import io.caravan.pipeline.Pipeline;
import io.caravan.postgres.Catalog;
import io.caravan.postgres.Table;
import io.caravan.preflight.Finding;
import io.caravan.preflight.Preflight;
import io.caravan.run.Counted;
import io.caravan.run.Terminal;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code check}: preflight by itself. */
@Command(
        name = "check",
        description = {"Says what is in the way, and what to do about it.", "Looks at everything and changes nothing."},
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:ready, also with warnings",
            "1:findings, or a database does not answer",
            "2:settings or arguments that cannot be used"
        },
        mixinStandardHelpOptions = true)
final class CheckCommand implements Callable<Integer> {
    @ParentCommand
    private Caravan caravan;

    @Option(names = "--json", description = "Print the findings as JSON.")
    private boolean json;

    /** The JSON of {@code check --json}. */
    private record Report(boolean ready, List<Finding> findings, int tables, long bytes) {}

    @Override
    public Integer call() throws Exception {
        try (Stack stack = Stack.attach(caravan.home());
                Pipeline pipeline = new Pipeline(stack.settings(), note -> {})) {
            Waiting.answers(stack.settings().source());
            Waiting.answers(stack.settings().target());
            List<Finding> findings = pipeline.preflight().findings();
            Collection<Table> tables = tables(stack.settings());
            long bytes = tables.stream().mapToLong(Table::bytes).sum();
            if (json) {
                Terminal.say(new ObjectMapper()
                        .writeValueAsString(new Report(Preflight.areReady(findings), findings, tables.size(), bytes)));
            } else {
                findings.forEach(CheckCommand::print);
                Terminal.say(size(tables.size(), bytes));
                Terminal.say(conclusion(findings));
            }
            return (Preflight.areReady(findings) ? ExitCode.OK : ExitCode.FAILED).code();
        }
    }

    private static Collection<Table> tables(Settings settings) throws SQLException {
        try (Connection connection = settings.source().session()) {
            return Catalog.tables(connection, settings.tables());
        }
    }

    /** What nobody can ask the target's server: whether its disk has room. */
    static String size(int tables, long bytes) {
        return Counted.of(tables, "table") + ", " + bytes / (1 << 20)
                + " MiB on the source without indexes. The target's disk needs that, room for the indexes, and while they are copied"
                + " as much again for WAL; Kafka's needs what changes within the copy.";
    }

    private static void print(Finding finding) {
        Terminal.say("- " + (finding.warning() ? "Warning: " : "") + finding.problem());
        Terminal.say("  " + finding.remedy());
    }

    static String conclusion(List<Finding> findings) {
        if (findings.isEmpty()) {
            return "Ready: nothing is in the way.";
        }
        long warnings = findings.stream().filter(Finding::warning).count();
        List<String> counts = Stream.of(count(findings.size() - warnings, "finding"), count(warnings, "warning"))
                .filter(count -> !count.isEmpty())
                .toList();
        return (Preflight.areReady(findings) ? "Ready, " : "Not ready: ") + String.join(", ", counts) + ".";
    }

    private static String count(long number, String what) {
        return number == 0 ? "" : Counted.of(number, what).toString();
    }
}
