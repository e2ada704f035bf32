package io.vitrine.observability.catalogue;

/** Why the server closes a connection that is not done. */
public enum ConnectionLoss {
    /** It is new, and all there may be have a request in progress. */
    CONNECTION_LIMIT("connection_limit"),
    /** It had no request in progress for longest when another came over the limit. */
    DISPLACED("displaced"),
    /** Its head was in flight for longest when another came over the limit. */
    HEAD_LIMIT("head_limit"),
    /** Its head did not arrive in time. */
    HEAD_TIMEOUT("head_timeout"),
    /** Its head has too many lines. */
    HEADER_LIMIT("header_limit"),
    /** It sent too many requests before it had read the answers. */
    PIPELINE_LIMIT("pipeline_limit");

    private final String label;

    ConnectionLoss(String label) {
        this.label = label;
    }

    public String label() {
        return label;
    }
}
