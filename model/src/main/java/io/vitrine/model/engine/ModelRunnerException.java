package io.vitrine.model.engine;

/** The model could not run a step. */
public final class ModelRunnerException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public ModelRunnerException(String message, Throwable cause) {
        super(message, cause);
    }
}
