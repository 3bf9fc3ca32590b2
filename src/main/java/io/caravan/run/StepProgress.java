package io.caravan.run;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.camel.spi.CamelEvent;
import org.apache.camel.spi.CamelEvent.StepEvent;
import org.apache.camel.support.EventNotifierSupport;

/** Prints one line per step of the bootstrap route, with its time. */
final class StepProgress extends EventNotifierSupport {
    private final Map<String, Long> startedAt = new ConcurrentHashMap<>();

    @Override
    public void notify(CamelEvent event) {
        if (!(event instanceof StepEvent step)) {
            return;
        }
        String id = step.getStepId();
        switch (event.getType()) {
            case StepStarted -> startedAt.put(id, System.nanoTime());
            case StepCompleted -> Terminal.say("  %-13s %6.1f s".formatted(id, seconds(id)));
            case StepFailed -> Terminal.say("  %-13s failed after %.1f s".formatted(id, seconds(id)));
            default -> {}
        }
    }

    private double seconds(String id) {
        Long start = startedAt.get(id);
        return start == null ? 0 : (System.nanoTime() - start) / 1e9;
    }

    @Override
    public boolean isEnabled(CamelEvent event) {
        return event instanceof StepEvent;
    }
}
