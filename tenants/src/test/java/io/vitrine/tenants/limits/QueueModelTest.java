package io.vitrine.tenants.limits;

import java.time.Duration;
import java.util.Collections;
import java.util.List;

import io.vitrine.tenants.limits.QueueView.Work;
import io.vitrine.tenants.limits.SimulatedQueue.Outcome;
import io.vitrine.tenants.limits.SimulatedQueue.Traffic;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

class QueueModelTest {

    private static final long STEP = 10_000_000;

    private final QueueModel model = new QueueModel();

    @Test
    void knowsNothingBeforeTheFirstStep() {
        assertThat(model.predictEnds(new QueueView(1, List.of(), List.of()), 1)).isEmpty();
    }

    @Test
    void predictsNoWaitWhereNothingIsInside() {
        decode(1);
        assertThat(model.predictEnds(new QueueView(2, List.of(), List.of()), 1)).contains(Duration.ZERO);
    }

    @Test
    void countsTheEndsThatMakeRoom() {
        decode(1);
        prompts(64);
        // Running ones end after 10 and 50 steps. The first in line takes 1 + 20 steps and ends at 31, the second 1 +
        // 30 and
        // ends at 62.
        QueueView view = new QueueView(
                2, List.of(new Work(0, 10), new Work(0, 50)), List.of(new Work(64, 20), new Work(64, 30)));
        assertPredicts(view, 1, 10 * STEP);
        assertPredicts(view, 2, 31 * STEP + 64 * 1_000);
        assertPredicts(view, 3, 50 * STEP + 2 * 64 * 1_000);
        assertPredicts(view, 4, 62 * STEP + 2 * 64 * 1_000);
        assertPredicts(view, 9, 62 * STEP + 2 * 64 * 1_000);
    }

    /** One after the other, however many have a slot. */
    @Test
    void promptsShareWhatAStepComputes() {
        decode(1);
        prompts(64);
        QueueView view = new QueueView(4, List.of(), List.of(new Work(640, 1), new Work(640, 1), new Work(640, 1)));
        assertPredicts(view, 1, 11 * STEP + 640 * 1_000);
        assertPredicts(view, 3, 31 * STEP + 3 * 640 * 1_000);
    }

    @Test
    void learnsThatAnswersEndBeforeTheirLimit() {
        decode(1);
        for (int i = 0; i < 200; i++) {
            model.answerEnded(25, true);
        }
        QueueView view = new QueueView(1, List.of(new Work(0, 100)), List.of());
        // Half of such answers have ended after 25 ln 2 tokens.
        assertPredicts(view, 1, Math.round(25 * Math.log(2) * STEP));
    }

    @Test
    void learnsHowManyTokensAStepGives() {
        decode(4);
        assertPredicts(new QueueView(1, List.of(new Work(0, 100)), List.of()), 1, 25 * STEP);
    }

    @Test
    void learnsThatWaitingClientsGiveUp() {
        for (int i = 0; i < 1_000; i++) {
            model.stepEnded(new QueueModel.Step(STEP, 0, 1, 1, 100));
            model.waitingEnded();
        }
        List<Work> hundred = Collections.nCopies(100, new Work(0, 10_000));
        // One of a hundred leaves a step: so the first after half a step, by the half that expectation is rounded at.
        QueueView view = new QueueView(1, List.of(new Work(0, 10_000)), hundred);
        assertThat(model.predictEnds(view, 10).orElseThrow().toNanos() / (double) STEP)
                .isCloseTo(10, within(2.0));
    }

    @Test
    void followsAChangeOfTheStepTime() {
        decode(1);
        for (int i = 0; i < 100; i++) {
            model.stepEnded(new QueueModel.Step(3 * STEP, 0, 1, 1, 0));
        }
        QueueView view = new QueueView(1, List.of(new Work(0, 10)), List.of());
        assertThat(model.predictEnds(view, 1).orElseThrow()).isBetween(Duration.ofMillis(298), Duration.ofMillis(300));
    }

