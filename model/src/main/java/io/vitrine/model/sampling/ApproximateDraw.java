package io.vitrine.model.sampling;

import java.util.Arrays;

/**
 * Draws the token that {@link ExactDraw} draws, in a fraction of the time: with approximate weights and without sorting them. Where
 * an error as large as {@link #MARGIN} could change the outcome, at the edge of a token's share or of the nucleus, it gives
 * {@link #UNDECIDED} and the exact one draws: about once in a thousand draws. So no answer depends on the approximation.
 *
 * <p>Instead of by rank, candidates are put into buckets by their distance to the best token; only the bucket in which the nucleus
 * ends and the one that the draw falls into are sorted. Pure but for the scratch.
 */
final class ApproximateDraw {

    static final int UNDECIDED = -1;

    /** Of the total weight: what the errors of all weights together stay below, the exact draw's own rounding included. */
    private static final double MARGIN = 1e-8;

    private static final int BLOCK = 256;
    static final int BUCKETS = 2048;
    private static final double HOPE = 16;

    private final float[] logits;
    private final float max;
    private final SamplingParams params;
    private final SamplerScratch scratch;
    private final double scale;

    private double margin;
    private int candidateCount;
    private double bucketsPerUnit;
    /** Whether a token that is no candidate cannot be in the nucleus, as min-p leaves it out. */
    private boolean boundedByMinP;

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
        if (!collect(total)) {
            return UNDECIDED;
        }
        int kept = candidateCount;
        double whole = total;
        if (Truncation.keepsTopK(params, logits.length)) {
            kept = Math.min(kept, params.topK());
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
        return kept == 0 ? UNDECIDED : ofFirst(kept, uniform * sumOfFirst(kept));
    }

    /**
     * Finds the tokens that may be in the nucleus, and puts each into the bucket of its distance to the best one.
     *
     * @return false if some that may be are not among them
     */
    private boolean collect(double total) {
        double ofMinP = params.minP() * (1 - MARGIN);
        if (Truncation.keepsTopK(params, logits.length)) {
            return collectDownTo(0);
        } else if (params.topP() == 1) {
            return collectDownTo(ofMinP);
        }
        // Were all others below this, they would not make up what top-p leaves out. As most of them are far below, a
        // higher one
        // usually does, and leaves fewer candidates.
        double ofTopP = (1 - params.topP()) * total / (2.0 * logits.length);
        for (double lowest : new double[] {HOPE * ofTopP, ofTopP}) {
            if (ofMinP >= lowest) {
                boundedByMinP = true;
                return collectDownTo(ofMinP);
            }
            collectDownTo(lowest);
            if (Exponentials.sum(scratch.bucketSums, 0, BUCKETS) > params.topP() * total + margin) {
                return true;
            }
        }
        return false;
    }

    private boolean collectDownTo(double lowest) {
        double depth = lowest > 0 ? Math.min(-Exponentials.LOWEST, 1 - Math.log(lowest)) : -Exponentials.LOWEST;
        bucketsPerUnit = BUCKETS / depth;
        // A little deeper, as it is rounded: a candidate more changes nothing. Minus infinity, of a banned token, stays below.
        double bar = lowest > 0 ? max + Math.log(lowest) / scale - 1e-6 * (1 + Math.abs(max)) : Double.NEGATIVE_INFINITY;
        Arrays.fill(scratch.bucketSums, 0);
        Arrays.fill(scratch.bucketCounts, 0);
        candidateCount = candidatesFrom((float) Math.max(-Float.MAX_VALUE, bar));
        fillBuckets();
        return true;
    }

    /** Without a branch: where half of a row is above the bar, the processor mispredicts every second one. */
    private int candidatesFrom(float bar) {
        float[] values = logits;
        int[] candidates = scratch.candidates;
        int count = 0;
        for (int id = 0; id < values.length; id++) {
            candidates[count] = id;
            count += values[id] >= bar ? 1 : 0;
        }
        return count;
    }

    /** Places in single precision, which keep the order of the logits: widening each took four times as long. */
    private void fillBuckets() {
        float perLogit = (float) (scale * bucketsPerUnit);
        int[] candidates = scratch.candidates;
        short[] buckets = scratch.candidateBuckets;
        double[] sums = scratch.bucketSums;
        int[] counts = scratch.bucketCounts;
        for (int i = 0; i < candidateCount; i++) {
            int id = candidates[i];
            int bucket = Math.min(BUCKETS - 1, (int) ((max - logits[id]) * perLogit));
            buckets[i] = (short) bucket;
            sums[bucket] += scratch.weights[id];
            counts[bucket]++;
        }
    }

    /** The keys of a bucket's tokens, in order, at the beginning of {@code scratch.keys}. */
    private int sortBucket(int bucket) {
        int count = 0;
        for (int i = 0; i < candidateCount; i++) {
            if (scratch.candidateBuckets[i] == bucket) {
                int id = scratch.candidates[i];
                scratch.keys[count++] = Ranking.key(logits[id], id);
            }
        }
        Arrays.sort(scratch.keys, 0, count);
        return count;
    }

    private double weightOf(int place) {
        return scratch.weights[Ranking.tokenId(scratch.keys[place])];
    }

    /** Weight of the most likely candidates. */
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

    /** The fewest of the most likely candidates whose weight reaches the target; all, if they cannot; or {@link #UNDECIDED}. */
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
        return boundedByMinP ? candidateCount : UNDECIDED;
    }

    /** Candidates at least {@code minP} times as likely as the best token; by exact weights where it is close. */
    private int countOfMinP() {
        if (params.minP() == 0) {
            return candidateCount;
        }
        int count = 0;
        for (int i = 0; i < candidateCount; i++) {
            int id = scratch.candidates[i];
            double weight = scratch.weights[id];
            boolean close = Math.abs(weight - params.minP()) <= MARGIN * params.minP();
            double judged = close ? Logits.weight(logits[id], max, params.temperature()) : weight;
            count += judged >= params.minP() ? 1 : 0;
        }
        return Math.max(1, count);
    }

    /** As {@link #ofAll}, among the most likely candidates, in order of likelihood. */
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
