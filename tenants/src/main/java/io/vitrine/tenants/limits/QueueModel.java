package io.vitrine.tenants.limits;

import java.time.Duration;
import java.util.Optional;

/**
 * Predicts when places in a full queue come free: {@code k} places are free once {@code k} of the sequences inside
 * have ended, running or waiting. It goes by the work that is left and by what the running engine shows:
 *
 * <ul>
 *   <li>how long a step takes that only decodes, and how much a prompt token adds to a step;
 *   <li>how many prompt tokens a step computes, all prompts together, and how many tokens a decoding sequence gains in
 *       a step;
 *   <li>how often an answer ends before its limit, cancels included, for each of its tokens;
 *   <li>how often a waiting sequence is given up, for each step.
 * </ul>
 *
 * <p>{@link QueueForecast} does the arithmetic. Older observations fade, so a change of load is followed within some
 * tens of steps. Not modelled: that priorities may overtake, and preemption. Any thread.
 */
public final class QueueModel {

    private static final double STEP_WEIGHT = 0.05;
    private static final double ANSWER_MEMORY = 0.97;
    private static final double WAITING_MEMORY = 0.999;

    private double stepNanos;
    private double decodeStepNanos;
    private double promptTokenNanos;
    private final Ratio promptTokensPerStep = new Ratio(1 - STEP_WEIGHT);
    private final Ratio tokensPerStep = new Ratio(1 - STEP_WEIGHT);
    private final Ratio endsPerToken = new Ratio(ANSWER_MEMORY);
    private final Ratio abandonsPerStep = new Ratio(WAITING_MEMORY);

    /**
     * One step of the engine.
     *
     * @param nanos that it took
     * @param promptTokens computed
     * @param decodingCount sequences that decoded
     * @param generatedTokens that they gained
     * @param waitingCount sequences in the queue
     */
    public record Step(long nanos, int promptTokens, int decodingCount, int generatedTokens, int waitingCount) {}

    /** A step has ended. */
    public synchronized void stepEnded(Step step) {
        stepNanos = follow(stepNanos, (double) step.nanos());
        if (step.promptTokens() == 0) {
            decodeStepNanos = follow(decodeStepNanos, (double) step.nanos());
        } else {
            double others = step.decodingCount() > 0 ? decodeStepNanos : 0;
            promptTokenNanos = follow(promptTokenNanos, Math.max(0, step.nanos() - others) / step.promptTokens());
            // Weighted by tokens: a step with the short rest of a prompt does not show what a step can do.
            promptTokensPerStep.add((double) step.promptTokens() * step.promptTokens(), step.promptTokens());
        }
        if (step.decodingCount() > 0) {
            tokensPerStep.add(step.generatedTokens(), step.decodingCount());
        }
        abandonsPerStep.add(0, step.waitingCount());
    }

    private static double follow(double mean, double value) {
        return mean == 0 ? value : mean + STEP_WEIGHT * (value - mean);
    }

    /**
     * A running sequence has ended.
     *
     * @param early whether before its limit: by itself, or cancelled
     */
    public synchronized void answerEnded(long outputTokens, boolean early) {
        // With answers cut at their limits this is the likeliest rate: ends seen over tokens seen.
        endsPerToken.add(early ? 1 : 0, (double) outputTokens);
    }

    /** A waiting sequence was given up. */
    public synchronized void waitingEnded() {
        abandonsPerStep.addNow(1);
    }

    /**
     * How long until so many of the sequences inside have ended; empty before the first step was measured.
     *
     * @param ends at least 1; more than there are sequences counts as all of them
     */
    public Optional<Duration> predictEnds(QueueView view, int ends) {
        if (ends < 1) {
            throw new IllegalArgumentException("ends must be at least 1: " + ends);
        }
        // Only the reading is under the lock: the engine thread must not wait for a prediction.
        return rates().map(rates -> Duration.ofNanos(Math.round(new QueueForecast(rates, view).nanosUntil(ends))));
    }

    private synchronized Optional<QueueForecast.Rates> rates() {
        if (stepNanos == 0) {
            return Optional.empty();
        }
        boolean apart = decodeStepNanos > 0;
        return Optional.of(new QueueForecast.Rates(
                apart ? decodeStepNanos : stepNanos,
                apart ? promptTokenNanos : 0,
                promptTokensPerStep.or(Double.POSITIVE_INFINITY),
                Math.max(tokensPerStep.or(1), 0.01),
                endsPerToken.or(0),
                abandonsPerStep.or(0)));
    }

    /** A quotient of two sums that fade. */
    private static final class Ratio {

        private final double memory;
        private double dividend;
        private double divisor;

        Ratio(double memory) {
            this.memory = memory;
        }

        void add(double above, double below) {
            dividend = memory * dividend + above;
            divisor = memory * divisor + below;
        }

        void addNow(double above) {
            dividend += above;
        }

        double or(double unknown) {
            return divisor == 0 ? unknown : dividend / divisor;
        }
    }
}
