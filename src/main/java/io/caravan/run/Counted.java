package io.caravan.run;

import java.util.Locale;

/** A number of things as people say it: {@code 1 row}, {@code 1,200 rows}. */
public record Counted(long number, String one, String more) {

    /** Of things whose name takes an s for more than one. */
    public static Counted of(long number, String one) {
        return new Counted(number, one, one + "s");
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%,d %s", number, number == 1 ? one : more);
    }
}
