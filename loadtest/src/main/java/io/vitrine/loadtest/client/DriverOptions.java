package io.vitrine.loadtest.client;

/**
 * How a plan is carried out.
 *
 * @param warmUpRequests first requests that are not measured
 * @param warmUpNanos time from the start whose requests are not measured
 * @param mostInFlight requests in flight at most; others wait in the client, and their wait counts
 * @param timeoutNanos longest time of a request
 * @param drainNanos how long running requests may go on once the last one is sent
 * @param idPrefix of the requests' ids
 */
public record DriverOptions(
        int warmUpRequests, long warmUpNanos, int mostInFlight, long timeoutNanos, long drainNanos, String idPrefix) {

    public DriverOptions {
        requireNotNegative("warmUpRequests", warmUpRequests);
        requireNotNegative("warmUpNanos", warmUpNanos);
        requireNotNegative("drainNanos", drainNanos);
        if (mostInFlight < 1) {
            throw new IllegalArgumentException("mostInFlight must be >= 1: " + mostInFlight);
        }
        if (timeoutNanos < 1) {
            throw new IllegalArgumentException("timeoutNanos must be >= 1: " + timeoutNanos);
        }
    }

    private static void requireNotNegative(String name, long value) {
        if (value < 0) {
            throw new IllegalArgumentException(name + " must be >= 0: " + value);
        }
    }
}
