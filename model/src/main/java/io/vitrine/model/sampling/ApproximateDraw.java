package io.vitrine.model.sampling;

import java.util.Arrays;

/**
 * Draws the token that {@link ExactDraw} draws, in a fraction of the time: with approximate weights and without sorting
 * them. Where an error as large as {@link #MARGIN} could change the outcome, at the edge of a token's share or of the
 * nucleus, it gives {@link #UNDECIDED} and the exact one draws: about once in a thousand draws. So no answer depends on
 * the approximation.
 *
 * <p>Instead of by rank, tokens are put into buckets by their distance to the best token; only the bucket in which the
 * nucleus ends and the one that the draw falls into are sorted. Pure but for the scratch.
 */
final class ApproximateDraw {

    static final int UNDECIDED = -1;

    /**
     * Of the total weight: what the errors of all weights together stay below, the exact draw's own rounding included.
     */
    private static final double MARGIN = 1e-8;

    private static final int BLOCK = 256;
    static final int BUCKETS = 2048;
    private static final int NONE = -1;

    private final float[] logits;
    private final float max;
    private final SamplingParams params;
    private final SamplerScratch scratch;
    private final double scale;

    private double margin;
    /** The bucket whose keys are sorted. */
    private int sortedBucket = NONE;

    private ApproximateDraw(float[] logits, float max, SamplingParams params, SamplerScratch scratch) {
        this.logits = logits;
        this.max = max;
        this.params = params;
        this.scratch = scratch;
        this.scale = 1 / params.temperature();
    }

    /**
     * The token that {@code uniform} falls on, or {@link #UNDECIDED}.
     *
     * @param logits after bias and penalties
     * @param max the largest of them
     * @param params with a temperature above 0
     */
    static int draw(float[] logits, float max, SamplingParams params, double uniform, SamplerScratch scratch) {
        var draw = new ApproximateDraw(logits, max, params, scratch);
        if (Double.isInfinite(draw.scale)) {
            return UNDECIDED;
        }
        Exponentials.weights(logits, max, draw.scale, scratch.weights);
        double total = draw.sumBlocks();
        draw.margin = MARGIN * total;
        return Truncation.truncates(params, logits.length)
                ? draw.ofNucleus(total, uniform)
                : draw.ofAll(uniform * total);
    }

    static int blocks(int vocabularySize) {
        return (vocabularySize + BLOCK - 1) / BLOCK;
    }

    private double sumBlocks() {
        double total = 0;
        for (int block = 0; block * BLOCK < logits.length; block++) {
            int from = block * BLOCK;
            double sum = Exponentials.sum(scratch.weights, from, Math.min(from + BLOCK, logits.length));
            scratch.blockSums[block] = sum;
            total += sum;
        }
        return total;
    }

    /** The token in whose share of the line the target lies, all tokens side by side in order of their ids. */
    private int ofAll(double target) {
        double before = 0;
        for (int block = 0; block * BLOCK < logits.length; block++) {
            if (before + scratch.blockSums[block] > target) {
                return ofBlock(block * BLOCK, before, target);
            }
            before += scratch.blockSums[block];
        }
        return UNDECIDED;
    }

    private int ofBlock(int from, double before, double target) {
        double sum = before;
        int end = Math.min(from + BLOCK, logits.length);
        for (int id = from; id < end; id++) {
            double next = sum + scratch.weights[id];
            if (next > target) {
                return isBetween(sum, target, next) ? id : UNDECIDED;
            }
            sum = next;
        }
        return UNDECIDED;
    }

    private boolean isBetween(double low, double target, double high) {
        return target - low > margin && high - target > margin;
    }

    private int ofNucleus(double total, double uniform) {
        fillBuckets();
        int kept = logits.length;
        double whole = total;
        if (Truncation.keepsTopK(params, logits.length)) {
            kept = params.topK();
            whole = sumOfFirst(kept);
        }
        if (params.topP() < 1) {
            int reaching = countReaching(params.topP() * whole);
            if (reaching == UNDECIDED) {
                return UNDECIDED;
            }
            kept = Math.min(kept, reaching);
        }
        kept = Math.min(kept, countOfMinP());
        return ofFirst(kept, uniform * sumOfFirst(kept));
    }

