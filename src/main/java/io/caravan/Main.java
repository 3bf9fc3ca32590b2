package io.caravan;

/** The command {@code java -jar caravan.jar}. */
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        System.exit(0);
    }
}
