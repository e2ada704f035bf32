package io.vitrine.model.engine;

import java.util.Optional;

import io.vitrine.model.engine.StepPlan.Phase;
import io.vitrine.model.engine.StepResult.StepTimings;

/**
 * What one sequence had of one step: its tokens among all of the batch's, and its share of the time. Lent for the call that
 * brings it, since the engine keeps one for all.
 *
 * <p>A step's time up to the model's end is shared by computed tokens; who draws a token from its logits has that time to
 * itself ({@link GenerationListener#tokenSampled}). So the shares of a step and its sampling add up to {@code modelEndNanos -
 * startNanos} and {@link StepReport#samplingNanos}, to the nanosecond, and all of a sequence's are known before its end is told.
 */
public interface StepShare {

    /** As {@link StepReport#index}. */
    long stepIndex();

    /** When planning began. */
    long startNanos();

    /** When the model was done. */
    long modelEndNanos();

    /**
     * Tokens computed for this sequence, guessed ones included; of a chunk of which the step had some layers, as large a part.
     */
    int tokens();

    /** Tokens computed in the step. */
    int stepTokens();

    /** Sequences in the step. */
    int sequenceCount();

    Phase phase();

    /** What this sequence has of {@code modelEndNanos - startNanos}. */
    long shareNanos();

    /**
     * What this sequence has of the time that the step before took beside its model and its sampler, to hand over tokens and tell
     * listeners, shared by this step's computed tokens. So the shares of all sequences, their sampling and these parts add up to
     * the time in which the engine was busy, but for the last step's.
     */
    long handOverNanos();

    /** Bytes of the KV pages that this sequence held; of one that several hold, an equal part. */
    long kvBytes();

    /** Whether a sequence of the step {@linkplain GenerationListener#timesEveryStep asks} to see every step from within. */
    boolean watchedClosely();

    /** Of the whole step; present on timed ones. */
    Optional<StepTimings> timings();
}
