package io.caravan.postgres;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Types of columns as PostgreSQL's {@code format_type} writes them. */
public final class ColumnType {
    private static final Pattern NUMERIC = Pattern.compile("numeric\\((\\d+),(-?\\d+)\\)");
    private static final Pattern LENGTH = Pattern.compile("(character varying|bit varying)(?:\\((\\d+)\\))?");
    private static final Pattern PRECISION =
            Pattern.compile("(timestamp|time|interval)(?:\\((\\d)\\))?( with time zone| without time zone)?");

    private static final int FULL_PRECISION = 6;

    private ColumnType() {}

    /** Whether a column of this type takes each value of the other as it is: neither rounded, cut, converted nor refused. */
    public static boolean holdsAll(String type, String theirs) {
        if (type.equals(theirs)) {
            return true;
        }
        if (type.endsWith("[]") && theirs.endsWith("[]")) {
            return holdsAll(withoutBrackets(type), withoutBrackets(theirs));
        }
        return switch (type) {
            case "text", "character varying" -> true;
            case "numeric" -> theirs.matches("numeric.*|smallint|integer|bigint") && !theirs.endsWith("]");
            case "bigint" -> theirs.matches("smallint|integer|bigint");
            case "integer" -> theirs.matches("smallint|integer");
            case "double precision" -> theirs.equals("real");
            default -> isWider(type, theirs);
        };
    }

    /** Whether it takes the others as they are or refuses them, so that none is another one without a word. */
    public static boolean refusesOthers(String type, String theirs) {
        return type.matches("smallint|integer|bigint") && theirs.matches("smallint|integer|bigint");
    }

    private static boolean isWider(String type, String theirs) {
        Matcher digits = NUMERIC.matcher(type);
        Matcher theirDigits = NUMERIC.matcher(theirs);
        if (digits.matches() && theirDigits.matches()) {
            int behind = number(digits, 2) - number(theirDigits, 2);
            return behind >= 0 && number(digits, 1) - number(theirDigits, 1) >= behind;
        }
        Matcher length = LENGTH.matcher(type);
        Matcher theirLength = LENGTH.matcher(theirs);
        if (length.matches() && theirLength.matches()) {
            return length.group(1).equals(theirLength.group(1))
                    && (length.group(2) == null
                            || (theirLength.group(2) != null && number(length, 2) >= number(theirLength, 2)));
        }
        Matcher precision = PRECISION.matcher(type);
        Matcher theirPrecision = PRECISION.matcher(theirs);
        return precision.matches()
                && theirPrecision.matches()
                && precision.replaceFirst("$1$3").equals(theirPrecision.replaceFirst("$1$3"))
                && precision(precision) >= precision(theirPrecision);
    }

    private static int precision(Matcher type) {
        type.matches();
        return type.group(2) == null ? FULL_PRECISION : number(type, 2);
    }

    private static int number(Matcher type, int group) {
        return Integer.parseInt(type.group(group));
    }

    private static String withoutBrackets(String type) {
        return type.substring(0, type.length() - 2);
    }
}
