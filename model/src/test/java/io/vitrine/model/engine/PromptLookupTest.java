package io.vitrine.model.engine;

import java.util.Arrays;

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

    private static int[] guess(int count, int... text) {
        int[] tokens = Arrays.copyOf(text, text.length + count);
        boolean guessed = PromptLookup.guess(tokens, text.length, count);
        assertThat(Arrays.copyOf(tokens, text.length)).isEqualTo(text);
        return guessed ? Arrays.copyOfRange(tokens, text.length, tokens.length) : new int[0];
    }
}
