package io.caravan.cli;

import io.caravan.bootstrap.TableCopies;
import io.caravan.bootstrap.TableStream;
import io.caravan.postgres.TableName;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code resync}: has the running process copy a table again; without one, copies it and leaves its changes to the next run. */
@Command(
        name = "resync",
        description = {"Copies one table again while the rest streams.", "Its dead letters are settled by the copy."},
        mixinStandardHelpOptions = true)
final class ResyncCommand implements Callable<Integer> {
    @ParentCommand
    private Caravan caravan;

    @Parameters(paramLabel = "TABLE", description = "schema.table; without a schema: public.")
    private String table;

    @Override
    public Integer call() throws Exception {
        try (Stack stack = Stack.attach(caravan.home())) {
            Optional<String> answer = new RunningCaravan(stack.settings(), Terminal::complain)
                    .post("/api/tables/" + encode(table) + "/resync");
            Terminal.say("  " + (answer.isPresent() ? CopyBean.parse(answer.get()) : alone(stack, table)));
            return ExitCode.OK.code();
        }
    }

    private static CopyBean.Copied alone(Stack stack, String table) throws Exception {
        try (Pipeline pipeline = new Pipeline(stack.settings(), note -> Terminal.say("    " + note))) {
            pipeline.cutoverMark().requireNone("copying a table again");
            pipeline.startOwnSteps();
            TableCopies copies = pipeline.tableCopies(TableStream.NONE);
            TableName name = copies.named(table);
            copies.request(name);
            return CopyBean.copy(copies, name);
        }
    }

    private static String encode(String table) {
        return URLEncoder.encode(table, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
