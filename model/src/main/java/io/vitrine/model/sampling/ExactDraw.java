package io.vitrine.model.sampling;

/** Draws by the definition, in double precision: slow for a whole vocabulary, and what {@link ApproximateDraw} is held to. Pure. */
final class ExactDraw {

    private ExactDraw() {}

    /**
     * The token that {@code uniform} falls on.
     *
     * @param logits after bias and penalties
     * @param max the largest of them
     * @param params with a temperature above 0
     */
    static int draw(float[] logits, float max, SamplingParams params, double uniform, SamplerScratch scratch) {
        if (!Truncation.truncates(params, logits.length)) {
            double total = Logits.weights(logits, max, params.temperature(), scratch.weights);
            return pick(scratch.weights, logits.length, total, uniform);
        }
        int count = Truncation.truncate(logits, max, params, scratch);
        double total = sum(scratch.weights, count);
        return Ranking.tokenId(scratch.keys[pick(scratch.weights, count, total, uniform)]);
    }

    private static double sum(double[] weights, int count) {
        double sum = 0;
        for (int i = 0; i < count; i++) {
            sum += weights[i];
        }
        return sum;
    }

    /**
     * The index that {@code uniform} falls on when the weights lie one after the other on a line of length {@code total}.
     * One of weight 0 is never picked.
     *
     * @param uniform in [0, 1)
     */
    static int pick(double[] weights, int count, double total, double uniform) {
        double left = uniform * total;
        int last = 0;
        for (int i = 0; i < count; i++) {
            if (weights[i] > 0) {
                if (left < weights[i]) {
                    return i;
                }
                left -= weights[i];
                last = i;
            }
        }
        // Rounding may leave a trace of the line beyond its last piece.
        return last;
    }
}
