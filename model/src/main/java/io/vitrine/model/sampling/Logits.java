package io.vitrine.model.sampling;

/** Passes over a whole row of logits, one float per vocabulary entry. Pure; minus infinity means banned. */
final class Logits {

    private Logits() {}

    /**
     * The id of the largest logit, the lowest of equals: greedy sampling.
     *
     * @throws UnusableLogitsException if a logit is NaN or plus infinity, or all are minus infinity
     */
    static int argmax(float[] logits) {
        int best = -1;
        float max = Float.NEGATIVE_INFINITY;
        for (int id = 0; id < logits.length; id++) {
            float logit = logits[id];
            if (max >= logit) {
                continue; // the one comparison that nearly all of them take; NaN does not
            }
            if (Float.isNaN(logit)) {
                throw new UnusableLogitsException("logit of token " + id + " is NaN");
            }
            max = logit;
            best = id;
        }
        requireDrawable(max, best);
        return best;
    }

    /**
     * The largest logit.
     *
     * @throws UnusableLogitsException as {@link #argmax} does
     */
    static float max(float[] logits) {
        return logits[argmax(logits)];
    }

    /**
     * {@code log(sum(exp(logits)))}, without overflow: what turns a logit into a log-probability when subtracted from it. Within
     * {@link Exponentials#RELATIVE_ERROR}.
     *
     * @param weights as long as {@code logits} at least
     */
    static double logSumExp(float[] logits, double[] weights) {
        float max = max(logits);
        Exponentials.weights(logits, max, 1, weights);
        return max + Math.log(Exponentials.sum(weights, 0, logits.length));
    }

    /**
     * Writes {@code exp((logit - max) / temperature)} of every token, so that the most likely one weighs 1.
     *
     * @param temperature above 0. Divided by, not multiplied with its inverse: that overflows for the smallest ones
     * @param weights as long as {@code logits} at least
     * @return their sum
     */
    static double weights(float[] logits, float max, double temperature, double[] weights) {
        double sum = 0;
        for (int id = 0; id < logits.length; id++) {
            double weight = weight(logits[id], max, temperature);
            weights[id] = weight;
            sum += weight;
        }
        return sum;
    }

    /** {@code exp((logit - max) / temperature)}. */
    static double weight(float logit, float max, double temperature) {
        return Math.exp(((double) logit - max) / temperature);
    }

    private static void requireDrawable(float max, int best) {
        if (best < 0) {
            throw new UnusableLogitsException("every logit is minus infinity: no token is left to draw");
        }
        if (max == Float.POSITIVE_INFINITY) {
            throw new UnusableLogitsException("logit of token " + best + " is infinite");
        }
    }
}
