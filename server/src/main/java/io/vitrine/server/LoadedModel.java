package io.vitrine.server;

import io.vitrine.model.ModelText;
import io.vitrine.model.engine.ModelRunner;

/**
 * A model in memory, ready for an engine.
 *
 * @param name as clients ask for it
 * @param text closed with this
 * @param runner closed with this
 * @param slots sequences that may run at once
 * @param weightBytes weights that a step reads, at least
 */
public record LoadedModel(String name, ModelText text, ModelRunner runner, int slots, long weightBytes)
        implements AutoCloseable {

    /** After the engine that ran it. */
    @Override
    public void close() {
        runner.close();
        text.close();
    }
}
