package io.vitrine.observability.tracing;

/**
 * Keeps the spans of a second within bounds, by the requests' own clock: says how much of what is offered the bounds have
 * room for, so that the chance of being kept can be set to that and the kept ones still stand for all; and, for a burst that
 * no one could foresee, when there is nothing left. For one thread at a time.
 */
final class SpanBudget {

    private static final double NANOS_PER_SECOND = 1e9;

    private boolean begun;
    private long filledNanos;
    private double left;
    private long windowStartNanos;
    private double offeredNow;
    private double offeredBefore;

    /** Spans were offered; to be called for each trace, in order of time. */
    void offer(long atNanos, int spans, int perSecond) {
        if (!begun) {
            begun = true;
            filledNanos = atNanos;
            windowStartNanos = atNanos;
            left = perSecond;
        }
        fill(atNanos, perSecond);
        turn(atNanos);
        offeredNow += spans;
    }

    private void fill(long atNanos, int perSecond) {
        long passed = Math.max(0, atNanos - filledNanos);
        left = Math.min(perSecond, left + passed / NANOS_PER_SECOND * perSecond);
        filledNanos += passed;
    }

    private void turn(long atNanos) {
        double seconds = (atNanos - windowStartNanos) / NANOS_PER_SECOND;
        if (seconds >= 1) {
            // More than two seconds without a trace: what was before says nothing of now.
            offeredBefore = seconds < 2 ? offeredNow / seconds : 0;
            offeredNow = 0;
            windowStartNanos = atNanos;
        }
    }

    /** The part of what is offered that there is room for, going by the last second. */
    double affordableRatio(int perSecond) {
        return offeredBefore <= perSecond ? 1 : perSecond / offeredBefore;
    }

    /**
     * Takes what a trace needs; false if there is not enough left. One with more spans than a second has room for is taken when
     * nothing else was for a second, and the seconds after it pay for it.
     */
    boolean take(int spans, int perSecond) {
        if (left < Math.min(spans, perSecond)) {
            return false;
        }
        left -= spans;
        return true;
    }

    /** Takes for a trace that must be kept, on credit of at most one second. */
    void charge(int spans, int perSecond) {
        left = Math.min(left, Math.max(-perSecond, left - spans));
    }
}
