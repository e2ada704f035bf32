package io.vitrine.observability;

import java.net.URI;
import java.time.Duration;
import java.util.Map;

/**
 * Where one signal is sent by OpenTelemetry's protocol.
 *
 * @param endpoint of that signal: for HTTP with its path, {@code http://collector:4318/v1/logs}
 * @param headers sent with each call; they may be secrets, and {@code toString} leaves their values out
 * @param timeout longest time of one call, further tries included
 * @param resource what the signal is from: {@code service.name} and so on
 */
public record OtlpSettings(
        URI endpoint,
        Protocol protocol,
        boolean gzip,
        Map<String, String> headers,
        Duration timeout,
        Map<String, String> resource) {

    /** How calls are written. */
    public enum Protocol {
        HTTP_PROTOBUF,
        GRPC
    }

    public OtlpSettings {
        headers = Map.copyOf(headers);
        resource = Map.copyOf(resource);
        if (timeout.isZero() || timeout.isNegative()) {
            throw new IllegalArgumentException("timeout must be > 0: " + timeout);
        }
    }

    @Override
    public String toString() {
        return "OtlpSettings[endpoint=" + endpoint + ", protocol=" + protocol + ", gzip=" + gzip + ", headers="
                + headers.keySet() + ", timeout=" + timeout + ", resource=" + resource + "]";
    }
}
