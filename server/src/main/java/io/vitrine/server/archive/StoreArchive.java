package io.vitrine.server.archive;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Collectors;

import io.vitrine.gpu.GpuListener;
import io.vitrine.model.engine.EngineListener;
import io.vitrine.model.engine.NanoClock;
import io.vitrine.observability.Archive;
import io.vitrine.observability.ArchiveStats;
import io.vitrine.observability.KeptSpan;
import io.vitrine.observability.LifecycleListener;
import io.vitrine.observability.LoggedEvent;
import io.vitrine.observability.MeterReading;
import io.vitrine.server.history.Tail;
import io.vitrine.server.history.TelemetryHistory;
import io.vitrine.store.StoreException;
import io.vitrine.store.telemetry.LogRow;
import io.vitrine.store.telemetry.TelemetryStore;

/**
 * Keeps telemetry in a {@link TelemetryStore}: makes rows of what it is told and hands them over, which never waits.
 *
 * <p>Two threads of its own. {@code vitrine-archive} takes the engine's steps out of their ring, reads meters and GPUs now and then, and
 * sees whether the store is well; {@code vitrine-archive-upkeep} ages files and deletes those that are due, which may take minutes. Each
 * thing is tried again the next time, whatever happened.
 */
public final class StoreArchive implements Archive, AutoCloseable {

    private static final Duration STEPS_EVERY = Duration.ofMillis(100);
    private static final Duration WATCH_EVERY = Duration.ofSeconds(1);
    private static final Duration UPKEEP_AFTER = Duration.ofMinutes(1);
    private static final Duration UPKEEP_EVERY = Duration.ofMinutes(30);
    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(5);

    private final TelemetryStore store;
    private final Duration sampleInterval;
    private final StepTaker steps;
    private final GpuSampler gpus;
    private final StoreStats stats;
    private final Tail tail = new Tail();
    private final ScheduledExecutorService taker = Executors.newSingleThreadScheduledExecutor(named("vitrine-archive"));
    private final ScheduledExecutorService upkeep =
            Executors.newSingleThreadScheduledExecutor(named("vitrine-archive-upkeep"));

    /**
     * Nothing happens before it is attached to telemetry.
     *
     * @param store closed with this
     * @param sampleInterval between two readings of all meters
     * @param clock the engine's
     */
    public StoreArchive(TelemetryStore store, Duration sampleInterval, NanoClock clock) {
        this.store = store;
        this.sampleInterval = sampleInterval;
        this.steps = new StepTaker(store, tail, clock);
        this.gpus = new GpuSampler(store);
        this.stats = new StoreStats(store, steps);
    }

    @Override
    public void attach(LifecycleListener events, Supplier<List<MeterReading>> meters) {
        MeterSampler sampler = new MeterSampler(store, meters);
        StoreWatch watch = new StoreWatch(store, events);
        Upkeep files = new Upkeep(store, events);
        every(STEPS_EVERY, taker, events, steps::take);
        every(WATCH_EVERY, taker, events, watch::look);
        every(sampleInterval, taker, events, () -> {
            stats.measure();
            sampler.sample();
            gpus.sample();
        });
        once(upkeep, events, files::sweep);
        schedule(UPKEEP_AFTER, UPKEEP_EVERY, upkeep, events, files::run);
    }

    @Override
    public void keep(List<KeptSpan> spans) {
        Map<String, Long> began =
                spans.stream().collect(Collectors.toMap(KeptSpan::traceId, KeptSpan::startEpochNanos, Math::min));
        spans.forEach(
                span -> store.record(SpanRows.of(span), began.getOrDefault(span.traceId(), span.startEpochNanos())));
    }

    @Override
    public void keep(LoggedEvent event) {
        LogRow row = LogRows.of(event);
        store.record(row, event.beganEpochNanos());
        tail.logged(row);
    }

    @Override
    public boolean isErased(String tenantId, long beganEpochNanos) {
        try {
            return store.isErased(tenantId, beganEpochNanos);
        } catch (StoreException e) {
            // The writer meets the same file, and reports it.
            return false;
        }
    }

    @Override
    public EngineListener engineListener(String modelName, long kvPageBytes) {
        return steps.listener(modelName, kvPageBytes);
    }

    @Override
    public GpuListener gpuListener() {
        return gpus;
    }

    @Override
    public ArchiveStats stats() {
        return stats;
    }

    /** Answers questions about what is kept; for any thread that may wait. */
    public TelemetryHistory history() {
        return new TelemetryHistory(store.queries(), tail, store::contents);
    }

    /** Writes what was handed over, and closes the store. */
    @Override
    public void close() {
        taker.shutdown();
        upkeep.shutdown();
        try {
            if (taker.awaitTermination(CLOSE_LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
                steps.take();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        store.close();
    }

    private static void every(
            Duration interval, ScheduledExecutorService thread, LifecycleListener events, Runnable work) {
        schedule(interval, interval, thread, events, work);
    }

    private static void once(ScheduledExecutorService thread, LifecycleListener events, Runnable work) {
        thread.execute(guarded(events, work));
    }

    @SuppressWarnings("FutureReturnValueIgnored") // the work does not throw, and the close ends it
    private static void schedule(
            Duration first, Duration then, ScheduledExecutorService thread, LifecycleListener events, Runnable work) {
        thread.scheduleWithFixedDelay(guarded(events, work), first.toMillis(), then.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** An Error too is reported and the work done again the next time: what throws is never run again, without a word. */
    private static Runnable guarded(LifecycleListener events, Runnable work) {
        return () -> {
            try {
                work.run();
            } catch (Throwable e) {
                events.faulted("archive", e);
            }
        };
    }

    private static ThreadFactory named(String name) {
        return work -> {
            Thread thread = new Thread(work, name);
            thread.setDaemon(true);
            return thread;
        };
    }
}
