package io.vitrine.observability.tracing;

import java.time.Clock;
import java.util.ArrayList;
import java.util.List;

import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SpanExporter;

/** Hands the spans of kept traces to every back-end, each with a queue of its own, so that one that is down harms no other. Any thread. */
final class SpanExport implements AutoCloseable {

    private final List<SpanQueue> queues;

    SpanExport(List<SpanExporter> exporters, int queueSpans, TracingCounts counts, Clock clock) {
        List<SpanQueue> made = new ArrayList<>();
        exporters.forEach(exporter -> made.add(new SpanQueue(exporter, queueSpans, counts, clock)));
        queues = List.copyOf(made);
        counts.watch(queues);
    }

    /** Whether there is anyone to hand spans to. */
    boolean isOn() {
        return !queues.isEmpty();
    }

    void offer(List<SpanData> spans) {
        queues.forEach(queue -> queue.offer(spans));
    }

    @Override
    public void close() {
        queues.forEach(SpanQueue::close);
    }
}
