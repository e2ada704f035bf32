package io.vitrine.observability;

import java.util.Optional;
import java.util.OptionalLong;

import io.vitrine.model.engine.FinishReason;
import io.vitrine.observability.RequestSummary.Tokens;

/**
 * What became of a request in the engine, when the last of its sequences has ended.
 *
 * @param durationNanos from the first slot until now
 * @param timeToFirstTokenNanos from the request's arrival, as in its {@link RequestSummary}
 * @param tokens sums over the choices, as the answer's usage states them
 * @param choices sequences that were submitted
 * @param finishReason of the choice with index 0
 */
public record InferenceEnd(
        InferenceStart start,
        long durationNanos,
        OptionalLong timeToFirstTokenNanos,
        Tokens tokens,
        int choices,
        Optional<FinishReason> finishReason) {}
