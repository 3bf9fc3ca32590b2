package io.caravan.cli;

import io.caravan.config.Home;
import io.caravan.config.SettingsException;
import io.caravan.pipeline.FailureText;
import io.caravan.run.Terminal;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command line: parses it, runs the command, turns failures into a message and an exit code. */
@Command(
        name = "caravan",
        description = "Copies a live PostgreSQL database into another one and keeps the copy current.",
        footer = {"", "Without a command: run. Settings: application.properties, or the environment."},
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:done, healthy, equal",
            "1:failed, not healthy, different",
            "2:settings or arguments that cannot be used"
        },
        versionProvider = Caravan.Version.class,
        mixinStandardHelpOptions = true)
public final class Caravan implements Callable<Integer> {

    private static final String JSON = "--json";

    private static final Set<String> TELLING_OF_OTHERS = Set.of("help", "generate-completion");

    /** In the order of the help. */
    private static final Map<String, Class<?>> COMMANDS = commands(
            RunCommand.class,
            CheckCommand.class,
            StatusCommand.class,
            VerifyCommand.class,
            DeadLettersCommand.class,
            CutoverCommand.class,
            SequencesCommand.class,
            ResyncCommand.class,
            PrepareSourceCommand.class,
            ResetCommand.class,
            AutoComplete.GenerateCompletion.class,
            CommandLine.HelpCommand.class);

    @Option(
            names = "--config",
            paramLabel = "FILE",
            scope = CommandLine.ScopeType.INHERIT,
            description = "The properties file; else application.properties here or beside the jar's folder.")
    private @Nullable Path config;

    /** Runs the command and returns the exit code. */
    public static int execute(String... args) {
        CommandLine commandLine = commandLine(args);
        CommandLine.IParameterExceptionHandler toPeople = commandLine.getParameterExceptionHandler();
        return commandLine
                .setParameterExceptionHandler((failure, given) -> {
                    if (List.of(given).contains(JSON)) {
                        Terminal.sayError(String.valueOf(failure.getMessage()));
                    }
                    return toPeople.handleParseException(failure, given);
                })
                .setExecutionExceptionHandler((failure, command, parsed) ->
                        report(failure, command.getCommandSpec().qualifiedName(), isForProgram(parsed)))
                .setExitCodeExceptionMapper(failure -> ExitCode.BAD_SETTINGS.code())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .execute(args);
    }

    private static Map<String, Class<?>> commands(Class<?>... classes) {
        Map<String, Class<?>> commands = new LinkedHashMap<>();
        for (Class<?> each : classes) {
            commands.put(each.getAnnotation(Command.class).name(), each);
        }
        return commands;
    }

    /**
     * Knows only the command that the arguments begin with, since picocli reads the annotations of each, 0.15 s for all. Knows all of
     * them when the arguments begin with something else, or with a command that lists the others.
     */
    static CommandLine commandLine(String... arguments) {
        int first = 0;
        while (first < arguments.length && arguments[first].startsWith("--config")) {
            first += arguments[first].contains("=") ? 1 : 2;
        }
        CommandLine commandLine = new CommandLine(new Caravan());
        if (first >= arguments.length) {
            return commandLine; // it runs the pipeline itself
        }
        Class<?> one = TELLING_OF_OTHERS.contains(arguments[first]) ? null : COMMANDS.get(arguments[first]);
        (one == null ? COMMANDS.values() : List.of(one)).forEach(commandLine::addSubcommand);
        return commandLine;
    }

    private static boolean isForProgram(CommandLine.ParseResult parsed) {
        CommandLine.ParseResult innermost = parsed;
        while (innermost.hasSubcommand()) {
            innermost = innermost.subcommand();
        }
        return innermost.hasMatchedOption(JSON);
    }

    private static int report(Exception failure, String command, boolean json) {
        note(failure, command);
        Terminal.complain(failure, json);
        return (failure instanceof SettingsException ? ExitCode.BAD_SETTINGS : ExitCode.FAILED).code();
    }

    /** A command writes into the log of the process that runs; only what ends that one is an error there. */
    private static void note(Exception failure, String command) {
        Logger log = LoggerFactory.getLogger(Caravan.class);
        if (Set.of("caravan", "caravan run").contains(command)) {
            log.error("The command failed", failure);
            return;
        }
        log.info("{} failed: {}", command, FailureText.message(failure).replaceAll("\\s*\\R\\s*", " "));
        log.debug("The command failed", failure);
    }

    @Override
    public Integer call() throws Exception {
        return RunCommand.run(home());
    }

    Home home() throws SettingsException {
        return Home.find(config);
    }

    static final class Version implements CommandLine.IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = Caravan.class.getPackage().getImplementationVersion();
            return new String[] {"Caravan " + (version == null ? "(not packaged)" : version)};
        }
    }
}
