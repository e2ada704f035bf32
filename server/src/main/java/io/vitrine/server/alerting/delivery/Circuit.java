package io.vitrine.server.alerting.delivery;

/**
 * Whether a receiver gets requests. Open after {@value #THRESHOLD} failures in a row: then nothing is sent for a while,
 * and one request at a time afterwards, until one succeeds. Not thread-safe.
 */
final class Circuit {

    static final int THRESHOLD = 3;

    private int failures;
    private long openedMillis;
    private long pausedUntilMillis = Long.MIN_VALUE;

    /** Whether a request may be sent now. */
    boolean admits(long atMillis, int inFlight) {
        return atMillis >= pausedUntilMillis && (!isOpen() || inFlight == 0);
    }

    /** No request before this time. */
    void pause(long untilMillis) {
        pausedUntilMillis = Math.max(pausedUntilMillis, untilMillis);
    }

    /** Counts a failure; says whether it has opened the circuit. */
    boolean failed(long atMillis) {
        failures++;
        if (failures == THRESHOLD) {
            openedMillis = atMillis;
            return true;
        }
        return false;
    }

    /** Says whether the circuit was open. A pause that the receiver asked for goes on. */
    boolean succeeded() {
        boolean wasOpen = isOpen();
        failures = 0;
        return wasOpen;
    }

    boolean isOpen() {
        return failures >= THRESHOLD;
    }

    int failures() {
        return failures;
    }

    long openedMillis() {
        return openedMillis;
    }

    long pausedUntilMillis() {
        return pausedUntilMillis;
    }
}
