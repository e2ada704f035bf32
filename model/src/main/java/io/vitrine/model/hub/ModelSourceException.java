package io.vitrine.model.hub;

/** Why one source could not give a model: a phrase that completes "source: ...", in words, with the mend where there is one. */
public final class ModelSourceException extends Exception {

    private static final long serialVersionUID = 1L;

    public ModelSourceException(String message) {
        super(message);
    }

    public ModelSourceException(String message, Throwable cause) {
        super(message, cause);
    }
}
