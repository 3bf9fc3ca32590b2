package io.caravan.cli;

import io.caravan.config.Home;
import io.caravan.config.Settings;
import io.caravan.pipeline.FailureText;
import io.caravan.run.Addresses;
import io.caravan.run.Application;
import io.caravan.run.RunState;
import io.caravan.run.Terminal;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParentCommand;

/** {@code run}: sets the pipeline up, or goes on with it, and streams until it is stopped. */
@Command(
        name = "run",
        description = {
            "Sets up or resumes, and streams until stopped (Ctrl-C).",
            "A line that begins with READY says that it streams. Run it again at any time."
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:stopped by Ctrl-C or SIGTERM",
            "1:a step of the set-up failed; what was done is kept for the next run",
            "2:settings or arguments that cannot be used",
            "130, 143:not everything stopped within 40 seconds after Ctrl-C, SIGTERM"
        },
        mixinStandardHelpOptions = true)
final class RunCommand implements Callable<Integer> {
    @ParentCommand
    private Caravan caravan;

    @Override
    public Integer call() throws Exception {
        return run(caravan.home());
    }

    static int run(Home home) throws Exception {
        CountDownLatch stopped = new CountDownLatch(1);
        Shutdown shutdown = Shutdown.install(stopped);
        Terminal.say("Caravan: settings from " + home.configFile());
        try (Stack stack = Stack.start(home, line -> Terminal.say("  " + line))) {
            Addresses.starting(stack.settings());
            return stream(stack.settings(), shutdown).code();
        } finally {
            stopped.countDown();
        }
    }

    private static ExitCode stream(Settings settings, Shutdown shutdown) throws Exception {
        try (Application application = new Application(settings)) {
            shutdown.stopsWith(application.state()::stop);
            RunState end = application.run();
            Addresses.remove(settings);
            Throwable failure = end.failure();
            if (failure != null) {
                Terminal.complain(FailureText.message(failure));
                return ExitCode.FAILED;
            }
            Terminal.say("Stopping.");
            return ExitCode.OK;
        }
    }
}
