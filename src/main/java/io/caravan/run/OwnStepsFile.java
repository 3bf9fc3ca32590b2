package io.caravan.run;

import io.caravan.pipeline.FailureText;
import io.caravan.pipeline.OwnStepsRoute;
import io.caravan.status.Alarm;
import io.caravan.status.Severity;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.camel.CamelContext;
import org.apache.camel.ServiceStatus;
import org.apache.camel.support.RouteWatcherReloadStrategy;

/** The file of one's own steps as it was saved last, which need not be what acts. */
record OwnStepsFile(CamelContext camel, Path path) {
    static final String NAME = "25-own-steps.camel.yaml";

    private static final Pattern PLACE = Pattern.compile("line \\d+, column \\d+");
    private static final DateTimeFormatter CLOCK =
            DateTimeFormatter.ofPattern("HH:mm:ss").withZone(ZoneId.systemDefault());

    /** One while the file cannot be used. Camel 4.17 keeps the error of the last reading until it reads the file again. */
    List<Alarm> alarms() {
        RouteWatcherReloadStrategy reload = camel.hasService(RouteWatcherReloadStrategy.class);
        Exception error = reload == null ? null : reload.getLastError();
        return error == null ? List.of() : List.of(alarm(error));
    }

    private Alarm alarm(Exception error) {
        long saved = path.toFile().lastModified();
        String message = "routes/" + NAME
                + (saved == 0 ? "" : " as saved at " + CLOCK.format(Instant.ofEpochMilli(saved)))
                + " cannot be used: " + reason(error);
        // What the steps name (a bean, a method) is looked for when the old route has been removed already.
        return camel.getRouteController().getRouteStatus(OwnStepsRoute.ROUTE) == ServiceStatus.Started
                ? new Alarm(
                        Severity.YELLOW,
                        "steps",
                        message + " The steps as they were before go on.",
                        "Correct the file; it is read again when it is saved.")
                : new Alarm(
                        Severity.RED,
                        "steps",
                        message + " The steps as they were before are gone, and tables stop at their next change.",
                        "Correct the file; when it is read, stop and start Caravan if a table has stopped.");
    }

    /** In one line: the parser tells what was being read and what is wrong with it, each followed by an excerpt, which is indented. */
    private static String reason(Throwable error) {
        String text = FailureText.reason(error);
        String words = text.lines()
                .filter(line -> !line.isBlank() && !Character.isWhitespace(line.charAt(0)))
                .collect(Collectors.joining(", "));
        String place =
                PLACE.matcher(text).results().map(MatchResult::group).reduce("", (first, last) -> " (" + last + ")");
        return words + place + ".";
    }
}
