package io.vitrine.observability.metrics;

import java.util.List;
import java.util.Optional;

import io.vitrine.model.engine.EngineListener;
import io.vitrine.model.engine.StepReport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

class EngineMetricsTest {

    private static final long MILLISECOND = 1_000_000;

    private final Metrics metrics = TestMetrics.start();
    private final EngineListener listener = metrics.engineListener("m");

    @AfterEach
    void close() {
        metrics.close();
    }

    @Test
    void countsStepsByWhatTheyComputed() {
        listener.stepEnded(step(0, 5 * MILLISECOND, 100, 0));
        listener.stepEnded(step(1, 7 * MILLISECOND, 20, 3));
        listener.stepEnded(step(2, 2 * MILLISECOND, 0, 4));
        listener.stepEnded(step(3, 2 * MILLISECOND, 0, 4));

        PrometheusText text = PrometheusText.parse(metrics.scrape(null).body());
        assertThat(text.value("vitrine_engine_step_duration_seconds_count{model=\"m\",phase=\"prefill\"}"))
                .isEqualTo(1);
        assertThat(text.value("vitrine_engine_step_duration_seconds_count{model=\"m\",phase=\"mixed\"}"))
                .isEqualTo(1);
        assertThat(text.value("vitrine_engine_step_duration_seconds_count{model=\"m\",phase=\"decode\"}"))
                .isEqualTo(2);
        assertThat(text.value("vitrine_engine_step_duration_seconds_sum{model=\"m\",phase=\"decode\"}"))
                .isCloseTo(0.004, within(1e-12));
        assertThat(text.value("vitrine_engine_prefill_tokens_total{model=\"m\"}"))
                .isEqualTo(120);
        assertThat(text.value("vitrine_engine_decode_tokens_total{model=\"m\"}"))
                .isEqualTo(11);
    }

    @Test
    void leavesStepsWithoutDecodingOutOfTheBatchSize() {
        listener.stepEnded(step(0, MILLISECOND, 100, 0));
        listener.stepEnded(step(1, MILLISECOND, 0, 4));
        listener.stepEnded(step(2, MILLISECOND, 9, 5));

        PrometheusText text = PrometheusText.parse(metrics.scrape(null).body());
        assertThat(text.value("vitrine_engine_batch_size_count{model=\"m\"}")).isEqualTo(2);
        assertThat(text.value("vitrine_engine_batch_size_bucket{model=\"m\",le=\"4.0\"}"))
                .isEqualTo(1);
        assertThat(text.value("vitrine_engine_batch_size_bucket{model=\"m\",le=\"8.0\"}"))
                .isEqualTo(2);
    }

    @Test
    void addsUpTheTimeInsideTheModelAndTheSampler() {
        listener.stepEnded(step(0, 10 * MILLISECOND, 1, 1));
        listener.stepEnded(step(1, 20 * MILLISECOND, 1, 1));

        PrometheusText text = PrometheusText.parse(metrics.scrape(null).body());
        assertThat(text.value("vitrine_engine_model_time_seconds_total{model=\"m\"}"))
                .isCloseTo(0.015, within(1e-12));
        assertThat(text.value("vitrine_engine_sampling_time_seconds_total{model=\"m\"}"))
                .isCloseTo(0.003, within(1e-12));
    }

    /** Half of a step is spent in the model, a tenth in the sampler. */
    private static StepReport step(long index, long durationNanos, int prefillTokens, int decodeTokens) {
        long start = index * 1_000 * MILLISECOND;
        return new StepReport(
                index,
                start,
                start + durationNanos,
                durationNanos / 2,
                durationNanos / 10,
                prefillTokens,
                decodeTokens,
                decodeTokens,
                0,
                0,
                0,
                decodeTokens,
                0,
                1,
                0,
                StepReport.CacheCounts.NONE,
                List.of(),
                Optional.empty());
    }
}
