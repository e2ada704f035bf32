package io.vitrine.observability.logging;

import java.util.Objects;

/** Writes where an exception came from, as Java does, with or without what it and its causes say. */
final class StackTraces {

    private static final int MAX_CAUSES = 8;

    private StackTraces() {}

    static String withMessages(Throwable thrown) {
        return text(thrown, true);
    }

    /** Classes and places only: a message may quote what a client sent. */
    static String withoutMessages(Throwable thrown) {
        return text(thrown, false);
    }

    private static String text(Throwable thrown, boolean messages) {
        StringBuilder text = new StringBuilder();
        Throwable current = thrown;
        for (int depth = 0; current != null && depth <= MAX_CAUSES; depth++) {
            text.append(depth == 0 ? "" : "\nCaused by: ").append(title(current, messages));
            for (StackTraceElement frame : current.getStackTrace()) {
                text.append("\n\tat ").append(frame);
            }
            current = current.getCause();
        }
        return text.toString();
    }

    private static String title(Throwable thrown, boolean messages) {
        return messages ? Objects.toString(thrown) : thrown.getClass().getName();
    }
}
