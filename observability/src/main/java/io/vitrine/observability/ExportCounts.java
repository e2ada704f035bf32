package io.vitrine.observability;

import java.util.concurrent.atomic.LongAdder;

/** How the exports of one signal to a collector have ended, since the start. Whoever exports counts, a scrape reads. Any thread. */
public final class ExportCounts {

    private final LongAdder ok = new LongAdder();
    private final LongAdder partial = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final LongAdder lost = new LongAdder();
    private volatile boolean failing;

    /** A batch was taken. */
    public void succeeded() {
        failing = false;
        ok.increment();
    }

    /** A batch was taken, but for {@code rejectedCount} points, lines or spans of it. */
    public void partlySucceeded(long rejectedCount) {
        failing = false;
        partial.increment();
        lost.add(rejectedCount);
    }

    /** A batch of {@code itemCount} points, lines or spans was not taken. */
    public void failed(long itemCount) {
        failing = true;
        failed.increment();
        lost.add(itemCount);
    }

    /** Whether the latest batch was not taken. */
    public boolean failing() {
        return failing;
    }

    public long okCount() {
        return ok.sum();
    }

    public long partialCount() {
        return partial.sum();
    }

    public long failedCount() {
        return failed.sum();
    }

    /** Points, lines or spans that were not taken, with their batch or alone. */
    public long lostCount() {
        return lost.sum();
    }
}
