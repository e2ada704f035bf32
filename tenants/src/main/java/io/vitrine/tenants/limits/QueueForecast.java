package io.vitrine.tenants.limits;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Plays a queue forward in expectation. Time is counted in steps and turned into nanoseconds at the end.
 *
 * <p>Prompts are computed one after the other, a fixed number of tokens a step; a sequence whose prompt is computed
 * gains tokens at a fixed rate, ends at its limit, and before it with the same chance at every token. So the number of
 * sequences that have ended by a step is a sum of chances, and the {@code k}-th end is expected where that sum passes
 * {@code k - 1/2}. The first in line takes the slot of the first end, and so on. For one prediction, one thread.
 */
final class QueueForecast {

    /**
     * @param decodeStepNanos length of a step without prompt tokens
     * @param promptTokenNanos what each prompt token adds to it
     * @param promptTokensPerStep of all prompts together
     * @param tokensPerStep that a decoding sequence gains
     * @param endsPerToken chance that an answer ends with a token, before its limit
     * @param abandonsPerStep chance that a waiting sequence is given up in a step
     */
    record Rates(
            double decodeStepNanos,
            double promptTokenNanos,
            double promptTokensPerStep,
            double tokensPerStep,
            double endsPerToken,
            double abandonsPerStep) {}

    private static final int BISECTIONS = 40;
    private static final double HALF = 0.5;
    private static final double ALMOST_SURE = 0.9999;

    private final Rates rates;
    private final Deque<QueueView.Work> waiting;
    private final List<Started> started = new ArrayList<>();
    /** Sequences that have ended as good as surely. */
    private int gone;
    /** Step until which prompts are being computed. */
    private double promptsUntil;
    /** Steps in which prompts are computed, before {@link #promptsUntil}. */
    private double promptSteps;

    private double now;

    /** A sequence with a slot: when it begins to decode, and at the latest ends, in steps. */
    private record Started(double decodesFrom, double endsAt) {}

    QueueForecast(Rates rates, QueueView view) {
        this.rates = rates;
        this.waiting = new ArrayDeque<>(view.waiting());
        view.running().forEach(this::start);
        for (int slot = view.running().size(); slot < view.slots() && !waiting.isEmpty(); slot++) {
            start(waiting.remove());
        }
    }

    private void start(QueueView.Work work) {
        double steps = work.promptTokens() / rates.promptTokensPerStep();
        double decodesFrom = now;
        if (steps > 0) {
            decodesFrom = Math.max(now, promptsUntil) + steps;
            promptsUntil = decodesFrom;
            promptSteps += steps;
        }
        started.add(new Started(decodesFrom, decodesFrom + work.maxOutputTokens() / rates.tokensPerStep()));
    }

    /** Nanoseconds until {@code ends} sequences have ended, or all. */
    double nanosUntil(int ends) {
        int wanted = Math.min(ends, started.size() + waiting.size());
        if (wanted == 0) {
            return 0;
        }
        for (int slotEnds = 1; !waiting.isEmpty(); slotEnds++) {
            // The next slot that comes free goes to the first in line.
            double free = stepOf(slotEnds - HALF, false);
            if (expectedEnds(free, true) >= wanted - HALF) {
                break;
            }
            now = free;
            forgetGone();
            start(waiting.remove());
        }
        return nanosAt(stepOf(wanted - HALF, true));
    }

    private double latestEnd() {
        double latest = now;
        for (Started each : started) {
            latest = Math.max(latest, each.endsAt);
        }
        return latest;
    }

    private void forgetGone() {
        int before = started.size();
        started.removeIf(each -> endChance(each, now) > ALMOST_SURE);
        gone += before - started.size();
    }

    /** The first step by which so many ends are expected; the latest of all if they never are. */
    private double stepOf(double ends, boolean withAbandons) {
        double low = now;
        double high = latestEnd();
        for (int i = 0; i < BISECTIONS && high > low; i++) {
            double middle = low + (high - low) / 2;
            if (expectedEnds(middle, withAbandons) >= ends) {
                high = middle;
            } else {
                low = middle;
            }
        }
        return high;
    }

    private double expectedEnds(double step, boolean withAbandons) {
        double ends = gone;
        for (Started each : started) {
            ends += endChance(each, step);
        }
        return withAbandons ? ends + waiting.size() * -Math.expm1(-rates.abandonsPerStep() * step) : ends;
    }

    private double endChance(Started sequence, double step) {
        if (step >= sequence.endsAt) {
            return 1;
        }
        double tokens = Math.max(0, step - sequence.decodesFrom) * rates.tokensPerStep();
        return -Math.expm1(-rates.endsPerToken() * tokens);
    }

    private double nanosAt(double step) {
        double promptStepsDone = Math.max(0, promptSteps - Math.max(0, promptsUntil - step));
        double promptTokens = promptSteps == 0 ? 0 : promptStepsDone * rates.promptTokensPerStep();
        return step * rates.decodeStepNanos() + promptTokens * rates.promptTokenNanos();
    }
}
