package io.vitrine.model.weights;

import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * What a checkpoint says about generating with it: which tokens end an answer, and how its makers would sample.
 *
 * @param endOfTextIds any of these ends an answer; empty if the checkpoint names none
 * @param beginOfTextId token that starts a text, or null
 * @param temperature suggested sampling temperature, or null; likewise {@code topP} and {@code topK} (0 for no limit)
 */
public record GenerationConfig(
        Set<Integer> endOfTextIds,
        @Nullable Integer beginOfTextId,
        @Nullable Double temperature,
        @Nullable Double topP,
        @Nullable Integer topK) {

    public GenerationConfig {
        endOfTextIds = Set.copyOf(endOfTextIds);
        endOfTextIds.forEach(id -> requireToken("end-of-text token", id));
        if (beginOfTextId != null) {
            requireToken("begin-of-text token", beginOfTextId);
        }
        if (temperature != null && !(temperature >= 0 && Double.isFinite(temperature))) {
            throw new IllegalArgumentException("temperature must be >= 0 and finite: " + temperature);
        }
        if (topP != null && !(topP > 0 && topP <= 1)) {
            throw new IllegalArgumentException("top_p must be > 0 and <= 1: " + topP);
        }
        if (topK != null && topK < 0) {
            throw new IllegalArgumentException("top_k must be >= 0: " + topK);
        }
    }

    private static void requireToken(String name, int id) {
        if (id < 0) {
            throw new IllegalArgumentException(name + " must be >= 0: " + id);
        }
    }
}
