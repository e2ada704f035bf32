package io.vitrine.model.text;

/** A template that cannot be run, at load, or that refuses a conversation, at a request; the message says what and why. */
public final class ChatTemplateException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public ChatTemplateException(String message) {
        super(message);
    }

    public ChatTemplateException(String message, Throwable cause) {
        super(message, cause);
    }
}
