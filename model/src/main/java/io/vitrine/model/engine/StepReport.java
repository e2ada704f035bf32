package io.vitrine.model.engine;

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
 * @param prefillTokens prompt tokens computed
 * @param decodeTokens sequences that decoded, one token each
 * @param runningCount sequences with a slot, after the step
 * @param waitingCount requests in the queue, after the step
 * @param kvPagesUsed pages in use, after the step
 * @param timings present on timed steps
 */
public record StepReport(
        long index,
        long startNanos,
        long endNanos,
        long modelNanos,
        long samplingNanos,
        int prefillTokens,
        int decodeTokens,
        int runningCount,
        int waitingCount,
        int kvPagesUsed,
        Optional<StepTimings> timings) {}
