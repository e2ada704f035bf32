package io.vitrine.observability;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One span of a kept trace, as plain values.
 *
 * @param parentId empty for the first span of this server, also where a caller's trace goes on in it
 * @param remoteParentId the caller's span, if there is one
 * @param tenantId whose request it belongs to; empty for the machine's own
 * @param requestId the request it belongs to
 * @param failed whether it ended badly
 * @param attributes text, whole number, decimal, truth, or a list of texts; by name
 */
public record KeptSpan(
        String traceId,
        String spanId,
        Optional<String> parentId,
        Optional<String> remoteParentId,
        String name,
        long startEpochNanos,
        long durationNanos,
        Optional<String> tenantId,
        Optional<String> requestId,
        boolean failed,
        Map<String, Object> attributes,
        List<Event> events,
        List<Link> links) {

    public KeptSpan {
        events = List.copyOf(events);
        links = List.copyOf(links);
    }

    /** What it notes at a moment. */
    public record Event(String name, long atEpochNanos, Map<String, Object> attributes) {}

    /** A span of another trace that has to do with it. */
    public record Link(String traceId, String spanId, Map<String, Object> attributes) {}
}
