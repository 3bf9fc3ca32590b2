package io.caravan.run;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.caravan.pipeline.FailureText;
import java.io.BufferedReader;
import java.io.Console;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** What a person reads while a command runs. Everything else goes to the log file. */
public final class Terminal {
    private static final PrintStream OUT =
            new PrintStream(new java.io.FileOutputStream(java.io.FileDescriptor.out), true, StandardCharsets.UTF_8);
    private static final PrintStream ERR =
            new PrintStream(new java.io.FileOutputStream(java.io.FileDescriptor.err), true, StandardCharsets.UTF_8);

    private Terminal() {}

    public static void say(String line) {
        OUT.println(line);
    }

    /** Whether a person is watching. */
    @SuppressWarnings("SystemConsoleNull") // from JDK 22 on there is always a console, then a redrawn line does no harm
    public static boolean isInteractive() {
        return System.console() != null;
    }

    /** Asks without showing what is typed; null when nobody can be asked. */
    public static @Nullable String askSecret(String question) {
        Console console = isInteractive() ? System.console() : null;
        char[] answer = console == null ? null : console.readPassword("%s", question);
        return answer == null ? null : new String(answer);
    }

    /** Writes over the line that was drawn before. */
    static void redraw(String line) {
        OUT.print("\r\u001B[K" + line + (line.isEmpty() ? "" : "\r"));
        OUT.flush();
    }

    /** Empties the screen, as top does before it writes anew; leaves a line empty in a file. */
    public static void clear() {
        OUT.print(isInteractive() ? "\u001B[H\u001B[2J" : System.lineSeparator());
    }

    /** Asks, beside the answer of the command, and reads from the standard input, where its end counts as no. */
    public static boolean confirms(String question) throws IOException {
        complain(question);
        return "yes".equals(new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)).readLine());
    }

    public static void complain(String text) {
        ERR.println(text);
    }

    /** Says what failed to people; with {@code --json} also to the program that reads the standard output, as one object in a line. */
    public static void complain(Throwable failure, boolean json) {
        String text = FailureText.message(failure);
        complain(text);
        if (json) {
            sayError(text);
        }
    }

    /** The answer of a command with {@code --json} that has none. */
    public static void sayError(String text) {
        say(JsonNodeFactory.instance.objectNode().put("error", text).toString());
    }
}
