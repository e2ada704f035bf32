package io.vitrine.store.ledger;

import java.util.Locale;

/** Where a message of the outbox is. */
public enum OutboxState {
    /** Not delivered yet. */
    WAITING,
    /** The receiver has accepted it. */
    DELIVERED,
    /** Its delivery was given up. */
    DEAD,
    /** Removed from a full outbox before its delivery. */
    DROPPED;

    private final String label = name().toLowerCase(Locale.ROOT);

    /** As the table writes it. */
    public String label() {
        return label;
    }

    static OutboxState of(String label) {
        return valueOf(label.toUpperCase(Locale.ROOT));
    }
}
