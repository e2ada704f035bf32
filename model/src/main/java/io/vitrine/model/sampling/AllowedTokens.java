package io.vitrine.model.sampling;

import java.util.Arrays;

/**
 * The tokens that may be drawn from one row, as a bit set: bit {@code id % 64} of word {@code id / 64}. All of them
 * unless it is restricted. Belongs to a {@link SamplerScratch}.
 */
public final class AllowedTokens {

    private static final int NONE = -1;

    private final int size;
    private final long[] words;
    private boolean restricted;

    /** All of {@code size} tokens. */
    AllowedTokens(int size) {
        this.size = size;
        this.words = new long[(size + Long.SIZE - 1) / Long.SIZE];
    }

    /** Every token may be drawn. */
    void reset() {
        restricted = false;
    }

    /** To be overwritten by who restricts; lent. */
    public long[] words() {
        return words;
    }

    /** The tokens of {@link #words} may be drawn and no others. */
    public void restrict() {
        restricted = true;
    }

    public boolean restricted() {
        return restricted;
    }

    /** Removes these tokens, unless no other would be left. Ids that are no rows are ignored. */
    public void removeUnlessLast(int[] tokenIds) {
        if (!restricted) {
            Arrays.fill(words, -1);
            clearTail();
            restricted = true;
        }
        long[] before = words.clone();
        for (int id : tokenIds) {
            if (id >= 0 && id < size) {
                words[id >> 6] &= ~(1L << (id & 63));
            }
        }
        for (long word : words) {
            if (word != 0) {
                return;
            }
        }
        System.arraycopy(before, 0, words, 0, words.length);
    }

    private void clearTail() {
        int used = size & 63;
        if (used != 0) {
            words[words.length - 1] = (1L << used) - 1;
        }
    }

    /** The one token that may be drawn; -1 if there are several or none. */
    int only() {
        int only = NONE;
        for (int i = 0; i < words.length; i++) {
            if (words[i] != 0) {
                if (only != NONE || Long.bitCount(words[i]) > 1) {
                    return NONE;
                }
                only = i * Long.SIZE + Long.numberOfTrailingZeros(words[i]);
            }
        }
        return only < size ? only : NONE;
    }

    /** Bans all other tokens: their logits become minus infinity. */
    void mask(float[] logits) {
        for (int i = 0; i < words.length; i++) {
            long word = words[i];
            int first = i * Long.SIZE;
            int end = Math.min(logits.length, first + Long.SIZE);
            if (word == 0) {
                Arrays.fill(logits, first, end, Float.NEGATIVE_INFINITY);
            } else if (word != -1) {
                for (int id = first; id < end; id++) {
                    if (((word >>> id) & 1) == 0) {
                        logits[id] = Float.NEGATIVE_INFINITY;
                    }
                }
            }
        }
    }
}
