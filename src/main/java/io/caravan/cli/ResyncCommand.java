package io.caravan.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravan.bootstrap.TableCopies;
import io.caravan.bootstrap.TableStream;
import io.caravan.pipeline.CopyBean;
import io.caravan.pipeline.Pipeline;
import io.caravan.postgres.TableName;
import io.caravan.run.Terminal;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code resync}: has the running process copy a table again; without one, copies it and leaves its changes to the next run. */
@Command(
        name = "resync",
        description = {"Copies one table again while the rest streams.", "Its dead letters are settled by the copy."},
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:copied",
            "1:not copied; the table is as before, and a process that runs tries again",
            "2:settings or arguments that cannot be used"
        },
        mixinStandardHelpOptions = true)
final class ResyncCommand implements Callable<Integer> {
    private static final ObjectMapper JSON = new ObjectMapper();

    @ParentCommand
    private Caravan caravan;

    @Parameters(paramLabel = "TABLE", description = "schema.table; without a schema: public.")
    private String table;

    @Option(names = "--json", description = "Print the outcome as JSON.")
    private boolean json;

    @Override
    public Integer call() throws Exception {
        try (Stack stack = Stack.attach(caravan.home())) {
            Optional<String> answer = new RunningCaravan(stack.settings(), Terminal::complain)
                    .post("/api/tables/" + encode(table) + "/resync");
            CopyBean.Copied copied = answer.isPresent() ? CopyBean.parse(answer.get()) : alone(stack);
            Terminal.say(json ? JSON.writeValueAsString(copied) : "  " + copied);
            return ExitCode.OK.code();
        }
    }

    private CopyBean.Copied alone(Stack stack) throws Exception {
        try (Pipeline pipeline = new Pipeline(stack.settings(), this::note)) {
            pipeline.startOwnSteps();
            TableCopies copies = pipeline.live(TableStream.NONE).copies();
            TableName name = copies.named(table);
            copies.request(name);
            return CopyBean.copy(copies, name);
        }
    }

    private void note(String note) {
        if (json) {
            Terminal.complain(note);
        } else {
            Terminal.say("    " + note);
        }
    }

    private static String encode(String table) {
        return URLEncoder.encode(table, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
