package io.vitrine.store.telemetry;

/**
 * A row that is to be written.
 *
 * @param beganEpochNanos when the request that it is about began; the row's own time where that is not known
 */
record PendingRow(TelemetryRow row, long beganEpochNanos) {

    static PendingRow of(TelemetryRow row) {
        return new PendingRow(row, row.atEpochNanos());
    }
}
