package io.vitrine.gpu.advice;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.OptionalDouble;

import io.vitrine.gpu.GpuMetric;
import io.vitrine.gpu.GpuReading;
import io.vitrine.gpu.host.HostMetric;
import io.vitrine.gpu.host.HostReading;

/** Up to a day of one GPU, or of the host, a minute a record: at most 1,441 of them. Any thread. */
public final class CapacityHistory {

    /** Kept at most. */
    public static final Duration LONGEST = Duration.ofHours(24);

    private final Deque<CapacityMinute> minutes = new ArrayDeque<>();

    /** Nothing yet. */
    public CapacityHistory() {}

    /** Adds a reading to its minute; one that is older than the latest minute is left out, as one that has no values. */
    public void add(Instant at, GpuReading gpu, ServingLoad load) {
        if (gpu.answering()) {
            add(at, Sample.of(gpu), load);
        }
    }

    /** The same for the host, whose power has no limit that we know, and who does not say if it is throttled. */
    public void add(Instant at, HostReading host, ServingLoad load) {
        add(at, Sample.of(host), load);
    }

    private synchronized void add(Instant at, Sample sample, ServingLoad load) {
        Instant minute = at.truncatedTo(ChronoUnit.MINUTES);
        CapacityMinute last = minutes.peekLast();
        if (last != null && minute.isBefore(last.from())) {
            return;
        }
        if (last != null && minute.equals(last.from())) {
            minutes.removeLast();
            minutes.addLast(joined(last, sample, load));
        } else {
            minutes.addLast(joined(new CapacityMinute(minute, 0, 0, Double.NaN, 0, false, 0, 0), sample, load));
        }
        while (minutes.getFirst().from().isBefore(minute.minus(LONGEST))) {
            minutes.removeFirst();
        }
    }

    /** The minutes, oldest first. */
    public synchronized List<CapacityMinute> minutes() {
        return List.copyOf(minutes);
    }

    /** What is kept of a reading; NaN where it does not tell. */
    private record Sample(double utilization, double occupied, double power, boolean throttled) {

        static Sample of(GpuReading gpu) {
            return new Sample(
                    gpu.value(GpuMetric.UTILIZATION_RATIO).orElse(Double.NaN),
                    gpu.value(GpuMetric.MEMORY_OCCUPIED_RATIO).orElse(Double.NaN),
                    ratio(gpu.value(GpuMetric.POWER_WATTS), gpu.value(GpuMetric.POWER_LIMIT_WATTS)),
                    gpu.throttled());
        }

        static Sample of(HostReading host) {
            return new Sample(
                    host.value(HostMetric.CPU_UTILIZATION_RATIO).orElse(Double.NaN),
                    host.value(HostMetric.MEMORY_USED_RATIO).orElse(Double.NaN),
                    Double.NaN,
                    false);
        }
    }

    private static CapacityMinute joined(CapacityMinute minute, Sample sample, ServingLoad load) {
        int n = minute.samples();
        double occupied = sample.occupied();
        return new CapacityMinute(
                minute.from(),
                n + 1,
                mean(minute.utilizationMean(), n, sample.utilization()),
                Double.isNaN(minute.occupiedPeak()) ? occupied : Math.max(minute.occupiedPeak(), occupied),
                mean(minute.powerMean(), n, sample.power()),
                minute.throttled() || sample.throttled(),
                mean(minute.busyMean(), n, (double) load.busySlots() / load.slots()),
                mean(minute.queuedMean(), n, load.queued()));
    }

    private static double mean(double mean, int count, double value) {
        return mean + (value - mean) / (count + 1);
    }

    private static double ratio(OptionalDouble part, OptionalDouble whole) {
        return part.isPresent() && whole.orElse(0) > 0 ? part.getAsDouble() / whole.getAsDouble() : Double.NaN;
    }
}
