package io.vitrine.gpu;

/** How a GPU is, from best to worst. */
public enum HealthState {
    /** Nothing is known against it. */
    OK,
    /** It works, and something is wrong. */
    DEGRADED,
    /** It cannot be told: no answers, no driver, a call that does not return. Not usable until it can. */
    UNKNOWN,
    /** It does not work, or not rightly. */
    FAILED;

    /** Whether a model may be served from such a GPU; if not, the server drains. */
    public boolean usable() {
        return this == OK || this == DEGRADED;
    }

    HealthState worse(HealthState other) {
        return compareTo(other) >= 0 ? this : other;
    }
}
