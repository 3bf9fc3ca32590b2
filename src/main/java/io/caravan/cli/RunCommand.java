package io.caravan.cli;

import io.caravan.config.Settings;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParentCommand;

/** {@code run}: sets the pipeline up, or goes on with it, and streams until it is stopped. */
@Command(
        name = "run",
        description = "Sets up or resumes, and streams until stopped (Ctrl-C).",
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
                Terminal.complain(Terminal.message(failure));
                return ExitCode.FAILED;
            }
            Terminal.say("Stopping.");
            return ExitCode.OK;
        }
    }
}
