package io.caravan.it;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/**
 * One thing that is done to one part of a running pipeline.
 *
 * @param at milliseconds after the round's load has begun
 * @param lasts milliseconds until a frozen part goes on, an ended instance of Caravan is started again, or one that stood
 *     at the point goes on
 * @param point where Caravan is at a {@link Kind#CRASH}; of no meaning for the others
 */
record Blow(long at, Kind kind, Victim victim, long lasts, CrashPoint point) {
    enum Kind {
        /** kill -9. */
        KILL,
        /** SIGSTOP, later SIGCONT. */
        FREEZE,
        /** SIGTERM. */
        END,
        /**
         * Caravan is started anew, and when it comes to the point, if it does, the victim gets a kill -9: Caravan itself, or
         * another part, while Caravan stands still there. It goes on before that part is up again, or after.
         */
        CRASH,
        /** All sessions of the database are terminated by its superuser. */
        CUT
    }

    enum Victim {
        APPLICATION,
        SECOND_INSTANCE,
        CONNECT,
        KAFKA,
        SOURCE,
        TARGET;

        boolean isCaravan() {
            return this == APPLICATION || this == SECOND_INSTANCE;
        }

        boolean isDatabase() {
            return this == SOURCE || this == TARGET;
        }
    }

    /** Points that every run comes to, and those that only a pipeline comes to which is not set up yet. */
    private static final List<CrashPoint> OF_EVERY_RUN = CrashPoint.ofEveryRun();

    private static final List<CrashPoint> OF_THE_SET_UP = CrashPoint.ofTheSetUp(CrashPoint.BEFORE_STREAMING);

    private static final long SET_UP_MILLIS = 1000;

    /**
     * A few blows within this time, in their order; the same ones for the same random numbers.
     *
     * @param anew whether the pipeline is being set up
     */
    static List<Blow> some(Random random, int number, long withinMillis, boolean twoInstances, boolean anew) {
        List<Blow> blows = new ArrayList<>();
        for (int i = 0; i < number; i++) {
            Victim victim = victim(random, twoInstances);
            boolean inTheSetUp = anew && i == 0; // which is over in seconds
            Kind kind = inTheSetUp ? Kind.CRASH : kind(random, victim);
            long lasts =
                    switch (kind) {
                        case FREEZE -> 300 + random.nextInt(random.nextInt(4) == 0 ? 10_000 : 3_000);
                        case CRASH -> random.nextBoolean() ? 100 + random.nextInt(600) : 1500 + random.nextInt(6000);
                        case KILL, END, CUT -> random.nextInt(1500);
                    };
            long at = (long) (random.nextDouble() * (inTheSetUp ? SET_UP_MILLIS : withinMillis));
            List<CrashPoint> points = anew && at < 4 * SET_UP_MILLIS ? OF_THE_SET_UP : OF_EVERY_RUN;
            CrashPoint point = points.get(random.nextInt(points.size()));
            blows.add(new Blow(at, kind, victim, lasts, point));
        }
        blows.sort(Comparator.comparingLong(Blow::at));
        return blows;
    }

    /** Caravan itself half of the time. */
    private static Victim victim(Random random, boolean twoInstances) {
        return switch (random.nextInt(8)) {
            case 0 -> TestedCapture.IT == TestedCapture.CONNECT ? Victim.CONNECT : Victim.KAFKA;
            case 1 -> Victim.KAFKA;
            case 2 -> Victim.SOURCE;
            case 3 -> Victim.TARGET;
            case 4, 5 -> twoInstances ? Victim.SECOND_INSTANCE : Victim.APPLICATION;
            default -> Victim.APPLICATION;
        };
    }

    private static Kind kind(Random random, Victim victim) {
        int number = random.nextInt(10);
        if (number < 4) {
            return random.nextBoolean() ? Kind.CRASH : Kind.KILL;
        }
        if (number < 7) {
            return Kind.FREEZE;
        }
        return victim.isCaravan() ? Kind.END : victim.isDatabase() ? Kind.CUT : Kind.CRASH;
    }

    /** Without when, where and how long. */
    String name() {
        String what =
                switch (kind) {
                    case KILL, CRASH -> "kill -9 ";
                    case FREEZE -> "SIGSTOP ";
                    case END -> "SIGTERM ";
                    case CUT -> "sessions cut on ";
                };
        return what
                + victim.name().toLowerCase(Locale.ROOT).replace('_', ' ')
                + (kind == Kind.CRASH ? " at a point" : "");
    }

    @Override
    public String toString() {
        return switch (kind) {
            case FREEZE -> name() + " for %.1f s".formatted(lasts / 1000.0);
            case CRASH ->
                victim.isCaravan()
                        ? name() + ": " + point
                        : "%s of Caravan, which stands there for %.1f s: %s".formatted(name(), lasts / 1000.0, point);
            case KILL, END, CUT -> name();
        };
    }
}
