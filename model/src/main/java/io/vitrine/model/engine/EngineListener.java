package io.vitrine.model.engine;

/** What the engine as a whole does. Engine thread; the same rules as for {@link GenerationListener}. */
@FunctionalInterface
public interface EngineListener {

    /** Watches nothing. */
    EngineListener NONE = report -> {};

    void stepEnded(StepReport report);
}
