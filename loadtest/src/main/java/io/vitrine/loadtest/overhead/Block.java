package io.vitrine.loadtest.overhead;

import java.util.List;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import org.jspecify.annotations.Nullable;

/**
 * One block as it was measured: an arm under a load for some seconds. The unit of the raw data.
 *
 * @param launch of the server, from 0
 * @param row of the launch, from 0: each arm has one block in it, all with the same requests and arrivals
 * @param position in the row, from 0
 * @param atSeconds since the beginning of the experiment
 * @param seconds from the first request to the end of the last
 * @param tokens of answers
 * @param windowTokens those that came within the window in which all lanes were busy
 * @param windowSeconds its length
 * @param completed requests
 * @param failed requests of any other end
 * @param cpuNanos of the server's process
 * @param allocatedBytes on the server's heap; null if the JVM does not report it
 * @param gcNanos pauses of the server's collections
 * @param engineSteps calls of the model
 * @param sinkRequests exports that the sink took
 * @param clientBusy processor time of the client's event loop, 0 to 1
 * @param sendLagMs how late requests left the client, p99 or the maximum of fewer than 100
 * @param loopDelayMs p99 of the client's event loop
 * @param ttftMs time to first token from the intended time, each request
 * @param tpotMs time per output token, each request
 */
@JsonPropertyOrder({"launch", "row", "load", "position", "arm"})
record Block(
        int launch,
        int row,
        Outcome.Load load,
        int position,
        String arm,
        double atSeconds,
        double seconds,
        long tokens,
        double windowTokens,
        double windowSeconds,
        int completed,
        int failed,
        long cpuNanos,
        @Nullable Long allocatedBytes,
        long gcNanos,
        long engineSteps,
        long sinkRequests,
        double clientBusy,
        double sendLagMs,
        double loopDelayMs,
        List<Double> ttftMs,
        List<Double> tpotMs) {

    Block {
        ttftMs = List.copyOf(ttftMs);
        tpotMs = List.copyOf(tpotMs);
    }

    double tokensPerSecond() {
        return windowTokens / windowSeconds;
    }

    double cpuNanosPerToken() {
        return (double) cpuNanos / tokens;
    }

    double allocatedBytesPerToken() {
        return allocatedBytes == null ? Double.NaN : (double) allocatedBytes / tokens;
    }

    /** Of the time. */
    double gcShare() {
        return gcNanos / 1e9 / seconds;
    }
}
