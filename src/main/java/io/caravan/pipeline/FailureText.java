package io.caravan.pipeline;

import org.apache.camel.language.bean.RuntimeBeanExpressionException;
import org.jspecify.annotations.Nullable;

/** What people are told of a failure: the messages that say something, without stacks and without what Camel wrapped around. */
public final class FailureText {
    private FailureText() {}

    /** The message of a failure and of the causes that say more. */
    public static String message(Throwable failure) {
        Throwable called = withoutCall(failure);
        String text = String.valueOf(called.getMessage());
        Throwable root = root(called);
        String detail = root.getMessage();
        if (isOurs(root)) {
            return String.valueOf(detail); // what Camel wrapped around it says nothing to a user
        }
        return root == called || repeats(text, detail) ? text : text + " (" + detail + ")";
    }

    /** Camel's {@code Failed to invoke method: …} around what a bean has thrown. */
    private static Throwable withoutCall(Throwable failure) {
        Throwable cause = failure.getCause();
        return cause != null && failure instanceof RuntimeBeanExpressionException ? withoutCall(cause) : failure;
    }

    /** The message of the innermost cause, or of the outermost one of Caravan's own: why a route is stopped. */
    public static String reason(Throwable failure) {
        Throwable root = root(failure);
        return root.getMessage() == null ? root.toString() : root.getMessage();
    }

    private static Throwable root(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null && !isOurs(root)) {
            root = root.getCause();
        }
        return root;
    }

    private static boolean isOurs(Throwable failure) {
        return failure.getClass().getName().startsWith("io.caravan");
    }

    private static boolean repeats(String text, @Nullable String detail) {
        return detail == null || text.contains(detail);
    }
}
