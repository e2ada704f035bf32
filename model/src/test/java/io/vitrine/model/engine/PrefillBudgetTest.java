package io.vitrine.model.engine;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;

import io.vitrine.model.engine.StepPlan.Layers;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/** Against machines whose steps take a known time. */
class PrefillBudgetTest {

    private static final int CHUNK = 512;

    private static final int LAYERS = 30;

    private PrefillBudget budget = new PrefillBudget(CHUNK, 1);

    /** How long a step takes, in nanoseconds. */
    private interface Machine {
        /** @param layers of all of them, those that are computed of the chunk */
        double nanos(int rows, int chunk, double layers);

        default double nanos(int rows, int chunk) {
            return nanos(rows, chunk, 1);
        }
    }

    /** A step of {@code rows} takes 8 ms and 0.5 ms a row; a chunk 1 ms and {@code tokenMicros} a token. */
    private static Machine machine(double tokenMicros) {
        return machine(1, tokenMicros);
    }

    private static Machine machine(double chunkMillis, double tokenMicros) {
        return (rows, chunk, layers) ->
                8e6 + 0.5e6 * rows + (chunk == 0 ? 0 : layers * (chunkMillis * 1e6 + tokenMicros * 1e3 * chunk));
    }

    private long step(Machine machine, int rows, int tokens) {
        long nanos = (long) machine.nanos(rows, tokens);
        budget.stepEnded(rows, 0, tokens, nanos);
        return nanos;
    }

    /** The tokens of the next step beside {@code rows}, where layers are not cut. */
    private int tokens(int rows) {
        return budget.chunk(Integer.MAX_VALUE, budget.tokens(rows, 1, 0));
    }

    /** Computes a prompt beside {@code rows}; gives how long each step took as a multiple of a decoding one. */
    private List<Double> prefill(Machine machine, int rows, int promptTokens) {
        List<Double> ratios = new ArrayList<>();
        double alone = machine.nanos(rows, 0);
        int chunk = 0;
        int layersDone = 0;
        for (int left = promptTokens; left > 0; ) {
            double room = budget.tokens(rows, 1, 0);
            Layers layers = Layers.ALL;
            if (layersDone == 0) {
                chunk = budget.chunk(left, room);
            }
            if (room > 0 && (layersDone > 0 || chunk > room)) {
                layers = budget.layers(chunk, layersDone, room);
                assertThat(layers.share(chunk)).isPositive();
            }
            int computed = room > 0 ? chunk : 0;
            double part = (double) (layers.end() - layers.first()) / layers.count();
            double nanos = machine.nanos(rows, computed, part);
            budget.stepEnded(rows, 0, computed * part, (long) nanos);
            ratios.add(nanos / alone);
            if (computed > 0) {
                left -= layers.share(chunk);
                layersDone = layers.last() ? 0 : layers.end();
            }
        }
        assertThat(layersDone).as("layers of a chunk that is left").isZero();
        return ratios;
    }

    @Test
    void givesAPromptBesideNobodyTheWholeChunk() {
        assertThat(budget.tokens(0, 1, 0)).isEqualTo(CHUNK);
        budget.stepEnded(0, 0, CHUNK, 1_000_000);
        assertThat(budget.tokens(0, 1, 0)).isEqualTo(CHUNK);
    }

