package io.vitrine.model.weights;

import java.util.LinkedHashSet;
import java.util.Set;

import com.fasterxml.jackson.databind.JsonNode;

/** Reads {@code generation_config.json}; the token ids it leaves out are those of {@code config.json}. */
final class HuggingFaceGenerationConfig {

    private static final String END_OF_TEXT = "eos_token_id";
    private static final String BEGIN_OF_TEXT = "bos_token_id";

    private HuggingFaceGenerationConfig() {}

    static GenerationConfig generationConfig(JsonFields generation, JsonFields model) {
        return new GenerationConfig(
                generation
                        .field(END_OF_TEXT)
                        .or(() -> model.field(END_OF_TEXT))
                        .map(HuggingFaceGenerationConfig::tokenIds)
                        .orElse(Set.of()),
                generation
                        .integer(BEGIN_OF_TEXT)
                        .or(() -> model.integer(BEGIN_OF_TEXT))
                        .orElse(null),
                generation.number("temperature").orElse(null),
                generation.number("top_p").orElse(null),
                generation.integer("top_k").orElse(null));
    }

    /** One id or a list of them. */
    private static Set<Integer> tokenIds(JsonNode value) {
        Set<Integer> ids = new LinkedHashSet<>();
        for (JsonNode id : value.isArray() ? value : Set.of(value)) {
            if (!id.isIntegralNumber() || !id.canConvertToInt()) {
                throw JsonFields.wrongType(END_OF_TEXT, value, "a token id or a list of them");
            }
            ids.add(id.intValue());
        }
        return ids;
    }
}
