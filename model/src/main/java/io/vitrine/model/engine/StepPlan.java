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
     * The layers of the model that a step computes of a span: those from {@code first} on, and not {@code end}. A chunk of a
     * prompt that would take too long beside sequences that decode is computed a few layers a step, so that it can have enough
     * tokens to share what a chunk costs besides them. The runner keeps what the layers have made of it until a later
     * step goes on
     * from there; steps between may compute other chunks.
     *
     * @param count all layers, however many the model has if they are not cut
     * @param place where the runner keeps what these layers have made, from 0; a chunk begun in the same place gives
     *     the earlier one up
     */
    public record Layers(int first, int end, int count, int place) {

        /** All of them. */
        public static final Layers ALL = new Layers(0, 1, 1);

        /** Kept in place 0. */
        public Layers(int first, int end, int count) {
            this(first, end, count, 0);
        }

        public Layers {
            if (first < 0 || first >= end || end > count) {
                throw new IllegalArgumentException("no layers: " + first + " to " + end + " of " + count);
            }
        }

        /** The same, kept in another place. */
        Layers at(int otherPlace) {
            return new Layers(first, end, count, otherPlace);
        }

        /** Whether nothing is left to compute after them. */
        public boolean last() {
            return end == count;
        }

        /** Of so many tokens, as large a part as these are of all layers; what is rounded off goes to later ones. */
        int share(int tokens) {
            return tokens * end / count - tokens * first / count;
        }
    }

    /**
     * Consecutive tokens of one sequence. The arrays are lent for the call.
     *
     * @param tokens ids, at least one
     * @param position of the first token in its sequence, from 0; everything before it is in the pages already
     * @param pages ids of the sequence's pages in order, enough for {@code position + tokens.length} positions
     * @param logits of a decoding span, always all
     * @param layers of a decoding span, always all
     */
    public record Span(int[] tokens, int position, int[] pages, Logits logits, Phase phase, Layers layers) {

        public Span {
            if (phase == Phase.DECODE && logits != Logits.ALL) {
                throw new IllegalArgumentException("a decoding span must have the logits of every token: " + logits);
            }
            if (phase == Phase.DECODE && !layers.equals(Layers.ALL)) {
                throw new IllegalArgumentException("a decoding span must have all layers: " + layers);
            }
            if (logits != Logits.NONE && !layers.last()) {
                throw new IllegalArgumentException("there are no logits before the last layer: " + layers);
            }
        }

        /**
         * What it counts as: its tokens, or where steps share its layers, as large a part of them. The parts of a chunk add up to
         * its tokens.
         */
        public int countedTokens() {
            return layers.share(tokens.length);
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
            return prefill(tokens, position, pages, logits, Layers.ALL);
        }

        /** Some layers of a chunk of a prompt. */
        public static Span prefill(int[] tokens, int position, int[] pages, Logits logits, Layers layers) {
            return new Span(tokens, position, pages, logits, Phase.PREFILL, layers);
        }

        /** Tokens of a sequence that decodes: the last known one, and those guessed to follow it. */
        public static Span decode(int[] tokens, int position, int[] pages) {
            return new Span(tokens, position, pages, Logits.ALL, Phase.DECODE, Layers.ALL);
        }
    }
}
