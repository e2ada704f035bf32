package io.vitrine.model.engine;

/** A {@link TokenConstraint} has exceeded a limit of work or memory: its answer cannot go on. */
public final class ConstraintLimitException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public ConstraintLimitException(String message, Throwable cause) {
        super(message, cause);
    }
}
