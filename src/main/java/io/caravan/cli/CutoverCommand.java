package io.caravan.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravan.config.Settings;
import io.caravan.cutover.Cutover;
import io.caravan.cutover.CutoverLock;
import io.caravan.cutover.CutoverReport;
import io.caravan.pipeline.Pipeline;
import io.caravan.postgres.Catalog;
import io.caravan.postgres.SessionLock;
import io.caravan.postgres.Table;
import io.caravan.postgres.TableName;
import io.caravan.run.Terminal;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code cutover}: is the target ready to be written to? With {@code --finish}, ends the pipeline. */
@Command(
        name = "cutover",
        description = {
            "Says whether applications may move to the target.",
            "Leave 'run' on and stop whoever writes to the source first. Checks that",
            "nobody writes there and that the target has all of it, constraints and",
            "triggers too, sets the target's sequences and validates its constraints.",
            "Can be repeated."
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:applications may be pointed to the target; with --finish: the pipeline has ended",
            "1:something is in the way; nothing is lost, it can be repeated",
            "2:settings or arguments that cannot be used"
        },
        mixinStandardHelpOptions = true)
final class CutoverCommand implements Callable<Integer> {
    private static final ObjectMapper JSON = new ObjectMapper();

    @ParentCommand
    private Caravan caravan;

    @Option(
            names = "--finish",
            description = "When all is well, remove connector and slot. Nothing can be copied after that.")
    private boolean finish;

    @Option(
            names = "--reverse-slot",
            description =
                    "Make publication and slot on the target, so that a pipeline back can begin where applications began to write.")
    private boolean reverseSlot;

    @Option(
            names = "--accept-missing",
            description =
                    "Be ready although the target lacks constraints, defaults, triggers or unique indexes of the source; the report lists them.")
    private boolean acceptMissing;

    @Option(names = "--json", description = "Print the report as JSON.")
    private boolean json;

    @Override
    @SuppressWarnings("try") // the lock is only held
    public Integer call() throws Exception {
        try (Stack stack = Stack.attach(caravan.home());
                Pipeline pipeline = new Pipeline(stack.settings(), note -> {});
                SessionLock onlyOne = CutoverLock.take(
                        stack.settings().target(), stack.settings().pipeline())) {
            CutoverReport report =
                    cutover(stack.settings(), pipeline, acceptMissing).run(reverseSlot, finish);
            if (json) {
                Terminal.say(JSON.writeValueAsString(report));
            } else {
                print(report);
            }
            return (report.isDone() ? ExitCode.OK : ExitCode.FAILED).code();
        }
    }

    private static Cutover cutover(Settings settings, Pipeline pipeline, boolean acceptMissing) throws SQLException {
        List<TableName> tables = tables(settings);
        return new Cutover(
                new RunningStream(pipeline, new RunningCaravan(settings, ofAnother -> {}), tables),
                pipeline.end(tables),
                settings.source(),
                settings.target(),
                tables,
                acceptMissing);
    }

    static List<TableName> tables(Settings settings) throws SQLException {
        try (Connection connection = settings.source().connect()) {
            return Catalog.tables(connection, settings.tables()).stream()
                    .map(Table::name)
                    .toList();
        }
    }

    private static void print(CutoverReport report) {
        report.checks().forEach(check -> {
            Terminal.say("  %s %-12s %s".formatted(check.done() ? "ok" : " !", check.name(), check.message()));
            // hundreds of tables may be written to; statements that are to be run are each needed
            (check.name().equals("writers") ? Summary.ofStatements(check.details()) : check.details())
                    .forEach(detail -> Terminal.say("                   " + detail));
        });
        report.notes().forEach(note -> Terminal.say("   - " + note));
        Terminal.say(
                switch (report.state()) {
                    case "ready" ->
                        "READY FOR CUT-OVER: point the applications to the target, then 'cutover --finish'.";
                    case "finished" -> "FINISHED: the target is on its own.";
                    default -> "NOT READY: mend what is marked with !, then run cutover again.";
                });
    }
}
