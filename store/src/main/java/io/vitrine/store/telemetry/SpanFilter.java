package io.vitrine.store.telemetry;

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * Which spans are meant, beside a time.
 *
 * @param tenantId one tenant's, or null for all
 * @param minDurationNanos only those that took as long
 * @param facts that must all stand among a span's attributes
 */
public record SpanFilter(@Nullable String tenantId, long minDurationNanos, List<Fact> facts) {

    /** All. */
    public static final SpanFilter ANY = new SpanFilter(null, 0, List.of());

    public SpanFilter {
        facts = List.copyOf(facts);
    }

    /** One tenant's, or with null everyone's. */
    public static SpanFilter of(@Nullable String tenantId) {
        return new SpanFilter(tenantId, 0, List.of());
    }
}
