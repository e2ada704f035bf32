package io.vitrine.server.history;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

import io.vitrine.store.telemetry.SpanRow;

/**
 * The shapes of the traces that were looked at last, for some seconds: who moves in a big trace asks for one window after the other.
 * Without attributes, so that they are small.
 */
final class RecentShapes {

    private static final int MOST = 2;
    private static final long FRESH = Duration.ofSeconds(15).toNanos();
    /** A small trace is read again, and may still grow. */
    private static final int BIG = 2_000;

    private final Map<String, Kept> kept = new LinkedHashMap<>();

    private record Kept(TraceShape shape, long atNanos) {}

    /** Empty if there are no spans. */
    Optional<TraceShape> find(String traceId, Supplier<List<SpanRow>> rows) {
        synchronized (kept) {
            Kept found = kept.get(traceId);
            if (found != null && System.nanoTime() - found.atNanos() < FRESH) {
                return Optional.of(found.shape());
            }
        }
        List<SpanRow> bare = rows.get().stream().map(RecentShapes::bare).toList();
        if (bare.isEmpty()) {
            return Optional.empty();
        }
        TraceShape shape = new TraceShape(bare);
        if (shape.size() >= BIG) {
            keep(traceId, shape);
        }
        return Optional.of(shape);
    }

    private void keep(String traceId, TraceShape shape) {
        synchronized (kept) {
            kept.remove(traceId);
            while (kept.size() >= MOST) {
                kept.remove(kept.keySet().iterator().next());
            }
            kept.put(traceId, new Kept(shape, System.nanoTime()));
        }
    }

    private static SpanRow bare(SpanRow span) {
        return new SpanRow(
                span.traceId(),
                span.spanId(),
                span.parentId(),
                span.name(),
                span.startEpochNanos(),
                span.durationNanos(),
                span.tenantId(),
                span.requestId(),
                span.status(),
                "{}");
    }
}
