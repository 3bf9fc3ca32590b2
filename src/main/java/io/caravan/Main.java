package io.caravan;

import io.caravan.cli.Caravan;

/** The command {@code java -jar caravan.jar}. */
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        System.exit(Caravan.execute(args));
    }
}
