package io.vitrine.model.sampling;

import java.util.Arrays;

/**
 * Orders tokens, most likely first and the lower id first among equals, without an object a token: a token's key packs its
 * logit and its id into one long so that ascending keys are that order. Pure.
 */
final class Ranking {

    private Ranking() {}

    /** The key of a token; the smaller, the more likely. */
    static long key(float logit, int tokenId) {
        // Adding 0 makes -0 equal to 0.
        int bits = Float.floatToRawIntBits(logit + 0f);
        return ((long) ~ascending(bits) << 32) | tokenId;
    }

    /** The token of a key. */
    static int tokenId(long key) {
        return (int) key;
    }

    /** The logit of a key. */
    static float logit(long key) {
        return Float.intBitsToFloat(ascending(~(int) (key >> 32)));
    }

    /** Float bits to an int of the same order, and back: negative floats are stored as sign and magnitude. */
    private static int ascending(int bits) {
        return bits ^ ((bits >> 31) & Integer.MAX_VALUE);
    }

    /**
     * The {@code k} most likely tokens, in order; banned ones (minus infinity) are never among them. One pass: tokens above
     * the bar are collected, and whenever twice as many as wanted are there, the worse half is dropped and the bar rises.
     *
     * @param k at least 1
     * @param keys as long as {@code logits} at least; the result stands at its beginning
     * @return how many: {@code k}, or all that are not banned
     */
    static int best(float[] logits, int k, long[] keys) {
        int room = (int) Math.min(2L * k, logits.length);
        int count = 0;
        float bar = Float.NEGATIVE_INFINITY;
        for (int id = nextAbove(logits, 0, bar); id < logits.length; id = nextAbove(logits, id + 1, bar)) {
            if (count == room) {
                Arrays.sort(keys, 0, count);
                count = k;
                bar = logit(keys[k - 1]);
                if (logits[id] <= bar) {
                    continue;
                }
            }
            keys[count++] = key(logits[id], id);
        }
        Arrays.sort(keys, 0, count);
        return Math.min(k, count);
    }

    /**
     * The first token from {@code from} on that is above the bar, or the end. A loop of its own: within the one around it, this took three
     * times as long once the compiler (Java 17) had made one method of all that draws a token.
     */
    private static int nextAbove(float[] logits, int from, float bar) {
        int id = from;
        // Not >=: of equals, the lower id came first and stays.
        while (id < logits.length && !(logits[id] > bar)) {
            id++;
        }
        return id;
    }

    /**
     * All tokens whose logit is at least {@code bar}, in order; banned ones are never among them.
     *
     * @return how many
     */
    static int atLeast(float[] logits, double bar, long[] keys) {
        int count = 0;
        for (int id = 0; id < logits.length; id++) {
            if (logits[id] >= bar && logits[id] != Float.NEGATIVE_INFINITY) {
                keys[count++] = key(logits[id], id);
            }
        }
        Arrays.sort(keys, 0, count);
        return count;
    }
}