    /**
     * Puts each token into the bucket of its distance to the best one. Those too deep to weigh anything, banned ones
     * included, share the last bucket.
     *
     * <p>Of every token: choosing the ones that can matter mispredicts a branch for every second token of a flat row.
     * In single precision, which keeps the order of the logits: widening each took four times as long.
     */
    private void fillBuckets() {
        float perLogit = (float) (scale * BUCKETS / -Exponentials.LOWEST);
        float[] values = logits;
        float best = max;
        short[] buckets = scratch.buckets;
        double[] weights = scratch.weights;
        double[] sums = scratch.bucketSums;
        int[] counts = scratch.bucketCounts;
        Arrays.fill(sums, 0);
        Arrays.fill(counts, 0);
        for (int id = 0; id < values.length; id++) {
            int bucket = Math.min(BUCKETS - 1, (int) ((best - values[id]) * perLogit));
            buckets[id] = (short) bucket;
            sums[bucket] += weights[id];
            counts[bucket]++;
        }
    }

    /** The keys of a bucket's tokens, in order, at the beginning of {@code scratch.keys}. */
    private int sortBucket(int bucket) {
        if (bucket == sortedBucket) {
            return scratch.bucketCounts[bucket];
        }
        short[] buckets = scratch.buckets;
        int count = 0;
        for (int id = 0; id < logits.length; id++) {
            if (buckets[id] == bucket) {
                scratch.keys[count++] = Ranking.key(logits[id], id);
            }
        }
        Arrays.sort(scratch.keys, 0, count);
        sortedBucket = bucket;
        return count;
    }

    private double weightOf(int place) {
        return scratch.weights[Ranking.tokenId(scratch.keys[place])];
    }

    /** Weight of the most likely tokens. */
    private double sumOfFirst(int count) {
        double sum = 0;
        int left = count;
        for (int bucket = 0; left > 0 && bucket < BUCKETS; bucket++) {
            if (scratch.bucketCounts[bucket] <= left) {
                sum += scratch.bucketSums[bucket];
                left -= scratch.bucketCounts[bucket];
            } else {
                sortBucket(bucket);
                for (int place = 0; place < left; place++) {
                    sum += weightOf(place);
                }
                left = 0;
            }
        }
        return sum;
    }

    /** The fewest of the most likely tokens whose weight reaches the target, or {@link #UNDECIDED}. */
    private int countReaching(double target) {
        double sum = 0;
        int count = 0;
        for (int bucket = 0; bucket < BUCKETS; bucket++) {
            if (sum + scratch.bucketSums[bucket] < target - margin) {
                sum += scratch.bucketSums[bucket];
                count += scratch.bucketCounts[bucket];
                continue;
            }
            int size = sortBucket(bucket);
            for (int place = 0; place < size; place++) {
                double next = sum + weightOf(place);
                if (next >= target) {
                    return isBetween(sum, target, next) ? count + place + 1 : UNDECIDED;
                }
                sum = next;
            }
            return UNDECIDED;
        }
        return UNDECIDED;
    }

    /** Tokens at least {@code minP} times as likely as the best one; by exact weights where it is close. */
    private int countOfMinP() {
        double minP = params.minP();
        if (minP == 0) {
            return logits.length;
        }
        double surelyBelow = minP * (1 - MARGIN);
        double surelyAbove = minP * (1 + MARGIN);
        double[] weights = scratch.weights;
        int count = 0;
        for (int id = 0; id < logits.length; id++) {
            if (weights[id] >= surelyBelow) {
                boolean kept =
                        weights[id] > surelyAbove || Logits.weight(logits[id], max, params.temperature()) >= minP;
                count += kept ? 1 : 0;
            }
        }
        return Math.max(1, count);
    }

    /** As {@link #ofAll}, among the most likely tokens, in order of likelihood. */
    private int ofFirst(int kept, double target) {
        double sum = 0;
        int count = 0;
        for (int bucket = 0; bucket < BUCKETS && count < kept; bucket++) {
            if (sum + scratch.bucketSums[bucket] > target) {
                return ofBucket(bucket, kept - count, sum, target);
            }
            sum += scratch.bucketSums[bucket];
            count += scratch.bucketCounts[bucket];
        }
        return UNDECIDED;
    }

    private int ofBucket(int bucket, int kept, double before, double target) {
        double sum = before;
        int size = Math.min(kept, sortBucket(bucket));
        for (int place = 0; place < size; place++) {
            double next = sum + weightOf(place);
            if (next > target) {
                return isBetween(sum, target, next) ? Ranking.tokenId(scratch.keys[place]) : UNDECIDED;
            }
            sum = next;
        }
        return UNDECIDED;
    }
}
