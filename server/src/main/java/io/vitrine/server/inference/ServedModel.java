package io.vitrine.server.inference;

import java.util.Map;
import java.util.Optional;
import java.util.Set;

import io.vitrine.model.engine.Engine;
import io.vitrine.model.engine.GenerationListener;
import io.vitrine.model.text.ChatTemplate;
import io.vitrine.model.text.Tokenizer;
import io.vitrine.observability.Route;
import io.vitrine.server.api.ApiException;
import io.vitrine.server.constraint.Constraints;
import io.vitrine.server.tools.ModelDialect;

/**
 * The model that answers, with everything a request needs of it.
 *
 * @param name as clients ask for it
 * @param createdSeconds when it was loaded, since 1970
 * @param contextLength longest prompt and answer together, in tokens
 * @param vocabularySize token ids are below it
 * @param endOfTextIds tokens that end an answer
 * @param chatTemplate empty if only plain completions can be served
 * @param dialect how it writes reasoning and calls of tools
 * @param constraints compiles what answers must satisfy
 * @param fingerprint the same for as long as the same request gives the same answer
 * @param queue knows how long a new request would wait
 * @param gpuId the device that it runs on; empty on the CPU
 * @param listeners who watches the sequences of each route; a route that is not there is not watched
 */
public record ServedModel(
        String name,
        long createdSeconds,
        int contextLength,
        int vocabularySize,
        Set<Integer> endOfTextIds,
        Tokenizer tokenizer,
        Optional<ChatTemplate> chatTemplate,
        ModelDialect dialect,
        Constraints constraints,
        String fingerprint,
        Engine engine,
        QueueWatch queue,
        Optional<String> gpuId,
        Map<Route, GenerationListener.Factory> listeners) {

    public ServedModel {
        endOfTextIds = Set.copyOf(endOfTextIds);
        listeners = Map.copyOf(listeners);
    }

    /**
     * Requires that an id in a request is a token of the model.
     *
     * @throws ApiException 400 naming {@code param} if it is not: past the vocabulary, or a hole in it
     */
    void requireToken(String param, int tokenId) {
        if (tokenId < 0 || tokenId >= vocabularySize) {
            throw ApiException.invalid(param, param + " must have token ids below " + vocabularySize + ": " + tokenId);
        }
        if (!tokenizer.has(tokenId)) {
            throw ApiException.invalid(param, param + " must have ids of tokens that the model has: " + tokenId);
        }
    }

    /** Who watches the sequences that come by {@code route}. */
    public GenerationListener.Factory listeners(Route route) {
        return listeners.getOrDefault(route, request -> GenerationListener.NONE);
    }
}
