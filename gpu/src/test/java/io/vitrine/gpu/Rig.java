package io.vitrine.gpu;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** A probe on the fake driver without threads: the test moves time for both and says when to poll. */
final class Rig implements AutoCloseable {

    final FakeDriver driver;
    final ManualClock clock = new ManualClock();
    final RecordingListener listener = new RecordingListener();
    final GpuProbe probe;
    private double now;

    Rig(FakeDriver driver) {
        this(driver, driver.library().toString());
    }

    Rig(FakeDriver driver, String library) {
        this.driver = driver;
        this.probe = new GpuProbe(settings(library), clock, listener);
    }

    /** With a kernel's log beside the driver. */
    Rig(FakeDriver driver, Path kernelLog) {
        this.driver = driver;
        this.probe = new GpuProbe(settings(driver.library().toString()).withKernelLog(kernelLog), clock, listener);
    }

    static GpuProbeSettings settings(String library) {
        GpuProbeSettings usual = GpuProbeSettings.DEFAULT;
        return new GpuProbeSettings(
                library,
                usual.pollInterval(),
                usual.eventWait(),
                usual.callDeadline(),
                usual.initDeadline(),
                usual.lostRecheck(),
                usual.absenceRecheck(),
                true,
                Optional.empty());
    }

    /** Goes to a second of the timeline, without polling. */
    Rig at(double seconds) {
        now = seconds;
        clock.at(seconds);
        driver.at(seconds);
        return this;
    }

    /** Takes what events there are, polls, looks as the watchdog does. */
    GpuSnapshot poll() {
        while (probe.waitOnce(Duration.ZERO).isZero()) {
            // There may be one more.
        }
        probe.pollOnce();
        probe.checkOnce();
        return probe.snapshot();
    }

    GpuReading pollOne() {
        return poll().gpus().get(0);
    }

    /** Polls every second from the one after the present to {@code seconds}. */
    GpuReading pollUntil(double seconds) {
        while (now + 1 <= seconds) {
            at(now + 1);
            poll();
        }
        return probe.snapshot().gpus().get(0);
    }

    /** Polls every second until the first GPU is as asked: the second at which it was. */
    double pollUntil(Predicate<GpuReading> wanted, double limitSeconds) {
        while (now < limitSeconds) {
            at(now + 1);
            poll();
            if (wanted.test(probe.snapshot().gpus().get(0))) {
                return now;
            }
        }
        throw new AssertionError("not within " + limitSeconds + " s: "
                + probe.snapshot().gpus().get(0).health());
    }

    static List<HealthRule> rules(GpuReading gpu) {
        return gpu.health().reasons().stream().map(HealthReason::rule).toList();
    }

    @Override
    public void close() {
        probe.close();
    }
}
