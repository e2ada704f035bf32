package io.vitrine.observability.metrics;

import java.util.Set;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.config.MeterFilter;

/**
 * Keeps a client from making series: Vert.x labels its HTTP meters with the method as it was sent, and a client may send
 * any word. Unknown ones become {@code _OTHER}, as in OpenTelemetry's HTTP conventions.
 */
final class KnownMethods implements MeterFilter {

    private static final String METHOD = "method";
    private static final String OTHER = "_OTHER";
    private static final Set<String> KNOWN =
            Set.of("CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "TRACE");

    @Override
    public Meter.Id map(Meter.Id id) {
        String method = id.getTag(METHOD);
        boolean unknown = method != null && !method.isEmpty() && !KNOWN.contains(method);
        return unknown ? id.withTag(Tag.of(METHOD, OTHER)) : id;
    }
}
