package io.vitrine.tenants.limits;

import java.time.Duration;
import java.util.Collections;
import java.util.List;

import io.vitrine.tenants.limits.QueueView.Work;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class QueueModelTest {

    private final QueueModel model = new QueueModel(64);

    @Test
    void knowsNothingBeforeTheFirstStep() {
        assertThat(model.predictWait(new QueueView(1, List.of(), List.of()))).isEmpty();
    }

    @Test
    void predictsNoWaitWhereASlotIsFree() {
        model.stepEnded(10_000_000);
        QueueView view = new QueueView(2, List.of(new Work(0, 100)), List.of());
        assertThat(model.predictWait(view)).contains(Duration.ZERO);
    }

    @Test
    void waitsForTheFirstSlotThatIsFreeAfterAllBefore() {
        model.stepEnded(10_000_000);
        // Slots end after 10 and 50 steps. The first who waits takes 2 + 20 and ends at 32, the second 1 + 30 and ends
        // at 63.
        QueueView view =
                new QueueView(2, List.of(new Work(0, 10), new Work(0, 50)), List.of(new Work(65, 20), new Work(1, 30)));
        assertThat(model.predictWait(view)).contains(Duration.ofMillis(500));
    }

    @Test
    void learnsThatAnswersEndBeforeTheirLimit() {
        model.stepEnded(10_000_000);
        for (int i = 0; i < 200; i++) {
            model.answerEnded(25, 100);
        }
        QueueView view = new QueueView(1, List.of(new Work(0, 100)), List.of());
        assertThat(model.predictWait(view).orElseThrow()).isBetween(Duration.ofMillis(249), Duration.ofMillis(252));
    }

    @Test
    void followsAChangeOfTheStepTime() {
        model.stepEnded(10_000_000);
        for (int i = 0; i < 100; i++) {
            model.stepEnded(30_000_000);
        }
        QueueView view = new QueueView(1, List.of(new Work(0, 10)), List.of());
        assertThat(model.predictWait(view).orElseThrow()).isBetween(Duration.ofMillis(298), Duration.ofMillis(300));
    }

    /** The simulation counts every step; where answers run to their limit, no prediction may be off by more than two. */
    @ParameterizedTest
    @CsvSource({"1, 30", "4, 30", "8, 60", "16, 120"})
    void isWithinAFactorOfTwoOfASimulatedQueue(int slots, int waiting) {
        List<Double> ratios = new SimulatedQueue(slots, waiting, 1.0, 11).ratios();
        assertThat(ratios).hasSizeGreaterThan(200).allSatisfy(ratio -> assertThat(ratio)
                .isBetween(0.5, 2.0));
    }

    /** Where an answer may end at any token, one wait is chance; of many, nine in ten are within a factor of two. */
    @ParameterizedTest
    @CsvSource({"4, 30", "8, 60", "16, 120"})
    void isMostlyWithinAFactorOfTwoWhereAnswersEndByChance(int slots, int waiting) {
        List<Double> ratios = new SimulatedQueue(slots, waiting, 0.02, 12).ratios();
        long close =
                ratios.stream().filter(ratio -> ratio >= 0.5 && ratio <= 2.0).count();
        assertThat((double) close / ratios.size()).isGreaterThan(0.9);
        Collections.sort(ratios);
        assertThat(ratios.get(ratios.size() / 2)).isBetween(0.8, 1.25);
    }

    @Test
    void refusesNonsense() {
        assertThatThrownBy(() -> new QueueModel(0)).hasMessageContaining("chunkTokens must be at least 1: 0");
        assertThatThrownBy(() -> new Work(-1, 0)).hasMessageContaining(">= 0: -1");
        assertThatThrownBy(() -> new QueueView(1, List.of(new Work(0, 1), new Work(0, 1)), List.of()))
                .hasMessageContaining("running 2");
    }
}
