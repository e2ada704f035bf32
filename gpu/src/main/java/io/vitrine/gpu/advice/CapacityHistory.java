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

/** Up to a day of one GPU, a minute a record. Any thread. */
public final class CapacityHistory {

    /** Kept at most. */
    public static final Duration LONGEST = Duration.ofHours(24);

    private final Deque<CapacityMinute> minutes = new ArrayDeque<>();

    /** Nothing yet. */
    public CapacityHistory() {}

    /** Adds a reading to its minute; one that is older than the latest minute is left out, as one that has no values. */
    public synchronized void add(Instant at, GpuReading gpu, ServingLoad load) {
        Instant minute = at.truncatedTo(ChronoUnit.MINUTES);
        CapacityMinute last = minutes.peekLast();
        if (!gpu.answering() || (last != null && minute.isBefore(last.from()))) {
            return;
        }
        if (last != null && minute.equals(last.from())) {
            minutes.removeLast();
            minutes.addLast(joined(last, gpu, load));
        } else {
            minutes.addLast(joined(new CapacityMinute(minute, 0, 0, Double.NaN, 0, false, 0, 0), gpu, load));
        }
        while (minutes.getFirst().from().isBefore(minute.minus(LONGEST))) {
            minutes.removeFirst();
        }
    }

    /** The minutes, oldest first. */
    public synchronized List<CapacityMinute> minutes() {
        return List.copyOf(minutes);
    }

    private static CapacityMinute joined(CapacityMinute minute, GpuReading gpu, ServingLoad load) {
        int n = minute.samples();
        double power = ratio(gpu.value(GpuMetric.POWER_WATTS), gpu.value(GpuMetric.POWER_LIMIT_WATTS));
        double occupied = gpu.value(GpuMetric.MEMORY_OCCUPIED_RATIO).orElse(Double.NaN);
        return new CapacityMinute(
                minute.from(),
                n + 1,
                mean(
                        minute.utilizationMean(),
                        n,
                        gpu.value(GpuMetric.UTILIZATION_RATIO).orElse(Double.NaN)),
                Double.isNaN(minute.occupiedPeak()) ? occupied : Math.max(minute.occupiedPeak(), occupied),
                mean(minute.powerMean(), n, power),
                minute.throttled() || gpu.throttled(),
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
