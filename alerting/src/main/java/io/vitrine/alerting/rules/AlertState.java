package io.vitrine.alerting.rules;

/** Where an alert is. */
public enum AlertState {
    /** The comparison does not hold. */
    INACTIVE,
    /** It holds, but not yet for long enough. */
    PENDING,
    /** It has held for long enough, and has not been clear for long enough since. */
    FIRING,
    /** It fired, and is clear. */
    RESOLVED
}
