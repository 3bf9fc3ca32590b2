package io.caravan.cli;

import io.caravan.run.Terminal;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How much a terminal shows at once. */
record Screen(int rows, int columns) {
    private static final Pattern SIZE = Pattern.compile("(\\d+) (\\d+)\\s*");

    /** That of now, since people make windows larger; empty where nobody watches, or there is no stty to ask (Windows). */
    static Optional<Screen> now() throws InterruptedException {
        if (!Terminal.isInteractive()) {
            return Optional.empty();
        }
        try {
            Process stty = new ProcessBuilder("stty", "size")
                    .redirectInput(new File("/dev/tty"))
                    .start();
            String size = new String(stty.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            stty.waitFor();
            return of(size);
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** Of {@code 24 80}; empty for 0 0, which a terminal says that has no size. */
    static Optional<Screen> of(String size) {
        Matcher numbers = SIZE.matcher(size);
        return numbers.matches() && !size.startsWith("0 ") && !numbers.group(2).equals("0")
                ? Optional.of(new Screen(Integer.parseInt(numbers.group(1)), Integer.parseInt(numbers.group(2))))
                : Optional.empty();
    }

    /** How many rows these lines take, of which long ones are wrapped. */
    int rowsOf(List<String> lines) {
        return lines.stream()
                .mapToInt(line -> Math.max(1, (line.length() + columns - 1) / columns))
                .sum();
    }
}