    /** A burst of prompts makes steps long that say nothing of the time that answers take. */
    @Test
    void longPromptStepsDoNotMakeAnswersLong() {
        decode(1);
        for (int i = 0; i < 50; i++) {
            model.stepEnded(new QueueModel.Step(50 * STEP, 512, 1, 1, 0));
        }
        assertPredicts(new QueueView(1, List.of(new Work(0, 10)), List.of()), 1, 10 * STEP);
    }

    /** Where answers run to their limit, every prediction is within a factor of two of the wait there was. */
    @ParameterizedTest
    @CsvSource({"1, 30, 1, 0", "4, 30, 1, 0", "4, 256, 5, 0", "8, 60, 5, 3", "16, 120, 8, 0"})
    void isWithinAFactorOfTwoOfASimulatedQueue(int slots, int queueLimit, int choices, int drafted) {
        List<Outcome> outcomes = outcomes(new Traffic(slots, queueLimit, choices, 0, 0, drafted));
        assertWithinTwo(outcomes, 0.9);
    }

    /**
     * Where ends are chance, so is one wait; of the waits for several ends, four in five are within a factor of two.
     */
    @ParameterizedTest
    @CsvSource({
        "4, 30, 10, 0.02, 0, 0",
        "8, 60, 10, 0.02, 0.0005, 3",
        "16, 120, 10, 0.01, 0.001, 0",
        "4, 256, 10, 0, 0.001, 0",
        "1, 64, 10, 0.05, 0.005, 2"
    })
    void isMostlyWithinAFactorOfTwoWhereEndsAreChance(
            int slots, int queueLimit, int choices, double endChance, double leaveChance, int drafted) {
        List<Outcome> outcomes = outcomes(new Traffic(slots, queueLimit, choices, endChance, leaveChance, drafted));
        List<Outcome> several =
                outcomes.stream().filter(outcome -> outcome.places() >= 6).toList();
        assertThat(several).hasSizeGreaterThan(20);
        assertWithinTwo(several, 0.8);
        double predicted = outcomes.stream().mapToDouble(Outcome::predicted).sum();
        double actual = outcomes.stream().mapToDouble(Outcome::actual).sum();
        assertThat(predicted / actual).as("of all").isBetween(0.67, 1.5);
    }

    private static List<Outcome> outcomes(Traffic traffic) {
        return new SimulatedQueue(traffic, 11).outcomes();
    }

    private static void assertWithinTwo(List<Outcome> outcomes, double share) {
        long close = outcomes.stream()
                .filter(outcome -> outcome.ratio() >= 0.5 && outcome.ratio() <= 2.0)
                .count();
        assertThat((double) close / outcomes.size()).isGreaterThan(share);
        double median = outcomes.stream().mapToDouble(Outcome::ratio).sorted().toArray()[outcomes.size() / 2];
        assertThat(median).as("median").isBetween(0.7, 1.4);
    }

    @Test
    void refusesNonsense() {
        assertThatThrownBy(() -> model.predictEnds(new QueueView(1, List.of(), List.of()), 0))
                .hasMessageContaining("ends must be at least 1: 0");
        assertThatThrownBy(() -> new Work(-1, 0)).hasMessageContaining(">= 0: -1");
        assertThatThrownBy(() -> new QueueView(1, List.of(new Work(0, 1), new Work(0, 1)), List.of()))
                .hasMessageContaining("running 2");
    }

    private void decode(int tokens) {
        model.stepEnded(new QueueModel.Step(STEP, 0, 1, tokens, 0));
    }

    /** A step with so many prompt tokens, each of which takes a microsecond. */
    private void prompts(int tokens) {
        model.stepEnded(new QueueModel.Step(STEP + tokens * 1_000L, tokens, 1, 1, 0));
    }

    private void assertPredicts(QueueView view, int ends, long nanos) {
        assertThat((double) model.predictEnds(view, ends).orElseThrow().toNanos())
                .isCloseTo((double) nanos, within(nanos / 1_000.0));
    }
}
