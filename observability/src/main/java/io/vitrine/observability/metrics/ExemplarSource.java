package io.vitrine.observability.metrics;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import io.prometheus.metrics.tracer.common.SpanContext;
import io.vitrine.observability.TraceIds;
import org.jspecify.annotations.Nullable;

/**
 * Says which trace a number belongs to while it is recorded, so that the scrape can name it as an example of its bucket.
 * Whoever knows that a trace is <em>kept</em> wraps the recording in {@link #during}; outside of it nothing becomes an
 * exemplar, since a link that leads nowhere is worse than none.
 *
 * <p>The client library asks for the trace without an argument, on the thread that records: hence a place for each thread,
 * which holds something only as long as {@code during} runs. Any thread.
 */
final class ExemplarSource {

    private final Map<Thread, TraceIds> byThread = new ConcurrentHashMap<>();

    ExemplarSource() {}

    /** Records under a kept trace. */
    void during(TraceIds trace, Runnable recording) {
        byThread.put(Thread.currentThread(), trace);
        try {
            recording.run();
        } finally {
            byThread.remove(Thread.currentThread());
        }
    }

    private @Nullable TraceIds current() {
        return byThread.get(Thread.currentThread());
    }

    SpanContext asSpanContext() {
        return new CurrentTrace();
    }

    private final class CurrentTrace implements SpanContext {

        @Override
        public @Nullable String getCurrentTraceId() {
            TraceIds trace = current();
            return trace == null ? null : trace.traceId();
        }

        @Override
        public @Nullable String getCurrentSpanId() {
            TraceIds trace = current();
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
