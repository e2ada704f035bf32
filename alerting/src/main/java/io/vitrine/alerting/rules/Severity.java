package io.vitrine.alerting.rules;

/** How urgent an alert is. */
public enum Severity {
    /** The service is down: pages at once. */
    P0,
    /** The service is degraded: response within 15 minutes. */
    P1,
    /** A warning threshold is passed: response within the hour. */
    P2,
    /** For information: review during business hours. */
    P3;

    /** Whether an incident is opened for it. */
    public boolean opensIncident() {
        return this == P0 || this == P1;
    }
}
