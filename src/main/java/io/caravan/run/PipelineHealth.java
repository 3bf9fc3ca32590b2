package io.caravan.run;

import io.caravan.status.PipelineStatus;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.camel.health.HealthCheckResultBuilder;
import org.apache.camel.impl.health.AbstractHealthCheck;

/**
 * What {@code /observe/health/ready} says of the pipeline: down when anything is red. Alive it is as long as its set-up has not
 * ended with an error; what is away or stopped is not mended by killing the process.
 */
final class PipelineHealth extends AbstractHealthCheck {
    private final Supplier<PipelineStatus> status;
    private final RunState run;

    PipelineHealth(Supplier<PipelineStatus> status, RunState run) {
        super("caravan", "pipeline");
        this.status = status;
        this.run = run;
    }

    @Override
    protected void doCall(HealthCheckResultBuilder builder, Map<String, Object> options) {
        Object kind = options.getOrDefault(CHECK_KIND, Kind.ALL);
        Throwable failure = run.failure();
        if (kind == Kind.LIVENESS || String.valueOf(kind).equals(Kind.LIVENESS.name())) {
            builder.state(failure == null ? State.UP : State.DOWN);
            return;
        }
        PipelineStatus now = status.get();
        builder.detail("level", now.level());
        builder.detail("state", now.state());
        now.alarms()
                .forEach(alarm -> builder.detail(
                        alarm.severity().name().toLowerCase(java.util.Locale.ROOT) + " " + alarm.subject(),
                        alarm.text()));
        builder.state(now.healthy() ? State.UP : State.DOWN);
    }
}
