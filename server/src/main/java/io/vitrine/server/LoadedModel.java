package io.vitrine.server;

import io.vitrine.model.ModelText;
import io.vitrine.model.engine.ModelRunner;
import io.vitrine.model.sampling.DrawableTokens;

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

    /** The rows of the head that have a text. */
    DrawableTokens drawableTokens() {
        return DrawableTokens.of(runner.vocabularySize(), text.tokenizer()::has);
    }

    /** After the engine that ran it. */
    @Override
    public void close() {
        runner.close();
        text.close();
    }
}
