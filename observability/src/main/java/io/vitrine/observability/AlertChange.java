package io.vitrine.observability;

/**
 * An alert has come into a state.
 *
 * @param severity such as {@code P1}
 * @param fingerprint the same for the same rule and labels, whenever it fires
 * @param labels in words
 * @param summary with the alert's numbers
 */
public record AlertChange(
        Kind kind, String rule, String severity, String fingerprint, String labels, String summary, String runbook) {

    /** What has happened. */
    public enum Kind {
        /** The condition holds, not yet for long enough. */
        PENDING,
        /** It has held for long enough. */
        FIRING,
        /** It is over. */
        RESOLVED,
        /** It was over before it fired. */
        CANCELLED
    }
}
