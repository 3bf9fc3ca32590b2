package io.caravan.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class CaravanTest {
    @Test
    void everyCommandThatEndsByItselfCanAnswerAsJson() {
        assertThat(withoutJson(new CommandLine(new Caravan())))
                .containsExactlyInAnyOrder("caravan", "run", "dead-letters", "generate-completion", "help");
    }

    private static List<String> withoutJson(CommandLine command) {
        List<String> names = new ArrayList<>();
        if (!command.getCommandSpec().optionsMap().containsKey("--json")) {
            names.add(command.getCommandName());
        }
        command.getSubcommands().values().forEach(each -> names.addAll(withoutJson(each)));
        return names;
    }

    @Test
    void everyHelpSaysWithWhichCodeTheCommandEndsAndFitsATerminal() {
        new CommandLine(new Caravan()).getSubcommands().forEach((name, command) -> {
            if (command.getCommand().getClass().getName().startsWith("io.caravan") && !name.equals("prepare-source")) {
                assertThat(command.getUsageMessage()).as(name).containsPattern("Exit code");
                assertThat(command.getCommandSpec().usageMessage().description())
                        .as(name)
                        .allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(80));
            }
        });
    }

    @Test
    void theListOfCommandsHasAWholeSentenceInOneLineForEach() {
        CommandLine caravan = new CommandLine(new Caravan());

        assertThat(caravan.getUsageMessage().lines())
                .allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(80));
        caravan.getSubcommands().forEach((name, command) -> {
            if (command.getCommand().getClass().getName().startsWith("io.caravan")) { // picocli has its own
                String first = command.getCommandSpec().usageMessage().description()[0];
                assertThat(first).as(name).endsWith(".");
                assertThat(caravan.getUsageMessage().lines()).as(name).anyMatch(line -> line.endsWith(" " + first));
            }
        });
    }
}
