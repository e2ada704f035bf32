package io.vitrine.model.engine;

import java.util.List;
import java.util.Optional;

import io.vitrine.model.engine.StepResult.StepTimings;

/**
 * What one step of the engine did; told once the step's tokens have reached their sinks.
 *
 * @param index counts calls of the model from 0; a call that failed has no report
 * @param startNanos when planning began
 * @param endNanos when the last token was handed over
 * @param modelNanos of that, inside {@link ModelRunner#run}
 * @param samplingNanos of that, in the sampler
 * @param prefillTokens prompt tokens computed; of a chunk of which the step had some layers, as large a part
 * @param decodingCount sequences that decoded
 * @param decodeTokens tokens computed for them: one each, and those computed ahead
 * @param replayedTokens of those, how many were computed again after a preemption and gave no new token
 * @param draftedTokens of those, how many were guessed
 * @param acceptedTokens of the guessed ones, how many came true; each gave a token more
 * @param runningCount sequences with a slot, after the step
 * @param waitingCount requests in the queue, after the step
 * @param kvPagesUsed pages that running sequences hold, after the step; a shared one counts once
 * @param kvPagesCached pages that the prefix cache holds, after the step; running sequences may hold them too
 * @param cacheCounts what the prefix cache did since the last report
 * @param decisions what the scheduler decided for this step, in order; empty if it only went on
 * @param timings present on timed steps
 */
public record StepReport(
        long index,
        long startNanos,
        long endNanos,
        long modelNanos,
        long samplingNanos,
        int prefillTokens,
        int decodingCount,
        int decodeTokens,
        int replayedTokens,
        int draftedTokens,
        int acceptedTokens,
        int runningCount,
        int waitingCount,
        int kvPagesUsed,
        int kvPagesCached,
        CacheCounts cacheCounts,
        List<Decision> decisions,
        Optional<StepTimings> timings) {

    public StepReport {
        decisions = List.copyOf(decisions);
    }

    /** Sequences that gave their pages up in this step. */
    public int preemptionCount() {
        int count = 0;
        for (Decision decision : decisions) {
            count += decision.reason() == Decision.Reason.PREEMPTED_FOR_PAGES ? 1 : 0;
        }
        return count;
    }

    /**
     * Full pages of prompts, of those that a hit may cover: all but the one with the prompt's last token.
     *
     * @param hitPages taken from the prefix cache
     * @param missedPages computed; hits and misses are 0 while the cache is off
     * @param evictedPages that gave way to others
     */
    public record CacheCounts(int hitPages, int missedPages, int evictedPages) {
        /** Nothing happened. */
        public static final CacheCounts NONE = new CacheCounts(0, 0, 0);
    }
}
