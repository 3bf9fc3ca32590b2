package io.caravan.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravan.apply.Letter;
import io.caravan.apply.LetterSelection;
import io.caravan.apply.Letters;
import io.caravan.apply.Replay;
import io.caravan.config.Part;
import io.caravan.pipeline.Replaying;
import io.caravan.postgres.TableName;
import io.caravan.run.Terminal;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code dead-letters}: what the target rejected, and what waits behind it. Works on the target, whether a process runs or not. */
@Command(
        name = "dead-letters",
        description = {
            "Lists, shows, replays, discards what was rejected.",
            "Each is a change that the target did not take, or one that waits behind it."
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:listed, shown, all replayed, discarded",
            "1:no such letter, refused again, not confirmed, or the target is away",
            "2:settings or arguments that cannot be used"
        },
        subcommands = {
            DeadLettersCommand.ListThem.class,
            DeadLettersCommand.Show.class,
            DeadLettersCommand.ReplayThem.class,
            DeadLettersCommand.Discard.class
        },
        mixinStandardHelpOptions = true)
final class DeadLettersCommand implements Callable<Integer> {
    private static final ObjectMapper JSON = new ObjectMapper();

    @ParentCommand
    private Caravan caravan;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        throw new CommandLine.ParameterException(spec.commandLine(), "Say list, show, replay or discard.");
    }

    private interface Work {
        ExitCode with(Replaying replaying) throws Exception;
    }

    private int withTarget(Work work) throws Exception {
        try (Stack stack = Stack.attach(caravan.home(), Set.of(Part.TARGET));
                Replaying replaying = new Replaying(stack.settings())) {
            return work.with(replaying).code();
        }
    }

    /** Which letters: one of the three. */
    static final class Selection {
        @Parameters(paramLabel = "ID", arity = "0..*", description = "Letters by their ids.")
        private @Nullable Set<Long> ids;

        @Option(
                names = "--table",
                paramLabel = "SCHEMA.TABLE",
                description = "All that wait of this table; without a schema: public.")
        private @Nullable String table;

        @Option(names = "--all", description = "All that wait.")
        private boolean all;

        @Spec(Spec.Target.MIXEE)
        private CommandSpec spec;

        LetterSelection letters() {
            try {
                return new LetterSelection(ids, table, all);
            } catch (IllegalArgumentException e) {
                throw new CommandLine.ParameterException(
                        spec.commandLine(), "Say which letters: their ids, or --table, or --all.", e);
            }
        }
    }

    /** {@code dead-letters list}. */
    @Command(
            name = "list",
            description = "Lists the letters that wait.",
            exitCodeListHeading = "%nExit codes:%n",
            exitCodeList = {
                "0:listed, also when none waits",
                "1:the target does not answer",
                "2:settings or arguments that cannot be used"
            },
            mixinStandardHelpOptions = true)
    static final class ListThem implements Callable<Integer> {
        @ParentCommand
        private DeadLettersCommand parent;

        @Option(
                names = "--table",
                paramLabel = "SCHEMA.TABLE",
                description = "Only those of this table; without a schema: public.")
        private @Nullable String table;

        @Option(names = "--settled", description = "Also those that were replayed, discarded or superseded.")
        private boolean settled;

        @Option(names = "--json", description = "Print them as JSON.")
        private boolean json;

        private @Nullable String named() {
            return table == null ? null : TableName.of(table).toString();
        }

        @Override
        public Integer call() throws Exception {
            return parent.withTarget(target -> {
                List<Letter> letters = target.letters().list(Set.of(), named(), settled, Integer.MAX_VALUE);
                Terminal.say(json ? JSON.writeValueAsString(letters) : LetterText.list(letters));
                return ExitCode.OK;
            });
        }
    }

    /** {@code dead-letters show}. */
    @Command(
            name = "show",
            description = "Shows a letter: why, the row, and what waits with it.",
            exitCodeListHeading = "%nExit codes:%n",
            exitCodeList = {
                "0:shown",
                "1:no such letter, or the target does not answer",
                "2:settings or arguments that cannot be used"
            },
            mixinStandardHelpOptions = true)
    static final class Show implements Callable<Integer> {
        @ParentCommand
        private DeadLettersCommand parent;

        @Parameters(paramLabel = "ID", description = "The letter's id.")
        private long id;

        @Option(names = "--json", description = "Print it as JSON.")
        private boolean json;

        @Override
        public Integer call() throws Exception {
            return parent.withTarget(target -> {
                List<Letter> found = target.letters().list(Set.of(id), null, true, 1);
                if (found.isEmpty()) {
                    throw new IllegalStateException(
                            "There is no dead letter " + id + ". 'dead-letters list' names those that wait.");
                }
                Letter letter = found.get(0);
                Terminal.say(
                        json
                                ? JSON.writeValueAsString(letter)
                                : LetterText.show(letter, target.letters().chain(letter)));
                return ExitCode.OK;
            });
        }
    }

    /** {@code dead-letters replay}. */
    @Command(
            name = "replay",
            description = {"Applies letters after the target was mended,", "each with all that waits for the same row."
            },
            exitCodeListHeading = "%nExit codes:%n",
            exitCodeList = {
                "0:all replayed",
                "1:some were refused again, and wait as before; none such waits; or the target is away",
                "2:settings or arguments that cannot be used"
            },
            mixinStandardHelpOptions = true)
    static final class ReplayThem implements Callable<Integer> {
        @ParentCommand
        private DeadLettersCommand parent;

        @Mixin
        private Selection selection;

        @Option(names = "--json", description = "Print the outcome as JSON.")
        private boolean json;

        @Override
        public Integer call() throws Exception {
            LetterSelection chosen = selection.letters();
            return parent.withTarget(target -> {
                List<Replay.Outcome> outcomes = target.replay(chosen);
                Terminal.say(json ? JSON.writeValueAsString(outcomes) : LetterText.outcomes(chosen, outcomes));
                boolean done = !outcomes.isEmpty()
                        && outcomes.stream().allMatch(each -> each.refused().isEmpty());
                return done || (outcomes.isEmpty() && chosen.ids().isEmpty()) ? ExitCode.OK : ExitCode.FAILED;
            });
        }
    }

    /** {@code dead-letters discard}. */
    @Command(
            name = "discard",
            description = {"Gives the changes of letters up, for good.", "What waits behind them goes on waiting."},
            exitCodeListHeading = "%nExit codes:%n",
            exitCodeList = {
                "0:discarded",
                "1:not confirmed, none such waits, or the target does not answer",
                "2:settings or arguments that cannot be used"
            },
            mixinStandardHelpOptions = true)
    static final class Discard implements Callable<Integer> {
        private static final String QUESTION = "Discard them? Their changes will be missing in the target. (yes/no)";

        @ParentCommand
        private DeadLettersCommand parent;

        @Mixin
        private Selection selection;

        @Option(names = "--yes", description = "Do not ask.")
        private boolean yes;

        @Option(names = "--json", description = "Print how many were discarded as JSON.")
        private boolean json;

        /** The JSON of {@code discard --json}. */
        private record Discarded(int discarded, int waiting) {}

        @Override
        public Integer call() throws Exception {
            LetterSelection chosen = selection.letters();
            return parent.withTarget(target -> {
                Letters letters = target.letters();
                List<Letter> waiting = letters.waiting(chosen);
                if (waiting.isEmpty() && !chosen.ids().isEmpty()) {
                    throw new IllegalStateException("None of " + chosen + " waits.");
                }
                tell(waiting.isEmpty() ? "None of " + chosen + " waits." : LetterText.list(waiting));
                if (!waiting.isEmpty() && !yes && !Terminal.confirms(QUESTION)) {
                    throw new IllegalStateException("Nothing was discarded. Answer yes, or give --yes.");
                }
                int discarded = waiting.isEmpty() ? 0 : letters.discard(chosen);
                List<Letter> left = letters.list(Set.of(), chosen.table(), false, Integer.MAX_VALUE);
                if (json) {
                    Terminal.say(JSON.writeValueAsString(new Discarded(discarded, left.size())));
                } else if (!waiting.isEmpty()) {
                    Terminal.say("Discarded: %d. %s".formatted(discarded, LetterText.left(left)));
                }
                return ExitCode.OK;
            });
        }

        /** What the question is about; not among what a program reads. */
        private void tell(String letters) {
            if (json) {
                Terminal.complain(letters);
            } else {
                Terminal.say(letters);
            }
        }
    }
}
