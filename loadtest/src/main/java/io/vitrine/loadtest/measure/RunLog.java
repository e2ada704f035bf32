package io.vitrine.loadtest.measure;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

import org.HdrHistogram.Histogram;

/**
 * All that was recorded of a run.
 *
 * @param records by intended time
 * @param window in which the run was in full swing
 * @param tokens of all answers, by time
 * @param open whether arrivals came at fixed times
 * @param steady whether the load was the same throughout
 */
public record RunLog(
        List<RequestRecord> records,
        long startNanos,
        long endNanos,
        Window window,
        TimeBins tokens,
        Histogram interChunk,
        Histogram interToken,
        ClientHealth health,
        boolean open,
        boolean steady) {

    private static final long LONGEST_GAP_NANOS = 3_600_000_000_000L;
    private static final int DIGITS = 3;

    public RunLog {
        records = records.stream()
                .sorted(Comparator.comparingLong(RequestRecord::intendedNanos))
                .toList();
    }

    /** From the first request after the warm-up to the last one's start, or to the end of the planned time. */
    public record Window(long fromNanos, long toNanos) {

        public double seconds() {
            return (toNanos - fromNanos) / 1e9;
        }

        public boolean contains(long atNanos) {
            return atNanos >= fromNanos && atNanos < toNanos;
        }
    }

    /** An empty histogram of gaps, in nanoseconds. */
    public static Histogram gaps() {
        return new Histogram(LONGEST_GAP_NANOS, DIGITS);
    }

    /** One log of the same plan's parts, each run on a loop of its own. */
    public static RunLog merge(List<RunLog> parts) {
        RunLog first = parts.get(0);
        if (parts.size() == 1) {
            return first;
        }
        List<RequestRecord> records = new ArrayList<>();
        long start = parts.stream().mapToLong(RunLog::startNanos).min().orElseThrow();
        TimeBins tokens = new TimeBins(start);
        Histogram interChunk = gaps();
        Histogram interToken = gaps();
        for (RunLog part : parts) {
            records.addAll(part.records());
            tokens.addAll(part.tokens());
            interChunk.add(part.interChunk());
            interToken.add(part.interToken());
        }
        Window window = new Window(
                parts.stream()
                        .mapToLong(part -> part.window().fromNanos())
                        .min()
                        .orElseThrow(),
                parts.stream().mapToLong(part -> part.window().toNanos()).max().orElseThrow());
        return new RunLog(
                records,
                start,
                parts.stream().mapToLong(RunLog::endNanos).max().orElseThrow(),
                window,
                tokens,
                interChunk,
                interToken,
                ClientHealth.merge(parts.stream().map(RunLog::health).toList()),
                first.open(),
                first.steady());
    }
}
