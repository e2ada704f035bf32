package io.vitrine.model.engine;

/**
 * Who comes first where not everyone can run: at admission, and last at preemption. Within a class it is first come, first
 * served. Who waits for long is raised, a class at a time, so that a lower class is slow under load but never starved: see
 * {@link WaitingLine}.
 */
public enum PriorityClass {
    /** Before everyone else. */
    HIGH,
    /** What a request has that asks for nothing else. */
    NORMAL,
    /** What nobody waits for. */
    LOW;

    /** The next higher class; the highest stays. */
    PriorityClass raised() {
        return this == LOW ? NORMAL : HIGH;
    }
}
