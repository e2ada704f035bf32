package io.vitrine.tenants.limits;

import java.time.Duration;
import java.util.Optional;
import java.util.PriorityQueue;

/**
 * Predicts how long a request that comes now will wait for a slot, from the work before it and two things learnt from the
 * running engine: how long a step takes, and how much of its longest answer a request uses.
 *
 * <p>The model: a sequence holds its slot for its prompt's chunks and then a step for each token of its answer; whoever waits
 * takes, in order, the first slot that is free. Left out: that priorities may overtake, and that prompts of many sequences
 * share a step's chunk. Steps are measured as they are, with all prompts in them, so a change of load is followed within some
 * tens of steps. Any thread; a prediction costs O(n log slots).
 */
public final class QueueModel {

    private static final double STEP_WEIGHT = 0.05;
    private static final double ANSWER_WEIGHT = 0.05;

    private final int chunkTokens;
    private double stepNanos;
    private double meanOutputTokens = 1;
    private double meanMaxOutputTokens = 1;

    /**
     * @param chunkTokens prompt tokens that a step computes at most
     */
    public QueueModel(int chunkTokens) {
        if (chunkTokens < 1) {
            throw new IllegalArgumentException("chunkTokens must be at least 1: " + chunkTokens);
        }
        this.chunkTokens = chunkTokens;
    }

    /** A step took so long. */
    public synchronized void stepEnded(long nanos) {
        stepNanos += (stepNanos == 0 ? 1 : STEP_WEIGHT) * (nanos - stepNanos);
    }

    /** A request ended by itself after so many tokens, of so many that it could have had, at least 1. */
    public synchronized void answerEnded(long outputTokens, long maxOutputTokens) {
        meanOutputTokens += ANSWER_WEIGHT * (outputTokens - meanOutputTokens);
        meanMaxOutputTokens += ANSWER_WEIGHT * (maxOutputTokens - meanMaxOutputTokens);
    }

    /** How long until a request behind all of these has a slot; empty before the first step was measured. */
    public Optional<Duration> predictWait(QueueView view) {
        double nanosPerStep;
        double usedShare;
        // Only the reading is under the lock: who tells of steps must not wait for a prediction.
        synchronized (this) {
            nanosPerStep = stepNanos;
            // A quotient of means, not a mean of quotients: short answers may not count as much as long ones, which
            // take the time.
            usedShare = meanOutputTokens / meanMaxOutputTokens;
        }
        return nanosPerStep == 0
                ? Optional.empty()
                : Optional.of(Duration.ofNanos(Math.round(stepsUntilFree(view, usedShare) * nanosPerStep)));
    }

    private double stepsUntilFree(QueueView view, double usedShare) {
        PriorityQueue<Double> freeAt = new PriorityQueue<>();
        view.running().forEach(work -> freeAt.add(steps(work, usedShare)));
        while (freeAt.size() < view.slots()) {
            freeAt.add(0.0);
        }
        view.waiting().forEach(work -> freeAt.add(freeAt.remove() + steps(work, usedShare)));
        return freeAt.remove();
    }

    private double steps(QueueView.Work work, double usedShare) {
        return Math.ceil((double) work.promptTokens() / chunkTokens) + usedShare * work.maxOutputTokens();
    }
}
