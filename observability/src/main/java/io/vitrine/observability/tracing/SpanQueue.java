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

import io.opentelemetry.sdk.trace.data.SpanData;
import io.vitrine.observability.catalogue.SpanLoss;
import io.vitrine.observability.otlp.Batches;

/**
 * The spans that wait for one back-end, and the thread that brings them there, as many at a time as have gathered. No one ever
 * waits for the back-end: when the queue is full, a trace's spans are dropped and counted. Any thread.
 */
final class SpanQueue {

    private static final int MOST_SPANS_AT_ONCE = 512;
    private static final Duration EXPORT_LIMIT = Duration.ofSeconds(30);

    private final SpanTarget target;
    private final int limit;
    private final TracingCounts counts;
    private final Clock clock;
    /** Bounded by the spans in it, not by its entries. */
    private final LinkedBlockingQueue<Entry> entries = new LinkedBlockingQueue<>();

    private final AtomicInteger size = new AtomicInteger();
    private final Thread thread;
    private volatile boolean closing;

    private record Entry(List<SpanData> spans, Instant since) {}

    SpanQueue(SpanTarget target, int limit, TracingCounts counts, Clock clock) {
        this.target = target;
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
        } else if (spans.size() > limit) {
            counts.lost(SpanLoss.TOO_LARGE, spans.size());
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

    private List<SpanData> gather(Entry first) throws InterruptedException {
        List<SpanData> batch = new ArrayList<>(first.spans);
        Instant deadline = clock.instant().plus(target.linger());
        while (batch.size() < MOST_SPANS_AT_ONCE) {
            Entry next = entries.poll(lingerNanos(deadline), TimeUnit.NANOSECONDS);
            if (next == null) {
                break;
            }
            batch.addAll(next.spans);
        }
        return batch;
    }

    /** At most the whole of it, whatever happens to the clock meanwhile. */
    private long lingerNanos(Instant deadline) {
        long left = Duration.between(clock.instant(), deadline).toNanos();
        return closing ? 0 : Math.max(0, Math.min(left, target.linger().toNanos()));
    }

    private void export(List<SpanData> batch) {
        try {
            if (target.link().isEmpty()) {
                exportPart(batch);
                return;
            }
            Batches<SpanData> parts = Batches.of(batch, SpanSize::of);
            counts.lost(SpanLoss.TOO_LARGE, parts.tooLarge().size());
            parts.batches().forEach(this::exportPart);
        } finally {
            size.addAndGet(-batch.size());
        }
    }

    private void exportPart(List<SpanData> part) {
        if (Thread.currentThread().isInterrupted()) {
            counts.lost(SpanLoss.SHUTDOWN, part.size());
            return;
        }
        boolean taken = taken(part);
        long held = target.link().map(link -> link.ended(taken, part.size())).orElse(taken ? (long) part.size() : 0);
        counts.exported(held);
        counts.lost(taken ? SpanLoss.REJECTED : SpanLoss.EXPORT_FAILED, part.size() - held);
    }

    private boolean taken(List<SpanData> part) {
        try {
            return target.exporter()
                    .export(part)
                    .join(EXPORT_LIMIT.toMillis(), TimeUnit.MILLISECONDS)
                    .isSuccess();
        } catch (RuntimeException | Error e) {
            // Counted like any other way of not getting there; the next batch is tried again.
            return false;
        }
    }

    /** Takes nothing more. */
    void end() {
        closing = true;
    }

    /** Brings away what waits, for at most {@code limit}. */
    void close(Duration limit) {
        end();
        join(limit);
        thread.interrupt();
        target.exporter().shutdown();
        for (Entry left = entries.poll(); left != null; left = entries.poll()) {
            size.addAndGet(-left.spans.size());
            counts.lost(SpanLoss.SHUTDOWN, left.spans.size());
        }
    }

    private void join(Duration time) {
        try {
            thread.join(Math.max(1, time.toMillis()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
