package io.vitrine.observability;

import java.net.URI;
import java.time.Duration;
import java.util.Map;

import io.vitrine.model.terminal.ShownText;

/**
 * Where and how one signal is sent to a collector by OpenTelemetry's protocol.
 *
 * @param endpoint whole address of the signal: for HTTP with its path, {@code http://collector:4318/v1/logs}
 * @param headers sent with each call, credentials perhaps among them; {@code toString} leaves the values out
 * @param timeout longest time of one call, further tries included
 * @param interval between two exports of what is told at intervals
 */
public record OtlpSettings(
        URI endpoint,
        Protocol protocol,
        boolean gzip,
        Map<String, String> headers,
        Duration timeout,
        Duration interval) {

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

    /** As exporters name it. */
    public String compression() {
        return gzip ? "gzip" : "none";
    }

    @Override
    public String toString() {
        return "OtlpSettings[endpoint=" + ShownText.withoutCredentials(endpoint.toString()) + ", protocol=" + protocol
                + ", gzip=" + gzip + ", headers=" + headers.keySet() + ", timeout=" + timeout + ", interval=" + interval
                + "]";
    }
}
