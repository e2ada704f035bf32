package io.vitrine.model.engine;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Against machines whose steps take a known time. */
class PrefillBudgetTest {

    private static final int CHUNK = 512;

    private PrefillBudget budget = new PrefillBudget(CHUNK);

    /** How long a step takes, in nanoseconds. */
    private interface Machine {
        double nanos(int rows, int promptTokens);
    }

    /** A step of {@code rows} takes 8 ms and 0.5 ms a row; a chunk 1 ms and {@code tokenMicros} a token. */
    private static Machine machine(double tokenMicros) {
        return (rows, tokens) -> 8e6 + 0.5e6 * rows + (tokens == 0 ? 0 : 1e6 + tokenMicros * 1e3 * tokens);
    }

    private long step(Machine machine, int rows, int tokens) {
        long nanos = (long) machine.nanos(rows, tokens);
        budget.stepEnded(rows, tokens, nanos);
        return nanos;
    }

    /** Computes a prompt beside {@code rows}; gives how long each step took as a multiple of a decoding one. */
    private List<Double> prefill(Machine machine, int rows, int promptTokens) {
        List<Double> ratios = new ArrayList<>();
        double alone = machine.nanos(rows, 0);
        for (int left = promptTokens; left > 0; ) {
            int tokens = Math.min(left, budget.tokens(rows, 1));
            ratios.add(step(machine, rows, tokens) / alone);
            left -= tokens;
        }
        return ratios;
    }

    @Test
    void givesAPromptBesideNobodyTheWholeChunk() {
        assertThat(budget.tokens(0, 1)).isEqualTo(CHUNK);
        budget.stepEnded(0, CHUNK, 1_000_000);
        assertThat(budget.tokens(0, 1)).isEqualTo(CHUNK);
    }

    @Test
    void aStepBesideAPromptStaysBelowTwiceADecodingOne() {
        for (int rows : new int[] {1, 3, 8, 17, 32, 64}) {
            for (double tokenMicros : new double[] {20, 100, 300}) {
                budget = new PrefillBudget(CHUNK);
                List<Double> ratios = prefill(machine(tokenMicros), rows, 1500);
                assertThat(ratios)
                        .as("%d rows, %s us a token", rows, tokenMicros)
                        .allMatch(ratio -> ratio < 2);
                // And it is not wasted: the second half of the steps reach the target, or the chunk's limit.
                List<Double> late = ratios.subList(ratios.size() / 2, ratios.size() - 1);
                double reached = late.isEmpty() ? PrefillBudget.TARGET : Collections.max(late);
                double most = machine(tokenMicros).nanos(rows, CHUNK)
                        / machine(tokenMicros).nanos(rows, 0);
                assertThat(reached).isGreaterThan(Math.min(1.6, most - 0.01));
            }
        }
    }

    @Test
    void followsAMachineThatBecomesSlower() {
        prefill(machine(50), 8, 3000);
        int before = budget.tokens(8, 1);
        List<Double> ratios = prefill(machine(200), 8, 3000);
        assertThat(budget.tokens(8, 1)).isBetween(before / 8, before / 2);
        assertThat(ratios.subList(6, ratios.size())).allMatch(ratio -> ratio < 2);
    }

    @Test
    void aSlowStepNowAndThenChangesNothing() {
        prefill(machine(100), 8, 3000);
        int settled = budget.tokens(8, 1);
        var random = new SplittableRandom(3);
        for (int i = 0; i < 200; i++) {
            int tokens = budget.tokens(8, 1);
            // Every seventh step stops for a garbage collection.
            double pause = i % 7 == 0 ? 80e6 : random.nextDouble() * 0.2e6;
            step((rows, count) -> machine(100).nanos(rows, count) + pause, 8, tokens);
            if (tokens > 0) {
                assertThat(tokens).isBetween(settled * 8 / 10, settled * 12 / 10);
            }
        }
    }

    @Test
    void aPromptGetsOnHoweverDearItsTokensAre() {
        List<Double> ratios = prefill(machine(10_000), 4, 200);
        // 50 steps of the fewest tokens, and two that learn how long a step takes without them.
        assertThat(ratios).hasSize(52);
    }

    /** A machine whose steps take 1000 for each row and 100 for each prompt token, as far as the budget can tell. */
    @Test
    void whoWaitsToBeginCountsAsMuchAsWhoWaitsToGoOn() {
        for (int i = 0; i < 50; i++) {
            budget.stepEnded(2, 0, 2000);
            budget.stepEnded(2, 10, 3000);
        }
        assertThat(budget.tokens(2, 1)).isEqualTo(16);
        assertThat(budget.tokens(2, 2)).isEqualTo(16);
        assertThat(budget.tokens(2, 6)).isEqualTo(48);
        assertThat(budget.tokens(2, 1000)).isEqualTo(CHUNK);
    }

    @Test
    void aSmallChunkIsNotMadeLarger() {
        var small = new PrefillBudget(3);
        small.stepEnded(2, 0, 1000);
        assertThat(small.tokens(2, 1)).isEqualTo(3);
        small.stepEnded(2, 3, 1_000_000);
        assertThat(small.tokens(2, 1)).isEqualTo(3);
    }

    @Test
    void measuresADecodingStepNowAndThen() {
        List<Integer> tokens = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            tokens.add(budget.tokens(8, 1));
            step(machine(100), 8, budget.tokens(8, 1));
        }
        for (int i = 0; i < 100; i++) {
            assertThat(tokens.get(i) == 0).as("step %d", i).isEqualTo(i % (PrefillBudget.MIXED_STEPS_A_PROBE + 1) == 0);
        }
    }

    @Test
    void whoSeesDecodingStepsAnywayNeedsNoProbe() {
        step(machine(100), 8, 0);
        for (int i = 0; i < 100; i++) {
            assertThat(budget.tokens(8, 1)).isPositive();
            step(machine(100), 8, budget.tokens(8, 1));
            step(machine(100), 8, 0);
        }
    }

    @Test
    void aClockThatStandsStillStopsNoPrompt() {
        int computed = 0;
        for (int i = 0; i < 20; i++) {
            int tokens = budget.tokens(3, 1);
            computed += tokens;
            budget.stepEnded(3, tokens, 0);
        }
        assertThat(computed).isEqualTo(19 * PrefillBudget.MIN_TOKENS);
    }

    @Test
    void askingChangesNothing() {
        assertThat(budget.tokens(1, 1)).isEqualTo(budget.tokens(1, 1));
        prefill(machine(100), 1, 100);
        assertThat(budget.tokens(1, 1)).isEqualTo(budget.tokens(1, 1));
    }
}
