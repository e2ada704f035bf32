package io.vitrine.loadtest.client;

import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

import io.vertx.core.Context;

/**
 * A Vert.x event loop. Its timers have a resolution of a millisecond and more; those of a thread that parks have some ten microseconds, so one
 * such thread wakes the loops.
 */
public final class VertxEventLoop implements EventLoop {

    private final Context context;
    private final ScheduledThreadPoolExecutor pacer;

    public VertxEventLoop(Context context, ScheduledThreadPoolExecutor pacer) {
        this.context = context;
        this.pacer = pacer;
    }

    /** The thread that wakes the loops. */
    public static ScheduledThreadPoolExecutor pacer() {
        ScheduledThreadPoolExecutor pacer = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, "load-pacer");
            thread.setDaemon(true);
            return thread;
        });
        pacer.setRemoveOnCancelPolicy(true);
        return pacer;
    }

    @Override
    public long nanoTime() {
        return System.nanoTime();
    }

    @Override
    public Timer runAt(long atNanos, Runnable task) {
        ScheduledFuture<?> timer = pacer.schedule(
                () -> context.runOnContext(due -> task.run()), atNanos - System.nanoTime(), TimeUnit.NANOSECONDS);
        return () -> timer.cancel(false);
    }
}
