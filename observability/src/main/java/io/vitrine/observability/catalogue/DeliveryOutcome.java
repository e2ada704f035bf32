package io.vitrine.observability.catalogue;

import java.util.Locale;

/** What became of one attempt to deliver a notification. */
public enum DeliveryOutcome {
    /** The receiver has accepted it. */
    DELIVERED,
    /** It failed, and is repeated. */
    RETRIED,
    /** It failed, and delivery is given up. */
    DEAD;

    private final String label = name().toLowerCase(Locale.ROOT);

    /** As meters write it. */
    public String label() {
        return label;
    }
}
