package io.caravan.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravan.config.Part;
import io.caravan.config.Settings;
import io.caravan.config.SettingsReader;
import io.caravan.postgres.Database;
import io.caravan.preflight.SourcePreparation;
import io.caravan.run.Terminal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code prepare-source}: gives Caravan's role on the source the least rights that it needs. */
@Command(
        name = "prepare-source",
        description = {
            "Makes Caravan's role and publication on the source.",
            "The role is caravan.source.user; it gets the least rights that it needs.",
            "Run by an administrator; again and again without harm, and again when tables have come."
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:done, or nothing was left to do",
            "1:refused, or the source does not answer",
            "2:settings or arguments that cannot be used"
        },
        mixinStandardHelpOptions = true)
final class PrepareSourceCommand implements Callable<Integer> {
    @ParentCommand
    private Caravan caravan;

    @Option(names = "--sql", description = "Print the statements for psql and change nothing.")
    private boolean sql;

    @Option(
            names = "--admin",
            paramLabel = "USER",
            defaultValue = "postgres",
            description = "Who does it: ${DEFAULT-VALUE}.")
    private String administrator;

    @Option(
            names = "--admin-password-file",
            paramLabel = "FILE",
            description = "Where the first line is that user's password. Without it, it is asked for.")
    private @Nullable Path passwordFile;

    @Option(names = "--json", description = "Print what was changed as JSON.")
    private boolean json;

    @Override
    public Integer call() throws Exception {
        Settings settings = caravan.home().settings(Map.of());
        if (sql) {
            Terminal.say(preparation(settings).script());
            return ExitCode.OK.code();
        }
        if (!settings.embedded().parts().contains(Part.SOURCE)) {
            return run(settings);
        }
        try (Stack stack = Stack.attach(caravan.home(), EnumSet.of(Part.SOURCE))) {
            return run(stack.settings());
        }
    }

    private static SourcePreparation preparation(Settings settings) {
        return new SourcePreparation(
                settings.source(),
                settings.publication(),
                settings.tables(),
                !SettingsReader.isDefault(
                        "caravan.source.password", settings.source().password()));
    }

    private int run(Settings settings) throws Exception {
        Database asAdministrator =
                new Database("source", settings.source().url(), administrator, password(settings.source()));
        List<String> changed = preparation(settings).run(asAdministrator);
        if (json) {
            Terminal.say(new ObjectMapper().writeValueAsString(Map.of("changed", changed)));
        } else {
            Summary.ofStatements(changed).forEach(each -> Terminal.say("  " + each));
            Terminal.say(
                    changed.isEmpty() ? "Nothing was left to do." : "Prepared. 'check' says what else is in the way.");
        }
        return ExitCode.OK.code();
    }

    private String password(Database source) throws IOException {
        if (passwordFile != null) {
            return Files.readAllLines(passwordFile).get(0);
        }
        if (administrator.equals(source.user())) {
            return source.password();
        }
        String answer = Terminal.askSecret("Password of " + administrator + ": ");
        if (answer == null) {
            throw new IOException("There is no terminal to ask for the password of " + administrator
                    + ". Give --admin-password-file, or use --sql and psql.");
        }
        return answer;
    }
}
