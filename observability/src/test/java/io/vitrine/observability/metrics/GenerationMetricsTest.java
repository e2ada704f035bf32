package io.vitrine.observability.metrics;

import java.util.Set;

import io.vitrine.model.engine.FinishReason;
import io.vitrine.model.engine.GenerationListener;
import io.vitrine.model.engine.GenerationRequest;
import io.vitrine.model.engine.PriorityClass;
import io.vitrine.model.sampling.SamplingParams;
import io.vitrine.observability.Route;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

class GenerationMetricsTest {

    private static final long MILLISECOND = 1_000_000;
    private static final String TPOT_LABELS =
            "gen_ai_operation_name=\"chat\",gen_ai_provider_name=\"vitrine\",gen_ai_request_model=\"m\"";

    private final Metrics metrics = TestMetrics.start();
    private final GenerationListener.Factory factory = metrics.generationListenerFactory("m", Route.CHAT_COMPLETIONS);

    @AfterEach
    void close() {
        metrics.close();
    }

    @Test
    void measuresEachPhaseOfASequence() {
        GenerationListener sequence = sequence();
        sequence.queued(at(0));
        sequence.admitted(0, at(30));
        sequence.prefillEnded(12, at(100));
        sequence.tokenGenerated(5, at(101));
        sequence.tokenGenerated(6, at(111));
        sequence.tokenGenerated(7, at(141));
        sequence.ended(FinishReason.STOP, at(150));

        PrometheusText text = scrape();
        assertThat(text.value("vitrine_queue_time_seconds_sum{model=\"m\"}")).isCloseTo(0.030, within(1e-12));
        assertThat(text.value("vitrine_prefill_time_seconds_sum{model=\"m\"}")).isCloseTo(0.070, within(1e-12));
        assertThat(text.value("vitrine_inter_token_latency_seconds_count{model=\"m\"}"))
                .isEqualTo(2);
        assertThat(text.value("vitrine_inter_token_latency_seconds_sum{model=\"m\"}"))
                .isCloseTo(0.040, within(1e-12));
        assertThat(text.value("vitrine_inter_token_latency_seconds_bucket{model=\"m\",le=\"0.01\"}"))
                .isEqualTo(1);
        assertThat(text.value("gen_ai_server_time_per_output_token_seconds_count{" + TPOT_LABELS + "}"))
                .isEqualTo(1);
        assertThat(text.value("gen_ai_server_time_per_output_token_seconds_sum{" + TPOT_LABELS + "}"))
                .isCloseTo(0.020, within(1e-12));
        assertThat(text.value("vitrine_generations_total{finish_reason=\"stop\",model=\"m\"}"))
                .isEqualTo(1);
    }

    @Test
    void keepsTheSequencesOfOneFactoryApart() {
        GenerationListener first = sequence();
        GenerationListener second = sequence();
        first.queued(at(0));
        second.queued(at(10));
        first.admitted(0, at(20));
        second.admitted(1, at(20));
        first.tokenGenerated(1, at(30));
        second.tokenGenerated(1, at(31));
        first.tokenGenerated(2, at(40));

        PrometheusText text = scrape();
        assertThat(text.value("vitrine_queue_time_seconds_sum{model=\"m\"}")).isCloseTo(0.030, within(1e-12));
        assertThat(text.value("vitrine_inter_token_latency_seconds_count{model=\"m\"}"))
                .isEqualTo(1);
        assertThat(text.value("vitrine_inter_token_latency_seconds_sum{model=\"m\"}"))
                .isCloseTo(0.010, within(1e-12));
    }

    @Test
    void countsARefusalAndMeasuresNothingOfIt() {
        sequence().ended(FinishReason.REFUSED, at(1));

        PrometheusText text = scrape();
        assertThat(text.value("vitrine_generations_total{finish_reason=\"refused\",model=\"m\"}"))
                .isEqualTo(1);
        assertThat(text.value("vitrine_queue_time_seconds_count{model=\"m\"}")).isZero();
    }

    @Test
    void takesNoMeanGapFromASequenceThatWasCutOffOrHasOneToken() {
        GenerationListener cancelled = sequence();
        cancelled.tokenGenerated(1, at(1));
        cancelled.tokenGenerated(2, at(2));
        cancelled.ended(FinishReason.CANCELLED, at(3));
        GenerationListener single = sequence();
        single.tokenGenerated(1, at(1));
        single.ended(FinishReason.LENGTH, at(1));

        PrometheusText text = scrape();
        assertThat(text.value("gen_ai_server_time_per_output_token_seconds_count{" + TPOT_LABELS + "}"))
                .isZero();
        assertThat(text.value("vitrine_generations_total{finish_reason=\"cancelled\",model=\"m\"}"))
                .isEqualTo(1);
        assertThat(text.value("vitrine_generations_total{finish_reason=\"length\",model=\"m\"}"))
                .isEqualTo(1);
    }

    /** Preempted twice, once for good: what it waited, waited again and ran is all of its life. */
    @Test
    void queueRequeueAndRunTimeAddUpToTheWholeOfASequence() {
        GenerationListener finished = sequence();
        finished.queued(at(0));
        finished.admitted(0, at(5));
        finished.preempted(at(12));
        finished.resumed(1, at(20));
        finished.ended(FinishReason.STOP, at(43));
        GenerationListener cancelledWhileWaitingAgain = sequence();
        cancelledWhileWaitingAgain.queued(at(1));
        cancelledWhileWaitingAgain.admitted(0, at(3));
        cancelledWhileWaitingAgain.preempted(at(10));
        cancelledWhileWaitingAgain.ended(FinishReason.CANCELLED, at(19));
        GenerationListener neverAdmitted = sequence();
        neverAdmitted.queued(at(2));
        neverAdmitted.ended(FinishReason.TIMED_OUT, at(32));

        PrometheusText text = scrape();
        double queue = text.value("vitrine_queue_time_seconds_sum{model=\"m\"}");
        double requeue = text.value("vitrine_requeue_time_seconds_sum{model=\"m\"}");
        double run = text.value("vitrine_run_time_seconds_sum{model=\"m\"}");
        assertThat(queue).isCloseTo(0.005 + 0.002 + 0.030, within(1e-12));
        assertThat(requeue).isCloseTo(0.008 + 0.009, within(1e-12));
        assertThat(run).isCloseTo(0.030 + 0.007, within(1e-12));
        assertThat(text.value("vitrine_sequence_duration_seconds_sum{model=\"m\"}"))
                .isCloseTo(queue + requeue + run, within(1e-12));
        assertThat(text.value("vitrine_preemptions_total{model=\"m\"}")).isEqualTo(2);
    }

    private PrometheusText scrape() {
        return PrometheusText.parse(metrics.scrape(null).body());
    }

    private GenerationListener sequence() {
        return factory.create(new GenerationRequest(
                "id",
                new int[] {1},
                8,
                Set.of(),
                SamplingParams.GREEDY,
                GenerationRequest.NO_LOGPROBS,
                Long.MAX_VALUE,
                PriorityClass.NORMAL,
                ""));
    }

    private static long at(long milliseconds) {
        return Long.MAX_VALUE - 100 * MILLISECOND + milliseconds * MILLISECOND; // wraps on the way, as a clock may
    }
}
