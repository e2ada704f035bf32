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

    /** How a span is computed. Which way it went can be seen in the last bits of the result, so a token always goes the same. */
    public enum Phase {
        /** A chunk of a prompt, however short. */
        PREFILL,
        /** One token of a sequence that decodes. */
        DECODE
    }

    /**
     * Consecutive tokens of one sequence. The arrays are lent for the call.
     *
     * @param tokens ids, at least one
     * @param position of the first token in its sequence, from 0; everything before it is in the pages already
     * @param pages ids of the sequence's pages in order, enough for {@code position + tokens.length} positions
     * @param logits of a decoding span, always those of its one token
     */
    public record Span(int[] tokens, int position, int[] pages, Logits logits, Phase phase) {

        public Span {
            if (phase == Phase.DECODE && (tokens.length != 1 || logits != Logits.LAST)) {
                throw new IllegalArgumentException(
                        "a decoding span must have one token and its logits: " + tokens.length + " tokens, " + logits);
            }
        }

        /** A chunk of a prompt. */
        public static Span prefill(int[] tokens, int position, int[] pages, Logits logits) {
            return new Span(tokens, position, pages, logits, Phase.PREFILL);
        }

        /** The one token of a sequence that decodes. */
        public static Span decode(int[] token, int position, int[] pages) {
            return new Span(token, position, pages, Logits.LAST, Phase.DECODE);
        }
    }
}
