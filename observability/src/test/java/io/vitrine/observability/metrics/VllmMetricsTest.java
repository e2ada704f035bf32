package io.vitrine.observability.metrics;

import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

import io.vitrine.model.engine.FinishReason;
import io.vitrine.model.engine.GenerationListener;
import io.vitrine.observability.EngineState;
import io.vitrine.observability.Route;
import io.vitrine.observability.TestRequests;
import io.vitrine.observability.catalogue.MeterDefinition;
import io.vitrine.observability.catalogue.VllmMeters;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

class VllmMetricsTest {

    private static final long MILLISECOND = 1_000_000;
    private static final String LABELS = "{engine=\"0\",model_name=\"m\"}";

    private final Metrics metrics = new Metrics(TestMetrics.settings().withVllmNames());
    private final GenerationListener.Factory factory = metrics.generationListenerFactory("m", Route.CHAT_COMPLETIONS);

    @AfterEach
    void close() {
        metrics.close();
    }

    /** Names and labels from vLLM's own dashboard and from the Gateway API inference extension's defaults. */
    @Test
    void speaksTheNamesThatDashboardsAndGatewaysAskFor() {
        metrics.watch(
                "m",
                new EngineState(
                        () -> 3, () -> 2, () -> 16, () -> 0, 8, 64, 64, 32, new EngineState.Memory(1_000, 10, true)));
        run();

        PrometheusText text = scrape();
        assertThat(text.value("vllm:num_requests_running" + LABELS)).isEqualTo(3);
        assertThat(text.value("vllm:num_requests_waiting" + LABELS)).isEqualTo(2);
        assertThat(text.value("vllm:kv_cache_usage_perc" + LABELS)).isEqualTo(0.25);
        assertThat(
                        text.value(
                                "vllm:cache_config_info{block_size=\"32\",engine=\"0\",model_name=\"m\",num_gpu_blocks=\"64\"}"))
                .isEqualTo(1);
        assertThat(text.value("vllm:prompt_tokens_total" + LABELS)).isEqualTo(4);
        assertThat(text.value("vllm:generation_tokens_total" + LABELS)).isEqualTo(3);
        assertThat(text.value("vllm:request_success_total{engine=\"0\",finished_reason=\"stop\",model_name=\"m\"}"))
                .isEqualTo(1);
        assertThat(text.value("vllm:prefix_cache_queries_total" + LABELS)).isEqualTo(4);
        assertThat(text.value("vllm:prefix_cache_hits_total" + LABELS)).isEqualTo(1);
        assertThat(text.families())
                .contains(
                        "vllm:e2e_request_latency_seconds",
                        "vllm:time_to_first_token_seconds",
                        "vllm:inter_token_latency_seconds",
                        "vllm:request_prompt_tokens",
                        "vllm:request_generation_tokens",
                        "vllm:request_max_num_generation_tokens");
    }

    @Test
    void measuresTheSamePhasesAsVllm() {
        run();

        PrometheusText text = scrape();
        assertSum(text, "vllm:request_queue_time_seconds", 0.010);
        assertSum(text, "vllm:time_to_first_token_seconds", 0.050);
        assertSum(text, "vllm:request_prefill_time_seconds", 0.040);
        assertSum(text, "vllm:request_decode_time_seconds", 0.030);
        assertSum(text, "vllm:request_inference_time_seconds", 0.070);
        assertSum(text, "vllm:e2e_request_latency_seconds", 0.085);
        assertSum(text, "vllm:inter_token_latency_seconds", 0.030);
        assertSum(text, "vllm:request_time_per_output_token_seconds", 0.015);
    }

    @Test
    void countsWhatWasAborted() {
        factory.create(TestRequests.request()).ended(FinishReason.REFUSED, 0);

        assertThat(scrape().value(
                                "vllm:request_success_total{engine=\"0\",finished_reason=\"abort\",model_name=\"m\"}"))
                .isEqualTo(1);
    }

    @Test
    void isSilentUnlessAskedFor() {
        try (Metrics plain = TestMetrics.start()) {
            plain.engineListener("m");
            plain.generationListenerFactory("m", Route.CHAT_COMPLETIONS);
            assertThat(plain.scrape(null).body()).doesNotContain("vllm:");
        }
    }

    @Test
    void registersWhatTheCatalogueListsAndNothingElse() {
        metrics.engineListener("m");
        metrics.watch(
                "m",
                new EngineState(
                        () -> 0, () -> 0, () -> 0, () -> 0, 1, 1, 1, 1, new EngineState.Memory(1_000, 10, true)));

        Set<String> registered = metrics.registry().getMeters().stream()
                .map(meter -> meter.getId().getName())
                .filter(name -> name.startsWith("vllm:"))
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(registered)
                .isEqualTo(VllmMeters.all().stream()
                        .map(MeterDefinition::name)
                        .collect(Collectors.toCollection(TreeSet::new)));
    }

    /** Four prompt tokens, one of them cached, three tokens out. */
    private void run() {
        GenerationListener sequence = factory.create(TestRequests.request());
        sequence.queued(0);
        sequence.admitted(0, 10 * MILLISECOND);
        sequence.prefixCacheHit(1, 10 * MILLISECOND);
        sequence.prefillEnded(4, 49 * MILLISECOND);
        sequence.tokenGenerated(1, 50 * MILLISECOND);
        sequence.tokenGenerated(2, 60 * MILLISECOND);
        sequence.tokenGenerated(3, 80 * MILLISECOND);
        sequence.ended(FinishReason.STOP, 85 * MILLISECOND);
    }

    private static void assertSum(PrometheusText text, String family, double seconds) {
        assertThat(text.value(family + "_sum" + LABELS)).as(family).isCloseTo(seconds, within(1e-12));
    }

    private PrometheusText scrape() {
        return PrometheusText.parse(metrics.scrape(null).body());
    }
}
