package io.vitrine.observability;

import java.net.URI;
import java.time.Duration;
import java.util.Map;

/**
 * Where and how one signal is sent to a collector.
 *
 * @param endpoint whole address of the signal; of a gRPC server without a path
 * @param headers sent with each request, credentials perhaps among them; {@code toString} leaves the values out
 * @param timeout of one request
 * @param interval between two exports of what is told at intervals
 */
public record OtlpSettings(
        URI endpoint, Protocol protocol, Map<String, String> headers, Duration timeout, Duration interval) {

    /** What OTLP is spoken over. */
    public enum Protocol {
        GRPC,
        HTTP_PROTOBUF
    }

    public OtlpSettings {
        headers = Map.copyOf(headers);
        if (timeout.isNegative() || timeout.isZero() || interval.isNegative() || interval.isZero()) {
            throw new IllegalArgumentException("timeout and interval must be > 0: " + timeout + ", " + interval);
        }
    }

    @Override
    public String toString() {
        return "OtlpSettings[endpoint=" + endpoint + ", protocol=" + protocol + ", headers=" + headers.keySet()
                + ", timeout=" + timeout + ", interval=" + interval + "]";
    }
}
