package io.vitrine.model.weights;

/** A model file that is damaged, truncated, or of a kind this program does not read. The message names file and place. */
public final class ModelFormatException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public ModelFormatException(String message) {
        super(message);
    }

    public ModelFormatException(String message, Throwable cause) {
        super(message, cause);
    }
}
