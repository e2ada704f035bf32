package io.vitrine.observability.logging;

import java.io.Console;

/** How log lines look on standard output. */
public enum ConsoleFormat {
    /** {@link #HUMAN} on a terminal, {@link #JSON} elsewhere. */
    AUTO,
    /** For eyes: time, level, event, fields. */
    HUMAN,
    /** As in the file. */
    JSON,
    /** Not at all. */
    OFF;

    /** This, or what {@link #AUTO} means here. */
    ConsoleFormat resolved() {
        if (this != AUTO) {
            return this;
        }
        return onTerminal() ? HUMAN : JSON;
    }

    @SuppressWarnings("SystemConsoleNull") // Java 17 gives null, later ones are asked
    private static boolean onTerminal() {
        Console console = System.console();
        return console != null && isTerminal(console);
    }

    /** From Java 22 on there is a console without a terminal too, and a method to ask it that Java 17 does not know. */
    private static boolean isTerminal(Console console) {
        try {
            return (boolean) Console.class.getMethod("isTerminal").invoke(console);
        } catch (ReflectiveOperationException e) {
            return true;
        }
    }
}
