package io.vitrine.tenants.yaml;

/** What is wrong in a YAML text and where, in words for the person who wrote it. */
public final class YamlException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public YamlException(String message) {
        super(message);
    }

    YamlException(String message, Throwable cause) {
        super(message, cause);
    }
}
