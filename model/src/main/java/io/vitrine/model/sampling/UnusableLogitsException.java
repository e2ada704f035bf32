package io.vitrine.model.sampling;

/** No token can be drawn from a row of logits: the model gave NaN or infinity, or every token is banned. */
public final class UnusableLogitsException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public UnusableLogitsException(String message) {
        super(message);
    }
}
