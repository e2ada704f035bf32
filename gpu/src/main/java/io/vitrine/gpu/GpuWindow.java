package io.vitrine.gpu;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

/** The last half hour of one GPU, bounded, and what it adds up to. One thread. */
final class GpuWindow {

    static final double SHORT_SECONDS = 300;
    static final double MIDDLE_SECONDS = 900;
    static final double LONG_SECONDS = 1800;

    /** Beyond this many samples the window is shorter than half an hour: polls come faster than a second. */
    static final int MAX_SAMPLES = 4096;

    /** A window counts as full when it reaches this far back. */
    private static final double ENOUGH = 0.95;

    /**
     * One poll.
     *
     * @param held whether heat or the power brake held the clocks at that moment
     * @param heldSeconds the driver's counter of it, where it has one
     */
    record Sample(
            double atSeconds,
            @Nullable Double utilization,
            @Nullable Double occupiedBytes,
            @Nullable Double totalBytes,
            boolean held,
            @Nullable Double heldSeconds,
            @Nullable Double correctedErrors,
            double pollSeconds) {}

    private final Deque<Sample> samples = new ArrayDeque<>();

    void add(Sample sample) {
        samples.addLast(sample);
        while (samples.size() > MAX_SAMPLES
                || sample.atSeconds() - samples.getFirst().atSeconds() > LONG_SECONDS) {
            samples.removeFirst();
        }
    }

    void clear() {
        samples.clear();
    }

    GpuTrends trends() {
        if (samples.isEmpty()) {
            return GpuTrends.NONE;
        }
        Double slope = memorySlope();
        return new GpuTrends(
                utilizationMean(),
                heldSeconds(),
                increase(Sample::correctedErrors),
                slope,
                secondsUntilFull(slope),
                slowPoll());
    }

    private @Nullable Double utilizationMean() {
        if (!reachesBack(MIDDLE_SECONDS)) {
            return null;
        }
        double sum = 0;
        int count = 0;
        for (Sample sample : samples) {
            Double utilization = sample.utilization();
            if (utilization != null && within(sample, MIDDLE_SECONDS)) {
                sum += utilization;
                count++;
            }
        }
        return count == 0 ? null : sum / count;
    }

    /** By the driver's counter, which sees what happens between polls; without it, a poll speaks for the time since the last. */
    private double heldSeconds() {
        if (samples.getLast().heldSeconds() != null) {
            return Math.min(SHORT_SECONDS, increase(Sample::heldSeconds));
        }
        double held = 0;
        Sample before = null;
        for (Sample sample : samples) {
            if (before != null && sample.held() && within(sample, SHORT_SECONDS)) {
                held += sample.atSeconds() - before.atSeconds();
            }
            before = sample;
        }
        return Math.min(SHORT_SECONDS, held);
    }

    /** What a counter grew by in the last five minutes. A fall is a reset, after which the whole value is new. */
    private double increase(Function<Sample, @Nullable Double> counter) {
        double grown = 0;
        Double before = null;
        for (Sample sample : samples) {
            Double value = counter.apply(sample);
            if (value == null) {
                continue;
            }
            if (before != null && within(sample, SHORT_SECONDS)) {
                grown += value >= before ? value - before : value;
            }
            before = value;
        }
        return grown;
    }

    /** Least squares through all samples of the half hour. */
    private @Nullable Double memorySlope() {
        if (!reachesBack(LONG_SECONDS)) {
            return null;
        }
        double start = samples.getFirst().atSeconds();
        double n = 0;
        double sumX = 0;
        double sumY = 0;
        double sumXx = 0;
        double sumXy = 0;
        for (Sample sample : samples) {
            Double y = sample.occupiedBytes();
            if (y != null) {
                double x = sample.atSeconds() - start;
                n++;
                sumX += x;
                sumY += y;
                sumXx += x * x;
                sumXy += x * y;
            }
        }
        double spread = n * sumXx - sumX * sumX;
        return n < 2 || spread <= 0 ? null : (n * sumXy - sumX * sumY) / spread;
    }

    private @Nullable Double secondsUntilFull(@Nullable Double slope) {
        Double total = samples.getLast().totalBytes();
        Double occupied = samples.getLast().occupiedBytes();
        return slope == null || slope <= 0 || total == null || occupied == null ? null : (total - occupied) / slope;
    }

    private @Nullable Double slowPoll() {
        double[] times = samples.stream()
                .filter(sample -> within(sample, SHORT_SECONDS))
                .mapToDouble(Sample::pollSeconds)
                .sorted()
                .toArray();
        return times.length == 0 ? null : times[(int) Math.ceil(times.length * 0.95) - 1];
    }

    private boolean within(Sample sample, double seconds) {
        return samples.getLast().atSeconds() - sample.atSeconds() <= seconds;
    }

    /** Whether the window is (nearly) as long as asked, so that a mean over it means something. */
    private boolean reachesBack(double seconds) {
        Iterator<Sample> first = samples.iterator();
        double reach = samples.getLast().atSeconds() - first.next().atSeconds();
        return reach >= seconds * ENOUGH || samples.size() == MAX_SAMPLES;
    }
}
