package io.vitrine.observability.metrics;

import java.util.List;
import java.util.Optional;

import io.vitrine.model.engine.EngineListener;
import io.vitrine.model.engine.ModelRunnerException;
import io.vitrine.model.engine.StepReport;
import io.vitrine.model.engine.StepResult.StepTimings;
import io.vitrine.observability.EngineState;
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

    @Test
    void countsWhatOfTheBatchWasUseful() {
        metrics.watch(
                "m",
                new EngineState(
                        () -> 0, () -> 0, () -> 0, () -> 0, 4, 8, 8, 8, new EngineState.Memory(1_000, 10, true)));
        // 9 tokens for 4 sequences: 1 replayed, 3 guessed of which 2 came true.
        listener.stepEnded(decoding(9, 1, 3, 2));
        listener.stepEnded(step(1, MILLISECOND, 50, 0));

        PrometheusText text = PrometheusText.parse(metrics.scrape(null).body());
        assertThat(text.value("vitrine_engine_useful_tokens_total{model=\"m\"}"))
                .isEqualTo(7);
        assertThat(text.value("vitrine_engine_replayed_tokens_total{model=\"m\"}"))
                .isEqualTo(1);
        assertThat(text.value("vitrine_engine_slot_steps_total{model=\"m\"}"))
                .as("steps that decode nothing have no slots to fill")
                .isEqualTo(4);
    }

    @Test
    void countsWhatThePrefixCacheDid() {
        listener.stepEnded(decoding(4, 0, 0, 0));
        listener.stepEnded(decoding(4, 0, 0, 0));

        PrometheusText text = PrometheusText.parse(metrics.scrape(null).body());
        assertThat(text.value("vitrine_prefix_cache_lookup_pages_total{model=\"m\",result=\"hit\"}"))
                .isEqualTo(6);
        assertThat(text.value("vitrine_prefix_cache_lookup_pages_total{model=\"m\",result=\"missed\"}"))
                .isEqualTo(4);
        assertThat(text.value("vitrine_prefix_cache_evicted_pages_total{model=\"m\"}"))
                .isEqualTo(2);
        assertThat(text.value("vitrine_kv_cached_pages{model=\"m\"}")).isEqualTo(5);
    }

    @Test
    void tellsTheTimeInsideTheModelOfTimedSteps() {
        listener.stepEnded(decoding(4, 0, 0, 0));

        PrometheusText text = PrometheusText.parse(metrics.scrape(null).body());
        assertThat(text.value("vitrine_engine_timed_steps_total{model=\"m\"}")).isEqualTo(1);
        assertThat(text.value("vitrine_engine_part_time_seconds_total{model=\"m\",part=\"feed_forward\"}"))
                .isCloseTo(0.003, within(1e-12));
    }

    @Test
    void countsStepsInWhichTheModelFailed() {
        listener.stepFailed(new ModelRunnerException("no", new IllegalStateException()));

        assertThat(PrometheusText.parse(metrics.scrape(null).body())
                        .value("vitrine_engine_failed_steps_total{model=\"m\"}"))
                .isEqualTo(1);
    }

    /** A timed step of 4 sequences; the cache had 3 hits, 2 misses and 1 eviction, and holds 5 pages. */
    private static StepReport decoding(int tokens, int replayed, int drafted, int accepted) {
        return new StepReport(
                0,
                0,
                MILLISECOND,
                0,
                0,
                0,
                4,
                tokens,
                replayed,
                drafted,
                accepted,
                4,
                0,
                1,
                5,
                new StepReport.CacheCounts(3, 2, 1),
                List.of(),
                Optional.of(new StepTimings(
                        MILLISECOND, 2 * MILLISECOND, 3 * MILLISECOND, 4 * MILLISECOND, 5 * MILLISECOND)));
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