    @Test
    void aStepBesideAPromptStaysBelowTwiceADecodingOne() {
        for (int rows : new int[] {1, 3, 8, 17, 32, 64}) {
            for (double tokenMicros : new double[] {20, 100, 300}) {
                budget = new PrefillBudget(CHUNK, 1);
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

    /** As late in a long prompt: the smallest chunk takes as long as all there is room for. */
    @Test
    void whereAChunkCostsMuchBesideItsTokensStepsShareALargeOneByItsLayers() {
        for (int rows : new int[] {1, 4, 8}) {
            var machine = machine(9, 700);
            budget = new PrefillBudget(CHUNK, LAYERS);
            prefill(machine, rows, 500);
            List<Double> ratios = prefill(machine, rows, 1500);
            assertThat(ratios).as("%d rows", rows).allMatch(ratio -> ratio < 2);
            double largeChunks = Math.ceil(1500.0 / PrefillBudget.CHUNK_TOKENS)
                    * (machine.nanos(rows, PrefillBudget.CHUNK_TOKENS) - machine.nanos(rows, 0));
            double target = (PrefillBudget.TARGET - 1) * machine.nanos(rows, 0);
            // A chunk takes whole steps, and there are probes.
            assertThat((double) ratios.size()).as("%d rows", rows).isLessThan(1.3 * largeChunks / target);
        }
    }

    @Test
    void theLayersOfAChunkAddUpAndEachStepsCountForATokenAtLeast() {
        var cut = new PrefillBudget(CHUNK, LAYERS);
        var random = new SplittableRandom(5);
        for (int i = 0; i < 2000; i++) {
            int chunk = 1 + random.nextInt(PrefillBudget.CHUNK_TOKENS);
            int counted = 0;
            int done = 0;
            while (done < LAYERS) {
                Layers layers = cut.layers(chunk, done, Math.exp(random.nextDouble(-6, 4)));
                assertThat(layers.first()).isEqualTo(done);
                assertThat(layers.share(chunk)).isPositive();
                counted += layers.share(chunk);
                done = layers.end();
            }
            assertThat(counted).isEqualTo(chunk);
        }
    }

    @Test
    void aStepHasNoMoreLayersThanItHasRoomFor() {
        var cut = new PrefillBudget(CHUNK, LAYERS);
        // Room for 4.3 layers: eight steps with four at most, and not seven of which the first have five.
        assertThat(cut.layers(64, 0, 9.2)).isEqualTo(new Layers(0, 4, LAYERS));
        for (int done = 0; done < LAYERS; ) {
            Layers layers = cut.layers(64, done, 9.2);
            assertThat(layers.end() - layers.first()).isLessThanOrEqualTo(4);
            done = layers.end();
        }
    }

    @Test
    void aStepWithRoomForAllThatIsLeftOfAPromptCutsNothing() {
        var cut = new PrefillBudget(CHUNK, LAYERS);
        assertThat(cut.chunk(3, 3.5)).isEqualTo(3);
        assertThat(cut.chunk(100, 70.5)).isEqualTo(70);
        assertThat(cut.chunk(100, 5)).isEqualTo(PrefillBudget.CHUNK_TOKENS);
        assertThat(cut.chunk(9, 5)).isEqualTo(9);
        assertThat(cut.layers(9, 0, 5)).isEqualTo(new Layers(0, 15, LAYERS));
        assertThat(cut.layers(9, 15, 5)).isEqualTo(new Layers(15, LAYERS, LAYERS));
        assertThat(cut.chunk(100, 0)).isZero();
    }

    @Test
    void followsAMachineThatBecomesSlower() {
        prefill(machine(50), 8, 3000);
        int before = tokens(8);
        List<Double> ratios = prefill(machine(200), 8, 3000);
        assertThat(tokens(8)).isBetween(before / 8, before / 2);
        assertThat(ratios.subList(6, ratios.size())).allMatch(ratio -> ratio < 2);
    }

    @Test
    void aSlowStepNowAndThenChangesNothing() {
        prefill(machine(100), 8, 3000);
        int settled = tokens(8);
        var random = new SplittableRandom(3);
        for (int i = 0; i < 200; i++) {
            int tokens = tokens(8);
            // Every seventh step stops for a garbage collection.
            double pause = i % 7 == 0 ? 80e6 : random.nextDouble() * 0.2e6;
            step((rows, count, layers) -> machine(100).nanos(rows, count, layers) + pause, 8, tokens);
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
            budget.stepEnded(2, 0, 0, 2000);
            budget.stepEnded(2, 0, 10, 3000);
        }
        assertThat(budget.tokens(2, 1, 0)).isEqualTo(16, within(1e-9));
        assertThat(budget.tokens(2, 2, 0)).isEqualTo(16, within(1e-9));
        assertThat(budget.tokens(2, 6, 0)).isEqualTo(48, within(1e-9));
        assertThat(budget.tokens(2, 1000, 0)).isEqualTo(CHUNK);
    }

    @Test
    void aSmallChunkIsNotMadeLarger() {
        var small = new PrefillBudget(3, LAYERS);
        small.stepEnded(2, 0, 0, 1000);
        assertThat(small.chunk(9, small.tokens(2, 1, 0))).isEqualTo(3);
        small.stepEnded(2, 0, 3, 1_000_000);
        assertThat(small.chunk(9, small.tokens(2, 1, 0))).isEqualTo(3);
    }

    @Test
    void measuresADecodingStepNowAndThen() {
        List<Integer> tokens = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            tokens.add(tokens(8));
            step(machine(100), 8, tokens(8));
        }
        for (int i = 0; i < 100; i++) {
            assertThat(tokens.get(i) == 0).as("step %d", i).isEqualTo(i % (PrefillBudget.MIXED_STEPS_A_PROBE + 1) == 0);
        }
    }

    @Test
    void whoSeesDecodingStepsAnywayNeedsNoProbe() {
        step(machine(100), 8, 0);
        for (int i = 0; i < 100; i++) {
            assertThat(tokens(8)).isPositive();
            step(machine(100), 8, tokens(8));
            step(machine(100), 8, 0);
        }
    }

    @Test
    void aClockThatStandsStillStopsNoPrompt() {
        int computed = 0;
        for (int i = 0; i < 20; i++) {
            int tokens = tokens(3);
            computed += tokens;
            budget.stepEnded(3, 0, tokens, 0);
        }
        assertThat(computed).isEqualTo(19 * PrefillBudget.MIN_TOKENS);
    }

    @Test
    void askingChangesNothing() {
        assertThat(budget.tokens(1, 1, 0)).isEqualTo(budget.tokens(1, 1, 0));
        prefill(machine(100), 1, 100);
        assertThat(budget.tokens(1, 1, 0)).isEqualTo(budget.tokens(1, 1, 0));
    }
}
