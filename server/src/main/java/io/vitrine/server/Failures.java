package io.vitrine.server;

import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;

import io.vitrine.model.terminal.ShownText;

/** Says in one line what went wrong, for an operator. */
final class Failures {

    private Failures() {}

    /** The message; where Java's own is nothing but a path, a sentence. */
    static String inWords(Throwable failure) {
        return ShownText.withoutCredentials(ShownText.escapedLines(words(failure)));
    }

    private static String words(Throwable failure) {
        if (failure instanceof NoSuchFileException missing) {
            return "there is no file or folder " + missing.getFile();
        }
        if (failure instanceof AccessDeniedException denied) {
            return "no permission to use " + denied.getFile();
        }
        if (failure instanceof Error) {
            // Its message alone is the name of a class, or nothing.
            return failure.toString();
        }
        String message = failure.getMessage();
        return message == null || message.isBlank() ? failure.toString() : message;
    }
}
