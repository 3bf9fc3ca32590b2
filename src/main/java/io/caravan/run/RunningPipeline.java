package io.caravan.run;

import io.caravan.bootstrap.Bootstrap;
import io.caravan.bootstrap.CopyProgress;
import io.caravan.guard.Guard;
import io.caravan.pipeline.Capture;
import io.caravan.pipeline.FailureText;
import io.caravan.pipeline.TableRoutes;
import io.caravan.status.Alarm;
import io.caravan.status.PipelineStatus.Copy;
import io.caravan.status.RouteState;
import io.caravan.status.Severity;
import io.caravan.status.StatusCollector;
import io.caravan.verify.ComparisonProgress;
import io.caravan.verify.Verification;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What this process knows of its pipeline, for the status. */
record RunningPipeline(
        Bootstrap bootstrap,
        TableRoutes routes,
        RunState run,
        Guard guard,
        Capture capture,
        Verification verification,
        OwnStepsFile ownSteps)
        implements StatusCollector.Running {
    @Override
    public Map<String, RouteState> tables() {
        return routes.states();
    }

    @Override
    public @Nullable Copy copy() {
        CopyProgress progress = bootstrap.copyProgress();
        return progress.tables() == 0
                ? null
                : new Copy(
                        progress.tables(),
                        progress.tablesDone(),
                        progress.rowsDone(),
                        progress.bytes(),
                        progress.expectedBytes(),
                        progress.part(),
                        progress.seconds());
    }

    @Override
    public @Nullable ComparisonProgress comparison() {
        return verification.progress();
    }

    @Override
    public @Nullable String failure() {
        Throwable failure = run.failure();
        return failure == null ? null : FailureText.message(failure);
    }

    @Override
    public List<Alarm> alarms() {
        Stream<Alarm> ofConnector = capture.trouble().stream()
                .map(trouble -> new Alarm(
                        trouble.isRepeated() ? Severity.RED : Severity.YELLOW,
                        "connector",
                        "The connector has failed " + (trouble.failures() == 1 ? "once" : trouble.failures() + " times")
                                + " without running for a minute since. " + trouble.error(),
                        "It is restarted by itself, ever more slowly. Mend the cause."));
        return Stream.concat(ofConnector, ownSteps.alarms().stream()).toList();
    }
}
