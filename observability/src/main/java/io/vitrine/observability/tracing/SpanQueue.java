package io.vitrine.observability.tracing;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import io.vitrine.observability.catalogue.SpanLoss;

/**
 * The spans that wait for one back-end, and the thread that brings them there, as many at a time as have gathered. No one ever
 * waits for the back-end: when the queue is full, a trace's spans are dropped and counted. Any thread.
 */
final class SpanQueue implements AutoCloseable {

    private static final int MOST_SPANS_AT_ONCE = 512;
    private static final Duration EXPORT_LIMIT = Duration.ofSeconds(30);
    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(5);

    private final SpanExporter exporter;
    private final int limit;
    private final TracingCounts counts;
    private final Clock clock;
    /** Bounded by the spans in it, not by its entries. */
    private final LinkedBlockingQueue<Entry> entries = new LinkedBlockingQueue<>();

    private final AtomicInteger size = new AtomicInteger();
    private final Thread thread;
    private volatile boolean closing;

    private record Entry(List<SpanData> spans, Instant since) {}

    SpanQueue(SpanExporter exporter, int limit, TracingCounts counts, Clock clock) {
        this.exporter = exporter;
        this.limit = limit;
        this.counts = counts;
        this.clock = clock;
        thread = new Thread(this::run, "vitrine-span-export");
        thread.setDaemon(true);
        thread.start();
    }

    void offer(List<SpanData> spans) {
        if (closing) {
            counts.lost(SpanLoss.SHUTDOWN, spans.size());
        } else if (size.addAndGet(spans.size()) > limit) {
            size.addAndGet(-spans.size());
            counts.lost(SpanLoss.QUEUE_FULL, spans.size());
        } else {
            entries.add(new Entry(spans, clock.instant()));
        }
    }

    /** Spans that wait, those on their way included. */
    int size() {
        return size.get();
    }

    double lagSeconds() {
        return Optional.ofNullable(entries.peek())
                .map(oldest -> Duration.between(oldest.since, clock.instant()).toNanos() / 1e9)
                .orElse(0.0);
    }

    private void run() {
        try {
            while (!closing || !entries.isEmpty()) {
                Entry first = entries.poll(100, TimeUnit.MILLISECONDS);
                if (first != null) {
                    export(gather(first));
                }
            }
        } catch (InterruptedException e) {
            // Its time is over; close() counts what is left.
            Thread.currentThread().interrupt();
        }
    }

    private List<SpanData> gather(Entry first) {
        List<SpanData> batch = new ArrayList<>(first.spans);
        while (batch.size() < MOST_SPANS_AT_ONCE) {
            Entry next = entries.poll();
            if (next == null) {
                break;
            }
            batch.addAll(next.spans);
        }
        return batch;
    }

    private void export(List<SpanData> batch) {
        boolean taken = false;
        try {
            CompletableResultCode result = exporter.export(batch).join(EXPORT_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
            taken = result.isSuccess();
        } catch (RuntimeException e) {
            // Counted like any other way of not getting there.
        }
        size.addAndGet(-batch.size());
        if (taken) {
            counts.exported(batch.size());
        } else {
            counts.exportFailed(batch.size());
        }
    }

    /** Brings away what waits, for at most {@code CLOSE_LIMIT}. */
    @Override
    public void close() {
        closing = true;
        join(CLOSE_LIMIT);
        thread.interrupt();
        exporter.shutdown().join(CLOSE_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
        for (Entry left = entries.poll(); left != null; left = entries.poll()) {
            size.addAndGet(-left.spans.size());
            counts.lost(SpanLoss.SHUTDOWN, left.spans.size());
        }
    }

    private void join(Duration time) {
        try {
            thread.join(time.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
