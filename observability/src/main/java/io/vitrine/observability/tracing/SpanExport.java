package io.vitrine.observability.tracing;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

import io.opentelemetry.sdk.trace.data.SpanData;
import io.vitrine.observability.catalogue.SpanLoss;

/**
 * Hands the spans of kept traces to every back-end, each with a queue of its own, so that one that is down harms no other. The spans of
 * a request are made on a thread of this one's: there can be thousands, and its event loop has other requests. Any thread.
 */
final class SpanExport implements AutoCloseable {

    /** A collector that hangs holds up the stop no longer than this. */
    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(2);

    private final List<SpanQueue> queues;
    private final int limit;
    private final TracingCounts counts;
    private final Clock clock;
    private final AtomicInteger unmade = new AtomicInteger();
    private final ExecutorService maker = Executors.newSingleThreadExecutor(work -> {
        Thread thread = new Thread(work, "vitrine-span-export-maker");
        thread.setDaemon(true);
        return thread;
    });

    SpanExport(List<SpanTarget> targets, int queueSpans, TracingCounts counts, Clock clock) {
        this.limit = queueSpans;
        this.counts = counts;
        this.clock = clock;
        List<SpanQueue> made = new ArrayList<>();
        targets.forEach(target -> made.add(new SpanQueue(target, queueSpans, counts, clock)));
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

    /** Has a trace made and handed on; {@code estimate} is how many spans it has, about. */
    void offer(int estimate, Supplier<List<SpanData>> trace) {
        if (unmade.addAndGet(estimate) > limit + estimate) {
            unmade.addAndGet(-estimate);
            counts.lost(SpanLoss.QUEUE_FULL, estimate);
            return;
        }
        try {
            maker.execute(() -> make(estimate, trace));
        } catch (RejectedExecutionException closed) {
            unmade.addAndGet(-estimate);
            counts.lost(SpanLoss.SHUTDOWN, estimate);
        }
    }

    private void make(int estimate, Supplier<List<SpanData>> trace) {
        try {
            offer(trace.get());
        } catch (RuntimeException e) {
            counts.failed();
        } finally {
            unmade.addAndGet(-estimate);
        }
    }

    @Override
    public void close() {
        Instant deadline = clock.instant().plus(CLOSE_LIMIT);
        maker.shutdown();
        try {
            if (!maker.awaitTermination(CLOSE_LIMIT.toNanos() / 2, TimeUnit.NANOSECONDS)) {
                maker.shutdownNow();
                counts.lost(SpanLoss.SHUTDOWN, unmade.get());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        queues.forEach(SpanQueue::end);
        queues.forEach(queue -> queue.close(until(deadline)));
    }

    /** At most the whole of it, whatever happens to the clock meanwhile. */
    private Duration until(Instant deadline) {
        Duration left = Duration.between(clock.instant(), deadline);
        return left.isNegative() ? Duration.ZERO : left.compareTo(CLOSE_LIMIT) < 0 ? left : CLOSE_LIMIT;
    }
}
