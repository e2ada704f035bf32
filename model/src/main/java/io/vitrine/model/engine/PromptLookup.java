package io.vitrine.model.engine;

/**
 * Guesses how a text goes on by how it went on before: where its last tokens stand in it already, what followed them there
 * follows again. Costs no model; comes true where a text repeats itself, quotes its prompt or is code (prompt lookup decoding).
 *
 * <p>An index knows where each run of tokens stood last, by a hash: a look-up costs the same however long the text is.
 * Runs whose
 * hashes collide displace each other, the later one stays; what is found is compared, so that costs a guess at most.
 * One text's.
 */
final class PromptLookup {

    /** A longer match is the better guess, so it is looked for first. */
    private static final int LONGEST_MATCH = 3;

    private static final int SHORTEST_MATCH = 2;

    /** As many entries as tokens, times this: so few runs displace each other. */
    private static final int ENTRIES_A_TOKEN = 8;

    /** Entries for a match length; a longer text displaces its oldest. */
    private static final int MOST_ENTRIES = 1 << 16;

    /** By match length, by hash: where the last such run ends; 0 for nowhere. */
    private final int[][] ends = new int[LONGEST_MATCH + 1][];

    /** Runs that end up to here are in the index. */
    private int indexed;

    /** @param capacity tokens that the text may have */
    PromptLookup(int capacity) {
        int entries = (int) Math.min(MOST_ENTRIES, Long.highestOneBit((long) ENTRIES_A_TOKEN * (capacity + 1)));
        for (int match = SHORTEST_MATCH; match <= LONGEST_MATCH; match++) {
            ends[match] = new int[entries];
        }
    }

    /**
     * Writes a guess behind the text. A text that runs in a circle is guessed to go on in it.
     *
     * @param tokens the first {@code length} are the text, which only grows from call to call; the next {@code count}
     *     are overwritten
     *     if there is a guess
     * @return whether there is one; otherwise nothing is written
     */
    boolean guess(int[] tokens, int length, int count) {
        index(tokens, length - 1);
        for (int match = LONGEST_MATCH; match >= SHORTEST_MATCH; match--) {
            int end = lastMatch(tokens, length, match);
            if (end > 0) {
                for (int i = 0; i < count; i++) {
                    tokens[length + i] = tokens[end + i];
                }
                return true;
            }
        }
        return false;
    }

    private void index(int[] tokens, int length) {
        while (indexed < length) {
            indexed++;
            for (int match = SHORTEST_MATCH; match <= Math.min(LONGEST_MATCH, indexed); match++) {
                ends[match][slot(tokens, indexed, match)] = indexed;
            }
        }
    }

    private int slot(int[] tokens, int end, int match) {
        int hash = 0;
        for (int i = end - match; i < end; i++) {
            hash = (hash + tokens[i]) * 0x9E3779B1;
            hash ^= hash >>> 15;
        }
        return ((hash * 0x85EBCA6B) >>> Byte.SIZE) & (ends[match].length - 1); // the upper bits are mixed best
    }

    /** Where the last {@code match} tokens ended before, at the latest; 0 if nowhere. */
    private int lastMatch(int[] tokens, int length, int match) {
        if (length <= match) {
            return 0;
        }
        int end = ends[match][slot(tokens, length, match)];
        for (int i = 1; end > 0 && i <= match; i++) {
            if (tokens[end - i] != tokens[length - i]) {
                return 0;
            }
        }
        return end;
    }
}
