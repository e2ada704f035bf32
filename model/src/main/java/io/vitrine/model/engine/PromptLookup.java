package io.vitrine.model.engine;

/**
 * Guesses how a text goes on by how it went on before: where its last tokens stand in it already, what followed them there
 * follows again. Costs no model; comes true where a text repeats itself, quotes its prompt or is code (prompt lookup decoding).
 */
final class PromptLookup {

    /** A longer match is the better guess, so it is looked for first. */
    private static final int LONGEST_MATCH = 3;

    private static final int SHORTEST_MATCH = 2;

    private PromptLookup() {}

    /**
     * Writes a guess behind the text. A text that runs in a circle is guessed to go on in it.
     *
     * @param tokens the first {@code length} are the text; the next {@code count} are overwritten if there is a guess
     * @return whether there is one; otherwise nothing is written
     */
    static boolean guess(int[] tokens, int length, int count) {
        for (int match = LONGEST_MATCH; match >= SHORTEST_MATCH; match--) {
            int start = lastMatch(tokens, length, match);
            if (start >= 0) {
                for (int i = 0; i < count; i++) {
                    tokens[length + i] = tokens[start + match + i];
                }
                return true;
            }
        }
        return false;
    }

    /** Where the last {@code match} tokens stood before, at the latest; -1 if nowhere. */
    private static int lastMatch(int[] tokens, int length, int match) {
        int end = length - match;
        for (int start = end - 1; start >= 0; start--) {
            int same = 0;
            while (same < match && tokens[start + same] == tokens[end + same]) {
                same++;
            }
            if (same == match) {
                return start;
            }
        }
        return -1;
    }
}
