package io.vitrine.server.config;

/** A configuration that cannot be used; the message is one line for the operator: key, value, limit, where it came from. */
public final class ConfigException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public ConfigException(String message) {
        super(message);
    }

    public ConfigException(String message, Throwable cause) {
        super(message, cause);
    }
}
