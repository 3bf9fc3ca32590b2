package io.caravan.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravan.config.Part;
import io.caravan.config.Settings;
import io.caravan.guard.EvidenceStore;
import io.caravan.pipeline.Pipeline;
import io.caravan.postgres.Catalog;
import io.caravan.postgres.Table;
import io.caravan.run.Terminal;
import io.caravan.run.VerificationText;
import io.caravan.run.VerifyBean;
import io.caravan.verify.Barrier;
import io.caravan.verify.VerificationReport;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code verify}: has the running process compare at a barrier; without one, compares the databases as they are. */
@Command(
        name = "verify",
        description = {"Compares source and target while both run.", "Row by row."},
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:equal",
            "1:different, or the comparison could not be made",
            "2:settings or arguments that cannot be used",
            "130, 143:--every was ended by Ctrl-C, SIGTERM"
        },
        mixinStandardHelpOptions = true)
final class VerifyCommand implements Callable<Integer> {
    private static final ObjectMapper JSON = new ObjectMapper();

    @ParentCommand
    private Caravan caravan;

    @Spec
    private CommandLine.Model.CommandSpec spec;

    @Option(names = "--json", description = "Print the result as JSON.")
    private boolean json;

    @Option(
            names = "--table",
            paramLabel = "TABLE",
            description =
                    "Only this table (without a schema: public), or those that a pattern such as shop.* matches; can be repeated.")
    private List<String> only = List.of();

    @Option(
            names = "--live",
            description =
                    "Only at a barrier of the running process, as is done anyway while one runs; an error when none does.")
    private boolean live;

    @Option(
            names = "--repair",
            description = "Copy the rows that differ, each exactly, while their changes stream; then compare again.")
    private boolean repair;

    @Option(
            names = "--every",
            paramLabel = "TIME",
            description =
                    "Go on comparing: 30s, 10m or 1h after each comparison the next one, until Ctrl-C. Only the first may fail.")
    private @Nullable String every;

    @Override
    public Integer call() throws Exception {
        return every == null ? compare() : Repeatedly.run(this::compare, pause(every), json);
    }

    private Duration pause(String text) {
        if (!text.matches("[1-9]\\d{0,5}[smhSMH]")) {
            throw new CommandLine.ParameterException(
                    spec.commandLine(), "--every is '" + text + "'; use a number and s, m or h, such as 1h.");
        }
        return Duration.parse("PT" + text.toUpperCase(Locale.ROOT));
    }

    private int compare() throws Exception {
        try (Stack stack = Stack.attach(caravan.home(), EnumSet.of(Part.SOURCE, Part.TARGET))) {
            RunningCaravan running = new RunningCaravan(stack.settings(), Terminal::complain);
            Optional<String> answer = running.post(
                    "/api/verify?tables=" + URLEncoder.encode(String.join(",", only), StandardCharsets.UTF_8)
                            + (repair ? "&repair=true" : ""));
            if (answer.isEmpty() && (live || repair)) {
                throw new IOException(running.absence() + " Only a stream that is held for a moment can be compared"
                        + " exactly, and rows be copied into it.");
            }
            VerificationReport report = answer.isPresent()
                    ? JSON.readValue(answer.get(), VerificationReport.class)
                    : asTheyAre(stack.settings());
            if (json) {
                Terminal.say(JSON.writeValueAsString(report));
            } else {
                if (!report.atBarrier()) {
                    Terminal.say(
                            "No Caravan process of this pipeline is running: the databases are compared as they are,"
                                    + " and changes that are not applied yet count as differences, which 'status'"
                                    + " does not keep.");
                }
                if (every != null) {
                    Terminal.say(Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
                }
                Terminal.say(VerificationText.of(report));
            }
            return (report.equal() ? ExitCode.OK : ExitCode.FAILED).code();
        }
    }

    private VerificationReport asTheyAre(Settings settings) throws Exception {
        List<Table> tables;
        try (Connection connection = settings.source().connect()) {
            tables = Catalog.tables(connection, settings.tables());
        }
        VerificationReport report;
        try (Pipeline pipeline = new Pipeline(settings, note -> {})) {
            pipeline.startOwnSteps();
            report = pipeline.verification(Barrier.NONE, note -> Terminal.complain("  " + note))
                    .run(VerifyBean.chosen(tables, String.join(",", only)), null);
        }
        return VerifyBean.marked(report, new EvidenceStore(settings.target(), settings.pipeline()).gaps());
    }
}
