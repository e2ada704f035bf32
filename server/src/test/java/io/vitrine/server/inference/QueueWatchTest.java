package io.vitrine.server.inference;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import io.vitrine.model.engine.EngineListener;
import io.vitrine.model.engine.FinishReason;
import io.vitrine.model.engine.GenerationListener;
import io.vitrine.model.engine.GenerationRequest;
import io.vitrine.model.engine.PriorityClass;
import io.vitrine.model.engine.RecordingGenerationListener;
import io.vitrine.model.engine.StepReport;
import io.vitrine.model.sampling.SamplingParams;
import io.vitrine.tenants.limits.QueueModel;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/**
 * Answers run to their limit here, so that a wait can be counted by hand: steps of 10 ms, of which prompts take none.
 */
class QueueWatchTest {

    private static final long STEP_NANOS = 10_000_000;

    /** One runs and one waits. */
    private final QueueWatch watch = new QueueWatch(new QueueModel(), 1, 1);

    @Test
    void knowsNothingBeforeTheFirstStep() {
        arrive(16, 5, PriorityClass.NORMAL);
        arrive(16, 5, PriorityClass.NORMAL);
        assertThat(watch.predictedRoom(1)).isEmpty();
    }

    @Test
    void freePlacesAreNoWait() {
        step();
        assertThat(watch.predictedRoom(2)).contains(Duration.ZERO);
        arrive(16, 5, PriorityClass.NORMAL);
        assertThat(watch.predictedRoom(1)).contains(Duration.ZERO);
    }

    @Test
    void countsWhatRunningAndWaitingSequencesHaveLeft() {
        step();
        GenerationListener running = arrive(16, 5, PriorityClass.NORMAL);
        running.admitted(0, 0);
        GenerationListener waiting = arrive(8, 3, PriorityClass.NORMAL);

        assertPredicted(1, 5);
        assertPredicted(2, 5 + 3);
        running.tokenGenerated(1, 0);
        running.tokenGenerated(1, 0);
        assertPredicted(1, 3);
        running.preempted(0);
        waiting.admitted(0, 0);
        assertPredicted(1, 3);
        waiting.ended(FinishReason.LENGTH, 0);
        assertThat(watch.predictedRoom(1)).contains(Duration.ZERO);
    }

    @Test
    void aRefusedSequenceTakesNoPlace() {
        step();

        request(8, 4, PriorityClass.NORMAL, GenerationListener.NONE).ended(FinishReason.REFUSED, 0);

        assertThat(watch.predictedRoom(2)).contains(Duration.ZERO);
    }

    @Test
    void tellsTheNextListenerEverything() {
        var next = new RecordingGenerationListener();
        GenerationListener listener = request(8, 4, PriorityClass.NORMAL, next);

        listener.queued(1);
        listener.admitted(0, 2);
        listener.prefillEnded(8, 3);
        listener.tokenGenerated(7, 4);
        listener.ended(FinishReason.STOP, 5);

        assertThat(next.events()).hasSize(5);
    }

    private void assertPredicted(int sequences, int steps) {
        long nanos = watch.predictedRoom(sequences).orElseThrow().toNanos();
        assertThat((double) nanos).isCloseTo((double) (steps * STEP_NANOS), within(1_000.0));
    }

    private GenerationListener arrive(int promptTokens, int maxTokens, PriorityClass priority) {
        GenerationListener listener = request(promptTokens, maxTokens, priority, GenerationListener.NONE);
        listener.queued(0);
        return listener;
    }

    private GenerationListener request(
            int promptTokens, int maxTokens, PriorityClass priority, GenerationListener next) {
        return watch.watch(
                new GenerationRequest(
                        "r",
                        new int[promptTokens],
                        maxTokens,
                        Set.of(),
                        new SamplingParams(0, 0, 1, 0, 1, 0, 0, Map.of(), 1),
                        GenerationRequest.NO_LOGPROBS,
                        Long.MAX_VALUE,
                        priority,
                        ""),
                next);
    }

    private void step() {
        watch.engineListener(EngineListener.NONE)
                .stepEnded(new StepReport(
                        0,
                        0,
                        STEP_NANOS,
                        0,
                        0,
                        0,
                        0,
                        0,
                        0,
                        0,
                        0,
                        0,
                        0,
                        0,
                        0,
                        StepReport.CacheCounts.NONE,
                        List.of(),
                        Optional.empty()));
    }
}
