package io.vitrine.model.text.jinja;

/** A template that cannot be parsed or rendered, or that refused by {@code raise_exception}; the message says why. */
public final class JinjaException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final boolean refusal;

    JinjaException(String message) {
        super(message);
        this.refusal = false;
    }

    JinjaException(String message, Throwable cause) {
        super(message, cause);
        this.refusal = false;
    }

    private JinjaException(String message, boolean refusal) {
        super(message);
        this.refusal = refusal;
    }

    static JinjaException refusal(String message) {
        return new JinjaException(message, true);
    }

    /** What went wrong, without the exceptions that jinjava wraps around it. */
    static JinjaException of(Exception e) {
        Throwable cause = e;
        while (cause != null && !(cause instanceof JinjaException)) {
            cause = cause.getCause();
        }
        return cause instanceof JinjaException own ? own : new JinjaException("cannot render: " + e.getMessage(), e);
    }

    /** Whether the template itself said no, by {@code raise_exception}; the message is then its own. */
    public boolean isRefusal() {
        return refusal;
    }
}
