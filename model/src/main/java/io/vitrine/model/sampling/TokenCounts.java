package io.vitrine.model.sampling;

import java.util.Arrays;

/**
 * Which tokens a sequence has, and how often its answer has them: what the penalties look at. A hash table of primitives,
 * so that its size is that of the sequence and not that of the vocabulary.
 */
final class TokenCounts {

    private static final int EMPTY = -1;
    private static final int INITIAL_TABLE = 64;

    /** Distinct tokens in order of appearance, and how often the answer has each. */
    private int[] tokens = new int[INITIAL_TABLE / 2];

    private int[] counts = new int[INITIAL_TABLE / 2];
    private int size;
    /** Open addressing: places in {@code tokens}; at most half full. */
    private int[] table = emptyTable(INITIAL_TABLE);

    /** Notes a token of the prompt: seen, but not counted. */
    void see(int token) {
        place(token);
    }

    /** Counts a token of the answer. */
    void count(int token) {
        // Not counts[place(token)]++: that reads the field before the arrays may grow.
        int place = place(token);
        counts[place]++;
    }

    /** Distinct tokens seen. */
    int size() {
        return size;
    }

    /** The distinct token at {@code place}, from 0 to {@link #size} exclusive. */
    int token(int place) {
        return tokens[place];
    }

    /** How often the answer has the token at {@code place}; 0 if only the prompt has it. */
    int answerCount(int place) {
        return counts[place];
    }

    private int place(int token) {
        int slot = slot(token);
        if (table[slot] == EMPTY) {
            return append(token, slot);
        }
        return table[slot];
    }

    private int append(int token, int slot) {
        int place = size++;
        tokens[place] = token;
        table[slot] = place;
        if (size == tokens.length) {
            grow();
        }
        return place;
    }

    /** Where the token stands in the table, or the empty slot where it would. */
    private int slot(int token) {
        int mask = table.length - 1;
        // Multiplying by 2^32 / golden ratio spreads neighbouring ids (Knuth, volume 3, 6.4).
        int slot = ((token * 0x9E3779B9) >>> 8) & mask;
        while (table[slot] != EMPTY && tokens[table[slot]] != token) {
            slot = (slot + 1) & mask;
        }
        return slot;
    }

    private void grow() {
        tokens = Arrays.copyOf(tokens, 2 * size);
        counts = Arrays.copyOf(counts, 2 * size);
        table = emptyTable(2 * table.length);
        for (int place = 0; place < size; place++) {
            table[slot(tokens[place])] = place;
        }
    }

    private static int[] emptyTable(int length) {
        int[] table = new int[length];
        Arrays.fill(table, EMPTY);
        return table;
    }
}
