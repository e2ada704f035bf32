package io.vitrine.model.weights;

import java.nio.file.Path;
import java.util.function.Supplier;

/** A model file that is damaged, truncated, or of a kind this program does not read. The message names file and place. */
public final class ModelFormatException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public ModelFormatException(String message) {
        super(message);
    }

    public ModelFormatException(String message, Throwable cause) {
        super(message, cause);
    }

    /** The same, with the file's name before the message: readers of a file's parts know only the place in it. */
    static ModelFormatException in(Path file, RuntimeException cause) {
        return new ModelFormatException(file + ": " + cause.getMessage(), cause);
    }

    /** Reads a part of a file, and puts the file's name before whatever is refused in it. */
    static <T> T inFile(Path file, Supplier<T> reading) {
        try {
            return reading.get();
        } catch (ModelFormatException | IllegalArgumentException e) {
            throw in(file, e);
        }
    }
}
