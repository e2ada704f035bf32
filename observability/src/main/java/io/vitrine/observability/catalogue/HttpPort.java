package io.vitrine.observability.catalogue;

/** The two ports that the server listens on. */
public enum HttpPort {
    /** For clients. */
    API("api"),
    /** For operators. */
    MANAGEMENT("management");

    private final String label;

    HttpPort(String label) {
        this.label = label;
    }

    public String label() {
        return label;
    }
}
