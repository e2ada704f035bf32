package io.vitrine.model.sampling;

/**
 * Which tokens may be drawn at all: top-k, top-p (nucleus sampling, Holtzman et al. 2020) and min-p (Nguyen et al. 2024).
 * Each keeps a beginning of the tokens ordered by likelihood, so together they keep the shortest of the three.
 */
final class Truncation {

    /** First look for the nucleus: tokens at least {@code exp(-6)} = 0.25 % as likely as the best, a few hundred as a rule. */
    private static final double FIRST_DEPTH = 6;

    private Truncation() {}

    /**
     * Leaves the keys of the tokens that may be drawn at the beginning of {@code scratch.keys}, most likely first, and their
     * weights (see {@link Logits#weights}) in {@code scratch.weights}.
     *
     * @param logits after bias and penalties
     * @param max the largest of them
     * @return how many, at least 1
     */
    static int truncate(float[] logits, float max, SamplingParams params, SamplerScratch scratch) {
        return keepsTopK(params, logits.length)
                ? ofTopK(logits, max, params, scratch)
                : ofAll(logits, max, params, scratch);
    }

    /** Whether any of the three leaves out anything. */
    static boolean truncates(SamplingParams params, int vocabularySize) {
        return keepsTopK(params, vocabularySize) || params.topP() < 1 || params.minP() > 0;
    }

    /** Whether top-k leaves out anything. */
    static boolean keepsTopK(SamplingParams params, int vocabularySize) {
        return params.topK() > 0 && params.topK() < vocabularySize;
    }

    /** top-p counts the probability among the k, as if the others did not exist. */
    private static int ofTopK(float[] logits, float max, SamplingParams params, SamplerScratch scratch) {
        int count = Ranking.best(logits, params.topK(), scratch.keys);
        double total = weigh(scratch, count, max, params.temperature());
        int kept = params.topP() < 1 ? topP(scratch.weights, count, params.topP() * total) : count;
        return minP(scratch.weights, kept, params.minP());
    }

    /**
     * Without top-k the whole vocabulary would have to be sorted, most of it for nothing: so only tokens down to a depth
     * below the best are, and deeper ones if those do not suffice.
     */
    private static int ofAll(float[] logits, float max, SamplingParams params, SamplerScratch scratch) {
        double target = target(logits, max, params, scratch);
        for (double depth = FIRST_DEPTH; ; depth *= 2) {
            int count = Ranking.atLeast(logits, max - depth * params.temperature(), scratch.keys);
            double total = weigh(scratch, count, max, params.temperature());
            boolean reachesTopP = total >= target;
            boolean reachesMinP = scratch.weights[count - 1] < params.minP();
            // The weight of a token this deep is 0: there is nothing to find below.
            if (reachesTopP || reachesMinP || count == logits.length || depth > 1000) {
                return minP(scratch.weights, topP(scratch.weights, count, target), params.minP());
            }
        }
    }

    /** The weight that top-p wants; never reached if it is off. */
    private static double target(float[] logits, float max, SamplingParams params, SamplerScratch scratch) {
        return params.topP() < 1
                ? params.topP() * Logits.weights(logits, max, params.temperature(), scratch.weights)
                : Double.POSITIVE_INFINITY;
    }

    private static double weigh(SamplerScratch scratch, int count, float max, double temperature) {
        double total = 0;
        for (int i = 0; i < count; i++) {
            scratch.weights[i] = Logits.weight(Ranking.logit(scratch.keys[i]), max, temperature);
            total += scratch.weights[i];
        }
        return total;
    }

    /**
     * The fewest of the most likely tokens whose weight reaches {@code target}.
     *
     * @param weights largest first
     * @return how many; {@code count} if all together do not reach it
     */
    static int topP(double[] weights, int count, double target) {
        double sum = 0;
        for (int i = 0; i < count; i++) {
            sum += weights[i];
            if (sum >= target) {
                return i + 1;
            }
        }
        return count;
    }

    /**
     * The tokens at least {@code minP} times as likely as the most likely one, which weighs 1.
     *
     * @param weights largest first
     * @return how many
     */
    static int minP(double[] weights, int count, double minP) {
        int kept = count;
        while (kept > 1 && weights[kept - 1] < minP) {
            kept--;
        }
        return kept;
    }
}
