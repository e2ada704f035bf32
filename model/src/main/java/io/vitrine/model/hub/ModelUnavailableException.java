package io.vitrine.model.hub;

/** A model that could be neither found nor fetched. The message says what was tried, why each failed, and what would help. */
public final class ModelUnavailableException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public ModelUnavailableException(String message) {
        super(message);
    }

    public ModelUnavailableException(String message, Throwable cause) {
        super(message, cause);
    }
}
