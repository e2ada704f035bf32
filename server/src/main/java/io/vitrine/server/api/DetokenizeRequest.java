package io.vitrine.server.api;

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * Body of {@code POST /detokenize}, as vLLM has it.
 *
 * @param model null for the one that is served
 */
public record DetokenizeRequest(@Nullable String model, List<Integer> tokens) {

    public DetokenizeRequest {
        tokens = List.copyOf(tokens);
    }
}
