package io.vitrine.tenants;

/** A tenant's place in the queue; the names are those of the engine's {@code PriorityClass}. */
public enum Priority {
    HIGH,
    NORMAL,
    LOW
}
