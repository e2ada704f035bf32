package io.vitrine.model.engine;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class DraftBudgetTest {

    private static final int MOST = 6;

    private final DraftBudget budget = new DraftBudget(MOST);

    @Test
    void aSequenceAloneTakesAllThatItIsSureOf() {
        assertThat(take(1, 0.95, 100)).isEqualTo(MOST);
        assertThat(take(1, 0.95, 2)).isEqualTo(2);
    }

    @Test
    void takesFewerTheLessSureItIs() {
        int before = MOST;
        for (double acceptance = 1; acceptance > 0; acceptance -= 0.05) {
            int count = take(1, acceptance, 100);
            assertThat(count).isLessThanOrEqualTo(before);
            before = count;
        }
        assertThat(before).isZero();
    }

    /** An independent look at the rule: with one row more or less the step would give fewer tokens a second. */
    @ParameterizedTest
    @ValueSource(doubles = {0.2, 0.4, 0.6, 0.8})
    void takesTheNumberThatGivesMostTokensForItsTime(double acceptance) {
        for (int sequences : new int[] {1, 2, 4, 8, 32}) {
            int best = 0;
            for (int count = 1; count <= MOST; count++) {
                best = speed(sequences, count, acceptance) > speed(sequences, best, acceptance) ? count : best;
            }
            assertThat(take(sequences, acceptance, 100))
                    .as("%d sequences", sequences)
                    .isEqualTo(best);
        }
    }

    @Test
    void aFullBatchGuessesOnlyWhatIsNearlySure() {
        assertThat(take(32, 0.7, 100)).isZero();
        assertThat(take(32, 0.98, 100)).isPositive();
    }

    @Test
    void whatIsKnownIsAlwaysWorthIt() {
        assertThat(take(64, 1, 100)).isEqualTo(MOST);
    }

    @Test
    void guessesNothingWhereNothingMayBeGuessed() {
        var off = new DraftBudget(0);
        off.begin(1);
        assertThat(off.take(100, 1)).isZero();
        assertThat(take(1, 1, 0)).isZero();
    }

    private int take(int sequences, double acceptance, int available) {
        budget.begin(sequences);
        return budget.take(available, acceptance);
    }

    private static double speed(int sequences, int count, double acceptance) {
        double tokens = sequences;
        for (int i = 1; i <= count; i++) {
            tokens += Math.pow(acceptance, i);
        }
        return tokens / (1 + DraftBudget.ROW_COST * (sequences + count - 1));
    }
}
