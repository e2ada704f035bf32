package io.vitrine.model.engine;

import java.nio.FloatBuffer;
import java.util.Optional;

/**
 * What a step gave.
 *
 * @param logits row major, one row of {@link ModelRunner#vocabularySize} floats for each position that was asked for, in the
 *     order of the plan; valid until the next step
 * @param timings present on timed steps
 */
public record StepResult(FloatBuffer logits, Optional<StepTimings> timings) {

    /**
     * Where the step's time went, read inside the model program; what is left of the step is the call itself.
     *
     * @param projectionNanos linear layers of the attention: query, key, value and output
     * @param attentionNanos rotary embedding, KV write, scores and weighted values
     * @param onceNanos what is done once and not in every layer: embedding, rotary angles, masks
     */
    public record StepTimings(
            long projectionNanos, long attentionNanos, long feedForwardNanos, long headNanos, long onceNanos) {}
}
