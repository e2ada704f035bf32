package io.vitrine.model.engine;

/**
 * What the engine as a whole does, and the causes of what fails in it. Engine thread; the same rules as for
 * {@link GenerationListener}.
 */
@FunctionalInterface
public interface EngineListener {

    /** Watches nothing. */
    EngineListener NONE = report -> {};

    void stepEnded(StepReport report);

    /**
     * The sampler or the sink of one request threw, and it ends {@link FinishReason#FAILED}, or
     * {@link FinishReason#UNUSABLE_LOGITS} where the model's logits were the cause; or its sink threw when told the
     * end, which changes nothing any more. The others go on.
     */
    default void requestFailed(String requestId, Throwable cause) {}

    /** The model failed: every request of that step ends {@link FinishReason#FAILED}. The engine goes on. */
    default void stepFailed(ModelRunnerException cause) {}

    /** The engine stops for good; told before what runs and waits ends {@link FinishReason#FAILED}. */
    default void stopped(Throwable cause) {}
}
