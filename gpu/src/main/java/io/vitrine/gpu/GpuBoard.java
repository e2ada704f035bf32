package io.vitrine.gpu;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

/**
 * Where poller, event waiter and watchdog bring what they saw, one at a time, and from where everyone else takes the latest snapshot
 * without waiting. No call into the driver is made while its lock is held.
 */
final class GpuBoard {

    private final ProbeClock clock;
    private final GpuListener listener;
    private final AtomicLong listenerFailures = new AtomicLong();
    private final Map<String, GpuTracker> trackers = new LinkedHashMap<>();
    private @Nullable Long stalledSinceNanos;
    private boolean stopped;

    private volatile GpuSnapshot latest;

    GpuBoard(ProbeClock clock, GpuListener listener) {
        this.clock = clock;
        this.listener = listener;
        CollectorStatus starting = new CollectorStatus(CollectorState.STARTING, "", EventState.OFF);
        this.latest = new GpuSnapshot(clock.nanoTime(), clock.now(), 0, starting, DriverInfo.NONE, List.of(), 0, 0);
    }

    GpuSnapshot latest() {
        return latest;
    }

    long listenerFailures() {
        return listenerFailures.get();
    }

    synchronized void polled(PollResult result) {
        long now = clock.nanoTime();
        Long stalledSince = stalledSinceNanos;
        if (stopped || (stalledSince != null && result.startedNanos() - stalledSince < 0)) {
            return;
        }
        stalledSinceNanos = null;
        boolean silent = result.status().events() == EventState.SILENT;
        List<GpuReading> readings = new ArrayList<>();
        List<Runnable> changes = new ArrayList<>();
        dropNameless(result.readings());
        for (RawReading raw : result.readings()) {
            GpuTracker tracker = trackers.computeIfAbsent(raw.identity().uuid(), uuid -> new GpuTracker(raw));
            change(tracker, changes, () -> tracker.polled(raw, silent, now));
            readings.add(tracker.reading());
        }
        latest = new GpuSnapshot(
                now,
                clock.now(),
                result.generation(),
                result.status(),
                result.driver(),
                readings,
                result.invalidSamples(),
                result.seconds());
        if (stalledSince != null) {
            tell(one -> one.collectorBack(Duration.ofNanos(now - stalledSince)));
        }
        tell(one -> one.snapshotTaken(latest));
        changes.forEach(Runnable::run);
    }

    synchronized void arrived(GpuEvent event) {
        if (stopped) {
            return;
        }
        GpuTracker tracker = trackers.get(event.gpu().uuid());
        tell(one -> one.eventArrived(event));
        Xid xid = event.xidOrNull();
        if (tracker == null || xid == null) {
            return;
        }
        List<Runnable> changes = new ArrayList<>();
        change(tracker, changes, () -> tracker.arrived(xid, event.atNanos(), event.at()));
        republish(latest.status());
        changes.forEach(Runnable::run);
    }

    /** Once for each stall, however often the watchdog looks. */
    synchronized void stalled(String what) {
        if (stopped || stalledSinceNanos != null) {
            return;
        }
        long now = clock.nanoTime();
        stalledSinceNanos = now;
        List<Runnable> changes = new ArrayList<>();
        trackers.values().forEach(tracker -> change(tracker, changes, () -> tracker.stalled(what, now)));
        republish(new CollectorStatus(
                CollectorState.UNRESPONSIVE, what, latest.status().events()));
        tell(one -> one.collectorUnresponsive(latest.status()));
        changes.forEach(Runnable::run);
    }

    /** The end: what a thread that was stuck brings later is not told any more. */
    synchronized void stopped() {
        stopped = true;
        republish(new CollectorStatus(CollectorState.STOPPED, "", EventState.OFF));
        tell(one -> one.snapshotTaken(latest));
    }

    /** Someone has seen to a GPU: its XIDs no longer count; what is still wrong stays. */
    synchronized boolean acknowledge(String uuid) {
        GpuTracker tracker = trackers.get(uuid);
        if (tracker != null) {
            tracker.acknowledge();
        }
        return tracker != null;
    }

    /** The same readings, which keep their age, with other health or status. */
    private void republish(CollectorStatus status) {
        GpuSnapshot before = latest;
        List<GpuReading> readings =
                trackers.values().stream().map(GpuTracker::reading).toList();
        latest = new GpuSnapshot(
                before.takenAtNanos(),
                before.takenAt(),
                before.generation(),
                status,
                before.driver(),
                readings,
                before.invalidSamples(),
                before.pollSeconds());
    }

    /** A GPU that would not give its name at first and does now is not another one. */
    private void dropNameless(List<RawReading> readings) {
        trackers.values()
                .removeIf(tracker -> tracker.identity().isNameless()
                        && readings.stream().noneMatch(raw -> raw.identity().equals(tracker.identity())));
    }

    private void change(GpuTracker tracker, List<Runnable> changes, Runnable update) {
        GpuHealth before = tracker.health();
        update.run();
        GpuHealth after = tracker.health();
        if (before.state() != after.state() || !rules(before).equals(rules(after))) {
            changes.add(() -> tell(one -> one.healthChanged(tracker.identity(), before, after)));
        }
    }

    /** The numbers in a reason's words change every poll; that is no change of health. */
    private static List<HealthRule> rules(GpuHealth health) {
        return health.reasons().stream().map(HealthReason::rule).toList();
    }

    private void tell(Consumer<GpuListener> what) {
        try {
            what.accept(listener);
        } catch (RuntimeException thrown) {
            listenerFailures.incrementAndGet();
        }
    }
}
