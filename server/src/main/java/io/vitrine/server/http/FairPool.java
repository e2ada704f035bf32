package io.vitrine.server.http;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;

import io.vitrine.model.engine.NanoClock;
import io.vitrine.server.api.ApiException;
import io.vitrine.server.api.ErrorReason;
import io.vitrine.server.config.ServerConfig.PlanningConfig;
import org.jspecify.annotations.Nullable;

/**
 * Runs the blocking work of requests (parsing, rendering, tokenising) on a bounded number of threads, fairly between
 * tenants: each tenant has a queue of its own, the queues take turns, and no tenant has more than its part of the
 * threads. After a job that took long the tenant's queue rests, so that large requests take the engine no more than a share
 * of a processor. Bounded in all and for each tenant; what exceeds a bound is refused at once. Any thread; the lock is held
 * for a few instructions.
 */
public final class FairPool {

    private static final double NEWEST_WEIGHT = 0.1;

    /** Shorter jobs need no rest: a prompt of a thousand tokens. */
    private static final long LONG_NANOS = 4_000_000;

    private final PlanningConfig limits;
    private final Executor workers;
    private final BiConsumer<Duration, Runnable> timer;
    private final NanoClock clock;
    private final Map<String, Lane> lanes = new HashMap<>();
    /** Lanes with something waiting; the first one is next. */
    private final Deque<Lane> ready = new ArrayDeque<>();

    private int running;
    private int waiting;
    private double meanNanos;

    /**
     * An idle pool.
     *
     * @param workers runs each task on a thread that may block; has at least as many as {@code limits} names
     * @param timer runs a short task after a time, on any thread
     */
    public FairPool(PlanningConfig limits, Executor workers, BiConsumer<Duration, Runnable> timer, NanoClock clock) {
        this.limits = limits;
        this.workers = workers;
        this.timer = timer;
        this.clock = clock;
    }

    /** One tenant's queue. */
    private static final class Lane {

        private final String tenantId;
        private final Deque<Job<?>> queue = new ArrayDeque<>();
        private int running;

        Lane(String tenantId) {
            this.tenantId = tenantId;
        }
    }

    /** Work that may find that nobody waits for it any more. */
    @FunctionalInterface
    interface Work<T> {
        /** Runs on a worker; looks at {@link Job#abandoned} between parts that take long. */
        T run(Job<T> job) throws Exception;
    }

    /** Work in the pool. */
    static final class Job<T> {

        private final FairPool pool;
        private final Lane lane;
        private final Work<T> work;
        private final CompletableFuture<T> result = new CompletableFuture<>();
        private volatile boolean abandoned;

        private Job(FairPool pool, Lane lane, Work<T> work) {
            this.pool = pool;
            this.lane = lane;
            this.work = work;
        }

        /** The result of the work, on a worker thread; a {@link CancellationException} once an abandoned job has ended. */
        CompletionStage<T> result() {
            return result;
        }

        /** Nobody waits for the result: it is not begun, or as soon as it looks no longer run. */
        void abandon() {
            abandoned = true;
            if (pool.remove(this)) {
                complete(null, new CancellationException());
            }
        }

        boolean abandoned() {
            return abandoned;
        }

        private void run() {
            if (abandoned) {
                complete(null, new CancellationException());
                return;
            }
            try {
                complete(work.run(this), null);
            } catch (Throwable failure) {
                complete(null, failure);
            }
        }

        @SuppressWarnings("NullAway") // a result may not be null; a failure has none
        private void complete(@Nullable T value, @Nullable Throwable failure) {
            if (abandoned) {
                result.completeExceptionally(new CancellationException());
            } else if (failure == null) {
                result.complete(value);
            } else {
                result.completeExceptionally(failure);
            }
        }
    }

    /**
     * Queues work of a tenant.
     *
     * @throws ApiException 429 if the tenant, or all together, have as much waiting as they may; with a time to come
     *     again
     */
    <T> Job<T> submit(String tenantId, Work<T> work) {
        Job<T> job;
        synchronized (this) {
            Lane lane = lanes.getOrDefault(tenantId, new Lane(tenantId));
            requireRoom(lane);
            lanes.put(tenantId, lane);
            job = new Job<>(this, lane, work);
            lane.queue.add(job);
            waiting++;
            if (lane.queue.size() == 1) {
                ready.add(lane);
            }
        }
        runNext();
        return job;
    }

