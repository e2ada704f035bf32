package io.vitrine.gpu;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

import io.vitrine.gpu.kernel.KernelLog;

/**
 * Reads the machine's GPUs for as long as it lives: one thread polls, one waits for the driver's events, one watches the other two.
 * A machine without GPU, driver or permission is a normal answer. Whoever asks gets the latest {@link GpuSnapshot} at once: no caller
 * ever waits for the driver, and a driver that hangs costs one thread and nothing more.
 */
public final class GpuProbe implements AutoCloseable {

    private final GpuProbeSettings settings;
    private final ProbeClock clock;
    private final GpuBoard board;
    private final EventHeartbeat heartbeat;
    private final CallMonitor calls;
    private final GpuCollector collector;
    private final EventWaiter events;
    private final Watchdog watchdog;
    private final Optional<KernelXids> kernelXids;
    private String kernelLogProblem = "";
    private final CountDownLatch stopping = new CountDownLatch(1);
    private final List<Thread> drivers = new ArrayList<>();

    /** Puts the parts together; nothing runs yet. */
    GpuProbe(GpuProbeSettings settings, ProbeClock clock, GpuListener listener) {
        this.settings = settings;
        this.clock = clock;
        this.board = new GpuBoard(clock, listener);
        this.heartbeat = new EventHeartbeat(settings.staleAfter());
        this.calls = new CallMonitor(settings, clock);
        this.collector = new GpuCollector(settings, clock, calls, heartbeat);
        this.events = new EventWaiter(collector, board, heartbeat, clock);
        this.watchdog = new Watchdog(settings, collector, calls, board, clock);
        this.kernelXids = settings.kernelLog().flatMap(this::openKernelLog);
    }

    private Optional<KernelXids> openKernelLog(Path path) {
        try {
            return Optional.of(new KernelXids(KernelLog.open(path), board, clock));
        } catch (IOException unreadable) {
            kernelLogProblem = String.valueOf(unreadable.getMessage());
            return Optional.empty();
        }
    }

    /** Starts reading; returns before the first reading is there. */
    public static GpuProbe start(GpuProbeSettings settings, ProbeClock clock, GpuListener listener) {
        GpuProbe probe = new GpuProbe(settings, clock, listener);
        probe.startThreads();
        return probe;
    }

    /**
     * Reads once, for a person who asks: waits for the second poll, as some values are differences, but no longer than {@code limit}.
     *
     * @return what there is then; {@link CollectorState#UNRESPONSIVE} when the driver did not answer in time
     */
    public static GpuSnapshot readOnce(GpuProbeSettings settings, ProbeClock clock, Duration limit)
            throws InterruptedException {
        CountDownLatch polls = new CountDownLatch(2);
        GpuListener listener = new GpuListener() {
            @Override
            public void snapshotTaken(GpuSnapshot snapshot) {
                polls.countDown();
                if (snapshot.status().state() != CollectorState.RUNNING) {
                    polls.countDown();
                }
            }
        };
        try (GpuProbe probe = start(settings, clock, listener)) {
            if (!polls.await(limit.toNanos(), TimeUnit.NANOSECONDS)) {
                probe.board.stalled("no answer within " + limit.toMillis() + " ms");
            }
            return probe.snapshot();
        }
    }

    /** The latest readings, at once. Any thread. */
    public GpuSnapshot snapshot() {
        return board.latest();
    }

    /** How old they are. */
    public Duration age() {
        return snapshot().age(clock.nanoTime());
    }

    /**
     * Someone has seen to a GPU: the XIDs that were held against it no longer count from the next poll on.
     *
     * @return whether there is such a GPU
     */
    public boolean acknowledge(String uuid) {
        return board.acknowledge(uuid);
    }

    /** Why the kernel's log is not looked at although the settings ask for it; empty if it is, or if they do not. */
    public Optional<String> kernelLogProblem() {
        return Optional.of(kernelLogProblem).filter(problem -> !problem.isEmpty());
    }

    /** How often the listener threw. */
    public long listenerFailures() {
        return board.listenerFailures();
    }

    /**
     * Stops: waits for the calls that are inside the driver, no longer than their deadline. If one does not come back, the library
     * stays initialised and its thread, a daemon, is left behind: a shutdown under a call may take the process with it.
     */
    @Override
    public void close() {
        stopping.countDown();
        long end = clock.nanoTime()
                + settings.callDeadline().plus(settings.eventWait()).toNanos();
        boolean ended = true;
        for (Thread thread : drivers) {
            ended &= joined(thread, end);
        }
        if (ended) {
            collector.close();
        }
        board.stopped();
        kernelXids.ifPresent(KernelXids::close);
    }

    void pollOnce() {
        board.polled(collector.poll());
    }

    Duration waitOnce(Duration wait) {
        return events.waitOnce(wait);
    }

    void checkOnce() {
        watchdog.check();
        kernelXids.ifPresent(KernelXids::check);
    }

    CallMonitor calls() {
        return calls;
    }

    EventHeartbeat heartbeat() {
        return heartbeat;
    }

    private void startThreads() {
        heartbeat.started(clock.nanoTime());
        drivers.add(run("gpu-poller", () -> {
            pollOnce();
            return collector.interval();
        }));
        drivers.add(run("gpu-events", () -> waitOnce(settings.eventWait())));
        run("gpu-watchdog", () -> {
            checkOnce();
            return watchdog.interval();
        });
    }

    /** Does something again and again, with the rest that it asks for in between, until the probe is closed. */
    private Thread run(String name, Supplier<Duration> turn) {
        Thread thread = new Thread(
                () -> {
                    try {
                        while (!stopping.await(turn.get().toNanos(), TimeUnit.NANOSECONDS)) {
                            // The turn is in the condition.
                        }
                    } catch (InterruptedException stop) {
                        Thread.currentThread().interrupt();
                    }
                },
                name);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    private boolean joined(Thread thread, long endNanos) {
        try {
            long left = Math.max(1, TimeUnit.NANOSECONDS.toMillis(endNanos - clock.nanoTime()));
            thread.join(left);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
        return !thread.isAlive();
    }
}
