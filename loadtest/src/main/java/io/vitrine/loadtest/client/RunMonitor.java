package io.vitrine.loadtest.client;

import java.util.concurrent.atomic.LongAdder;

import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;

/** Live numbers of a run, for its progress line; written by the loops, read by another thread. */
public final class RunMonitor {

    private static final long LONGEST_NANOS = 3_600_000_000_000L;

    final LongAdder sent = new LongAdder();
    final LongAdder ended = new LongAdder();
    final LongAdder failed = new LongAdder();
    final LongAdder tokens = new LongAdder();
    private final Recorder firstTokens = new Recorder(LONGEST_NANOS, 2);

    void firstToken(long nanos) {
        firstTokens.recordValue(Math.max(0, Math.min(LONGEST_NANOS, nanos)));
    }

    /** The numbers since the last reading; counts are since the start. */
    public Reading read() {
        Histogram recent = firstTokens.getIntervalHistogram();
        double ttftMillis = recent.getTotalCount() == 0 ? Double.NaN : recent.getValueAtPercentile(50) / 1e6;
        return new Reading(sent.sum(), ended.sum(), failed.sum(), tokens.sum(), ttftMillis);
    }

    /**
     * Numbers at one moment.
     *
     * @param ttftMillis median of the recent ones; NaN for none
     */
    public record Reading(long sent, long ended, long failed, long tokens, double ttftMillis) {

        public long inFlight() {
            return sent - ended;
        }
    }
}