    /** As {@link #submit(String, Work)}, for work that does not look whether it is abandoned. */
    <T> Job<T> submit(String tenantId, Callable<T> work) {
        return submit(tenantId, job -> work.call());
    }

    private void requireRoom(Lane lane) {
        if (lane.queue.size() >= limits.tenantQueueLimit()) {
            throw new ApiException(
                            ErrorReason.CONCURRENCY_EXCEEDED,
                            "as many of the tenant's requests wait to be prepared as may"
                                    + " (planning.tenant-queue-limit, " + limits.tenantQueueLimit() + ")",
                            null,
                            "rate_limit_exceeded")
                    .retryAfter(timeFor(lane.queue.size(), tenantThreads())
                            .plusNanos(lane.queue.size() * restNanos((long) meanNanos) / tenantThreads()));
        }
        if (waiting >= limits.queueLimit()) {
            throw new ApiException(
                            ErrorReason.QUEUE_FULL,
                            "as many requests wait to be prepared as may (planning.queue-limit, " + limits.queueLimit()
                                    + ")")
                    .retryAfter(timeFor(waiting, limits.threadCount()));
        }
    }

    private Duration timeFor(int jobs, int threads) {
        return Duration.ofNanos(Math.round(meanNanos * jobs / threads));
    }

    private int tenantThreads() {
        return Math.min(limits.tenantThreadCount(), limits.threadCount());
    }

    private void runNext() {
        for (Job<?> next = takeNext(); next != null; next = takeNext()) {
            Job<?> job = next;
            workers.execute(() -> runTimed(job));
        }
    }

    private void runTimed(Job<?> job) {
        long startNanos = clock.nanoTime();
        try {
            job.run();
        } finally {
            long nanos = clock.nanoTime() - startNanos;
            ended(nanos);
            long restNanos = restNanos(nanos);
            if (restNanos == 0) {
                rested(job.lane);
            } else {
                timer.accept(Duration.ofNanos(restNanos), () -> {
                    rested(job.lane);
                    runNext();
                });
            }
            runNext();
        }
    }

    private long restNanos(long nanos) {
        int percent = limits.tenantProcessorPercent();
        return nanos < LONG_NANOS ? 0 : nanos * (100 - percent) / percent;
    }

    /** The first job of the next lane that may have a thread more; null if none may, or none waits. */
    private synchronized @Nullable Job<?> takeNext() {
        if (running == limits.threadCount()) {
            return null;
        }
        for (Iterator<Lane> each = ready.iterator(); each.hasNext(); ) {
            Lane lane = each.next();
            if (lane.running < tenantThreads()) {
                each.remove();
                Job<?> job = lane.queue.remove();
                if (!lane.queue.isEmpty()) {
                    ready.add(lane);
                }
                waiting--;
                running++;
                lane.running++;
                return job;
            }
        }
        return null;
    }

    private synchronized void ended(long nanos) {
        running--;
        meanNanos = meanNanos == 0 ? (double) nanos : meanNanos + NEWEST_WEIGHT * (nanos - meanNanos);
    }

    /** The lane may have one thread more. */
    private synchronized void rested(Lane lane) {
        lane.running--;
        forgetIfIdle(lane);
    }

    /** Whether it was still waiting. */
    private synchronized boolean remove(Job<?> job) {
        boolean removed = job.lane.queue.remove(job);
        if (removed) {
            waiting--;
            if (job.lane.queue.isEmpty()) {
                ready.remove(job.lane);
            }
            forgetIfIdle(job.lane);
        }
        return removed;
    }

    private void forgetIfIdle(Lane lane) {
        if (lane.running == 0 && lane.queue.isEmpty()) {
            lanes.remove(lane.tenantId);
        }
    }

    /** Jobs that wait for a thread. */
    public synchronized int waitingCount() {
        return waiting;
    }

    /** Tenants with work here. */
    synchronized int tenantCount() {
        return lanes.size();
    }
}
