package io.vitrine.observability.metrics;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import io.prometheus.metrics.tracer.common.SpanContext;
import org.jspecify.annotations.Nullable;

/**
 * Says which trace a number belongs to while it is recorded, so that the scrape can name it as an example of its bucket.
 * Whoever knows that a trace is <em>kept</em> wraps the recording in {@link #during}; outside of it nothing becomes an
 * exemplar, since a link that leads nowhere is worse than none.
 *
 * <p>The client library asks for the trace without an argument, on the thread that records: hence a place for each thread,
 * which holds something only as long as {@code during} runs. Any thread.
 */
public final class ExemplarSource {

    private final Map<Thread, Trace> byThread = new ConcurrentHashMap<>();

    ExemplarSource() {}

    /**
     * Records under a kept trace.
     *
     * @param traceId 32 hexadecimal digits
     * @param spanId 16 hexadecimal digits
     */
    public void during(String traceId, String spanId, Runnable recording) {
        byThread.put(Thread.currentThread(), new Trace(traceId, spanId));
        try {
            recording.run();
        } finally {
            byThread.remove(Thread.currentThread());
        }
    }

    private @Nullable Trace current() {
        return byThread.get(Thread.currentThread());
    }

    SpanContext asSpanContext() {
        return new CurrentTrace();
    }

    private record Trace(String traceId, String spanId) {}

    private final class CurrentTrace implements SpanContext {

        @Override
        public @Nullable String getCurrentTraceId() {
            Trace trace = current();
            return trace == null ? null : trace.traceId();
        }

        @Override
        public @Nullable String getCurrentSpanId() {
            Trace trace = current();
            return trace == null ? null : trace.spanId();
        }

        @Override
        public boolean isCurrentSpanSampled() {
            return current() != null;
        }

        @Override
        public void markCurrentSpanAsExemplar() {
            // The trace is kept already.
        }
    }
}
