package io.vitrine.server;

import java.io.Console;

/** Whether a person watches. */
final class Terminal {

    private Terminal() {}

    @SuppressWarnings("SystemConsoleNull") // Java 17 gives null, later ones are asked
    static boolean isThere() {
        Console console = System.console();
        if (console == null) {
            return false;
        }
        try {
            return (boolean) Console.class.getMethod("isTerminal").invoke(console);
        } catch (ReflectiveOperationException beforeJava22) {
            return true;
        }
    }
}
