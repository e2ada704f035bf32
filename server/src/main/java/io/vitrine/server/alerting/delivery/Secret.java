package io.vitrine.server.alerting.delivery;

/** A password, key or address that must appear nowhere: its text is the mask. */
final class Secret {

    static final String MASK = "***";

    private final String value;

    Secret(String value) {
        if (value.isBlank()) {
            throw new IllegalArgumentException("is empty");
        }
        this.value = value;
    }

    String value() {
        return value;
    }

    /** The text without the secret. */
    String maskedIn(String text) {
        return text.replace(value, MASK);
    }

    @Override
    public String toString() {
        return MASK;
    }
}
