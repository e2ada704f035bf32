package io.vitrine.server;

import java.util.Optional;
import java.util.Set;

import io.vitrine.model.engine.ModelRunner;
import io.vitrine.model.text.ChatTemplate;
import io.vitrine.model.text.Tokenizer;

/**
 * A model in memory, ready for an engine.
 *
 * @param name as clients ask for it
 * @param endOfTextIds tokens that end an answer
 * @param chatTemplate empty if only plain completions can be served
 * @param runner closed with this
 * @param slots sequences that may run at once
 * @param weightBytes weights that a step reads, at least
 */
public record LoadedModel(
        String name,
        Tokenizer tokenizer,
        Optional<ChatTemplate> chatTemplate,
        Set<Integer> endOfTextIds,
        ModelRunner runner,
        int slots,
        long weightBytes)
        implements AutoCloseable {

    public LoadedModel {
        endOfTextIds = Set.copyOf(endOfTextIds);
    }

    /** After the engine that ran it. */
    @Override
    public void close() {
        runner.close();
        tokenizer.close();
    }
}
