package io.vitrine.model.engine;

import java.util.Arrays;
import java.util.SplittableRandom;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class PromptLookupTest {

    @Test
    void guessesWhatFollowedTheLastTokensBefore() {
        assertThat(guess(3, 1, 2, 3, 4, 5, 6, 9, 1, 2, 3)).containsExactly(4, 5, 6);
    }

    @Test
    void prefersTheLongerMatchAndAmongEqualOnesTheLatest() {
        assertThat(guess(1, 1, 2, 3, 7, 5, 2, 3, 8, 1, 2, 3)).containsExactly(7);
        assertThat(guess(1, 2, 3, 7, 2, 3, 8, 1, 2, 3)).containsExactly(8);
    }

    @Test
    void goesOnInACircle() {
        assertThat(guess(5, 4, 6, 4, 6)).containsExactly(4, 6, 4, 6, 4);
        assertThat(guess(3, 8, 8, 8)).containsExactly(8, 8, 8);
    }

    @Test
    void hasNoIdeaWhereNothingRepeats() {
        assertThat(guess(2)).isEmpty();
        assertThat(guess(2, 1)).isEmpty();
        assertThat(guess(2, 1, 2, 3, 2)).isEmpty();
    }

    /** Token by token, against a look at every place; colliding hashes lose a few. */
    @Test
    void findsInAGrowingTextWhatASearchFinds() {
        int same = 0;
        int found = 0;
        for (int seed = 0; seed < 20; seed++) {
            int[] tokens = new int[2000];
            int[] text = new SplittableRandom(seed).ints(1990, 0, 40).toArray();
            System.arraycopy(text, 0, tokens, 0, text.length);
            var lookup = new PromptLookup(tokens.length);
            for (int length = 3; length < text.length; length += 1 + seed % 3) {
                boolean guessed = lookup.guess(tokens, length, 1);
                int expected = search(text, length);
                found += expected >= 0 ? 1 : 0;
                same += expected >= 0 && guessed && tokens[length] == expected ? 1 : 0;
                assertThat(guessed && expected < 0)
                        .as("a guess without a match")
                        .isFalse();
                tokens[length] = text[length];
            }
        }
        assertThat(found).isGreaterThan(10_000);
        assertThat(same).isGreaterThan(found * 9 / 10);
    }

    /** What followed the last three tokens before, or the last two; -1 if they stand nowhere. */
    private static int search(int[] text, int length) {
        for (int match = 3; match >= 2; match--) {
            for (int end = length - 1; end >= match; end--) {
                if (Arrays.equals(text, end - match, end, text, length - match, length)) {
                    return text[end];
                }
            }
        }
        return -1;
    }

    private static int[] guess(int count, int... text) {
        int[] tokens = Arrays.copyOf(text, text.length + count);
        boolean guessed = new PromptLookup(tokens.length).guess(tokens, text.length, count);
        assertThat(Arrays.copyOf(tokens, text.length)).isEqualTo(text);
        return guessed ? Arrays.copyOfRange(tokens, text.length, tokens.length) : new int[0];
    }
}
