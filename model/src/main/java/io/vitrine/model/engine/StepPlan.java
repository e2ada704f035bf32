package io.vitrine.model.engine;

import java.util.List;

/** What one call of the model computes: spans of different sequences. */
public record StepPlan(List<Span> spans) {

    public StepPlan {
        spans = List.copyOf(spans);
    }

    /** Which positions of a span give logits. */
    public enum Logits {
        /** None: a chunk of a prompt that is not its last. */
        NONE,
        /** The last position. */
        LAST,
        /** Every position: prompt log-probabilities, perplexity. */
        ALL
    }

    /**
     * Consecutive tokens of one sequence: one token of a sequence that decodes, or a chunk of a prompt. The arrays are lent for the call.
     *
     * @param tokens ids, at least one
     * @param position of the first token in its sequence, from 0; everything before it is in the pages already
     * @param pages ids of the sequence's pages in order, enough for {@code position + tokens.length} positions
     */
    public record Span(int[] tokens, int position, int[] pages, Logits logits) {}
}
