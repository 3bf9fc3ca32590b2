package io.caravan.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravan.config.Settings;
import io.caravan.guard.EvidenceStore;
import io.caravan.postgres.Catalog;
import io.caravan.postgres.Table;
import io.caravan.verify.Barrier;
import io.caravan.verify.Verification;
import io.caravan.verify.VerificationReport;
import java.sql.Connection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code verify}: has the running process compare at a barrier; without one, compares the databases as they are. */
@Command(
        name = "verify",
        description = "Compares source and target, row by row, while both run. Exit code 0 when equal.",
        mixinStandardHelpOptions = true)
final class VerifyCommand implements Callable<Integer> {
    private static final ObjectMapper JSON = new ObjectMapper();

    @ParentCommand
    private Caravan caravan;

    @Option(names = "--json", description = "Print the result as JSON.")
    private boolean json;

    @Override
    public Integer call() throws Exception {
        try (Stack stack = Stack.attach(caravan.home(), line -> {})) {
            Optional<String> answer = new RunningCaravan(stack.settings()).post("/api/verify");
            VerificationReport report = answer.isPresent()
                    ? JSON.readValue(answer.get(), VerificationReport.class)
                    : asTheyAre(stack.settings());
            if (json) {
                Terminal.say(JSON.writeValueAsString(report));
            } else {
                if (!report.atBarrier()) {
                    Terminal.say(
                            "No Caravan process of this pipeline is running: the databases are compared as they are,"
                                    + " and changes that are not applied yet count as differences.");
                }
                Terminal.say(VerifyBean.lines(report));
            }
            return (report.equal() ? ExitCode.OK : ExitCode.FAILED).code();
        }
    }

    private static VerificationReport asTheyAre(Settings settings) throws Exception {
        List<Table> tables;
        try (Connection connection = settings.source().connect()) {
            tables = Catalog.tables(connection, settings.tables());
        }
        VerificationReport report =
                new Verification(settings.source(), settings.target(), settings.pipeline(), Barrier.NONE).run(tables);
        return VerifyBean.marked(report, new EvidenceStore(settings.target(), settings.pipeline()).gaps());
    }
}
