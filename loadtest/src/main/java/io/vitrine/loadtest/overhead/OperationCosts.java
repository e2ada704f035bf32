package io.vitrine.loadtest.overhead;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Objects;

/**
 * What single operations of telemetry cost, measured by the microbenchmark {@code ListenerCostBenchmark} (metrics and
 * traces, every trace kept; without log lines and exports).
 *
 * @param source where and when
 * @param tokenNanos each generated token of a sequence
 * @param stepNanos each call of the model
 * @param requestNanos each request, the building of its spans included
 */
record OperationCosts(
        String source,
        double tokenNanos,
        double stepNanos,
        double requestNanos,
        double tokenBytes,
        double stepBytes,
        double requestBytes) {

    /** Those in the class path. */
    static OperationCosts shipped() {
        try (InputStream json = OperationCosts.class.getResourceAsStream("operation-costs.json")) {
            return RawData.JSON.readValue(Objects.requireNonNull(json), OperationCosts.class);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read operation-costs.json from the class path", e);
        }
    }

    double nanosPerToken(double stepsPerToken, double requestsPerToken) {
        return tokenNanos + stepsPerToken * stepNanos + requestsPerToken * requestNanos;
    }

    double bytesPerToken(double stepsPerToken, double requestsPerToken) {
        return tokenBytes + stepsPerToken * stepBytes + requestsPerToken * requestBytes;
    }
}
