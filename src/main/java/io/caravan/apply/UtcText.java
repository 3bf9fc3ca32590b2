package io.caravan.apply;

import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Texts of {@code timestamp with time zone}, brought to one time zone so that equal values have one text. The stream has them in the
 * time zone of the Kafka Connect worker's JVM, which pgjdbc gives to each session (ConnectionFactoryImpl, startup parameter
 * TimeZone): after the task moved to a worker elsewhere the same value has another text.
 */
final class UtcText {
    static final String TYPE = "timestamp with time zone";

    private static final Pattern PARTS =
            Pattern.compile("(\\d{4,})-(\\d\\d)-(\\d\\d) (\\d\\d):(\\d\\d):(\\d\\d)(\\.\\d+)?"
                    + "([+-]\\d\\d)(?::(\\d\\d))?(?::(\\d\\d))?( BC)?");

    private UtcText() {}

    /** The text in UTC; infinity, and what is no such text, as it is. */
    static String of(String value) {
        if (value.endsWith("+00")) {
            return value;
        }
        Matcher part = PARTS.matcher(value);
        if (!part.matches()) {
            return value;
        }
        int year = number(part, 1);
        ZoneOffset zone = ZoneOffset.ofHoursMinutesSeconds(number(part, 8), signed(part, 9), signed(part, 10));
        LocalDateTime utc = LocalDateTime.of(
                        part.group(11) == null ? year : 1 - year,
                        number(part, 2),
                        number(part, 3),
                        number(part, 4),
                        number(part, 5),
                        number(part, 6))
                .minusSeconds(zone.getTotalSeconds());
        boolean isBeforeChrist = utc.getYear() <= 0;
        return "%04d-%02d-%02d %02d:%02d:%02d%s+00%s"
                .formatted(
                        isBeforeChrist ? 1 - utc.getYear() : utc.getYear(),
                        utc.getMonthValue(),
                        utc.getDayOfMonth(),
                        utc.getHour(),
                        utc.getMinute(),
                        utc.getSecond(),
                        part.group(7) == null ? "" : part.group(7),
                        isBeforeChrist ? " BC" : "");
    }

    private static int number(Matcher part, int group) {
        return part.group(group) == null ? 0 : Integer.parseInt(part.group(group));
    }

    /** Minutes and seconds of an offset have the sign of its hours. */
    private static int signed(Matcher part, int group) {
        return part.group(8).startsWith("-") ? -number(part, group) : number(part, group);
    }
}
