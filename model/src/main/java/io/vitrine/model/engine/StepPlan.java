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
        /** A token of a sequence that decodes, and perhaps some that are guessed to follow it, each a row of its own. */
        DECODE
    }

    /**
     * Consecutive tokens of one sequence. The arrays are lent for the call.
     *
     * @param tokens ids, at least one
     * @param position of the first token in its sequence, from 0; everything before it is in the pages already
     * @param pages ids of the sequence's pages in order, enough for {@code position + tokens.length} positions
     * @param logits of a decoding span, always all
     */
    public record Span(int[] tokens, int position, int[] pages, Logits logits, Phase phase) {

        public Span {
            if (phase == Phase.DECODE && logits != Logits.ALL) {
                throw new IllegalArgumentException("a decoding span must have the logits of every token: " + logits);
            }
        }

        /** Rows of logits it asks for. */
        public int logitRows() {
            return switch (logits) {
                case NONE -> 0;
                case LAST -> 1;
                case ALL -> tokens.length;
            };
        }

        /** A chunk of a prompt. */
        public static Span prefill(int[] tokens, int position, int[] pages, Logits logits) {
            return new Span(tokens, position, pages, logits, Phase.PREFILL);
        }

        /** Tokens of a sequence that decodes: the last known one, and those guessed to follow it. */
        public static Span decode(int[] tokens, int position, int[] pages) {
            return new Span(tokens, position, pages, Logits.ALL, Phase.DECODE);
        }
    }
}
