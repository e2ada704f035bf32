package io.vitrine.observability.catalogue;

import java.util.List;
import java.util.stream.Stream;

import static io.vitrine.observability.catalogue.MeterDefinition.counter;
import static io.vitrine.observability.catalogue.MeterDefinition.gauge;
import static io.vitrine.observability.catalogue.MeterDefinition.summary;
import static io.vitrine.observability.catalogue.MeterDefinition.timer;

/**
 * The same numbers under the names of vLLM (its {@code v1/metrics/loggers.py}), so that dashboards and gateways made for it
 * work unchanged; told only where {@code telemetry.metrics.vllm-names} is set. One sequence of ours is one request there.
 *
 * <p>Left out is what this server has no counterpart of: LoRA, sleep, multi-modal and external caches. Two histograms of
 * vLLM's start at 300 ms; the bounds here are finer, which no query minds.
 */
public final class VllmMeters {

    /** There is one engine a model. */
    public static final String ENGINE = "0";

    public static final String SOURCE_COMPUTED = "local_compute";
    public static final String SOURCE_CACHED = "local_cache_hit";

    private static final List<Double> LENGTHS = Stream.of(
                    1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000)
            .map(Integer::doubleValue)
            .toList();

    private static final Label MODEL = Label.configured("model_name", "served name of the model");
    private static final Label ENGINE_INDEX = Label.of("engine", "number of the engine", ENGINE);
    private static final Label FINISHED =
            Label.of("finished_reason", "why the sequence ended", "stop", "length", "abort", "error");
    private static final Label SOURCE =
            Label.of("source", "where the keys and values came from", SOURCE_COMPUTED, SOURCE_CACHED);
    private static final Label BLOCK_SIZE = Label.configured("block_size", "positions of a KV page");
    private static final Label BLOCKS = Label.configured("num_gpu_blocks", "pages of the KV cache");

    public static final MeterDefinition RUNNING =
            gauge("vllm:num_requests_running", "{request}", "Sequences that have a slot.", MODEL, ENGINE_INDEX);
    public static final MeterDefinition WAITING =
            gauge("vllm:num_requests_waiting", "{request}", "Sequences that wait for a slot.", MODEL, ENGINE_INDEX);
    public static final MeterDefinition KV_USAGE = gauge(
            "vllm:kv_cache_usage_perc", "", "Part of the KV cache that is in use; 1 is all.", MODEL, ENGINE_INDEX);
    public static final MeterDefinition CACHE_CONFIG = gauge(
            "vllm:cache_config.info",
            "",
            "How the KV cache is divided; always 1.",
            MODEL,
            ENGINE_INDEX,
            BLOCK_SIZE,
            BLOCKS);

    public static final MeterDefinition CACHE_QUERIES = counter(
            "vllm:prefix_cache_queries",
            "{token}",
            "Prompt tokens looked for in the prefix cache.",
            MODEL,
            ENGINE_INDEX);
    public static final MeterDefinition CACHE_HITS = counter(
            "vllm:prefix_cache_hits", "{token}", "Prompt tokens found in the prefix cache.", MODEL, ENGINE_INDEX);
    public static final MeterDefinition PREEMPTIONS =
            counter("vllm:num_preemptions", "{preemption}", "Sequences that gave up their slot.", MODEL, ENGINE_INDEX);
    public static final MeterDefinition PROMPT_TOKENS = counter(
            "vllm:prompt_tokens", "{token}", "Prompt tokens of sequences with a whole prompt.", MODEL, ENGINE_INDEX);
    public static final MeterDefinition PROMPT_TOKENS_BY_SOURCE = counter(
            "vllm:prompt_tokens_by_source",
            "{token}",
            "The same, by where they came from.",
            MODEL,
            ENGINE_INDEX,
            SOURCE);
    public static final MeterDefinition PROMPT_TOKENS_CACHED = counter(
            "vllm:prompt_tokens_cached", "{token}", "Of the prompt tokens, those from the cache.", MODEL, ENGINE_INDEX);
    public static final MeterDefinition GENERATION_TOKENS =
            counter("vllm:generation_tokens", "{token}", "Tokens generated, as it happens.", MODEL, ENGINE_INDEX);
    public static final MeterDefinition SUCCESS =
            counter("vllm:request_success", "{request}", "Sequences that have ended.", MODEL, ENGINE_INDEX, FINISHED);
    public static final MeterDefinition DRAFT_TOKENS =
            counter("vllm:spec_decode_num_draft_tokens", "{token}", "Tokens guessed ahead.", MODEL, ENGINE_INDEX);
    public static final MeterDefinition ACCEPTED_TOKENS = counter(
            "vllm:spec_decode_num_accepted_tokens",
            "{token}",
            "Of the guessed tokens, those that came true.",
            MODEL,
            ENGINE_INDEX);

    public static final MeterDefinition REQUEST_PROMPT_TOKENS =
            lengths("vllm:request_prompt_tokens", "Prompt tokens of a sequence that has ended.");
    public static final MeterDefinition REQUEST_GENERATION_TOKENS =
            lengths("vllm:request_generation_tokens", "Tokens generated for a sequence that has ended.");
    public static final MeterDefinition REQUEST_MAX_TOKENS =
            lengths("vllm:request_params_max_tokens", "Most tokens that a sequence may have.");
    public static final MeterDefinition REQUEST_MAX_GENERATION_TOKENS =
            lengths("vllm:request_max_num_generation_tokens", "Tokens generated for a sequence that has ended.");
    public static final MeterDefinition PREFILL_COMPUTED =
            lengths("vllm:request_prefill_kv_computed_tokens", "Prompt tokens of a sequence that were computed.");

    public static final MeterDefinition TIME_TO_FIRST_TOKEN =
            times("vllm:time_to_first_token", Buckets.REQUEST_SECONDS, "From submission to the first token.");
    public static final MeterDefinition INTER_TOKEN_LATENCY =
            times("vllm:inter_token_latency", Buckets.STEP_SECONDS, "Gap between two tokens of a sequence.");
    public static final MeterDefinition TIME_PER_OUTPUT_TOKEN =
            times("vllm:request_time_per_output_token", Buckets.STEP_SECONDS, "Mean gap between a sequence's tokens.");
    public static final MeterDefinition END_TO_END =
            times("vllm:e2e_request_latency", Buckets.REQUEST_SECONDS, "From submission to the end.");
    public static final MeterDefinition QUEUE_TIME =
            times("vllm:request_queue_time", Buckets.REQUEST_SECONDS, "From submission to the first slot.");
    public static final MeterDefinition INFERENCE_TIME =
            times("vllm:request_inference_time", Buckets.REQUEST_SECONDS, "From the first slot to the last token.");
    public static final MeterDefinition PREFILL_TIME =
            times("vllm:request_prefill_time", Buckets.REQUEST_SECONDS, "From the first slot to the first token.");
    public static final MeterDefinition DECODE_TIME =
            times("vllm:request_decode_time", Buckets.REQUEST_SECONDS, "From the first token to the last.");

    private static final List<MeterDefinition> ALL = List.of(
            RUNNING,
            WAITING,
            KV_USAGE,
            CACHE_CONFIG,
            CACHE_QUERIES,
            CACHE_HITS,
            PREEMPTIONS,
            PROMPT_TOKENS,
            PROMPT_TOKENS_BY_SOURCE,
            PROMPT_TOKENS_CACHED,
            GENERATION_TOKENS,
            SUCCESS,
            DRAFT_TOKENS,
            ACCEPTED_TOKENS,
            REQUEST_PROMPT_TOKENS,
            REQUEST_GENERATION_TOKENS,
            REQUEST_MAX_TOKENS,
            REQUEST_MAX_GENERATION_TOKENS,
            PREFILL_COMPUTED,
            TIME_TO_FIRST_TOKEN,
            INTER_TOKEN_LATENCY,
            TIME_PER_OUTPUT_TOKEN,
            END_TO_END,
            QUEUE_TIME,
            INFERENCE_TIME,
            PREFILL_TIME,
            DECODE_TIME);

    private VllmMeters() {}

    /** All of them, in vLLM's order. */
    public static List<MeterDefinition> all() {
        return ALL;
    }

    private static MeterDefinition lengths(String name, String meaning) {
        return summary(name, "{token}", LENGTHS, meaning, MODEL, ENGINE_INDEX);
    }

    private static MeterDefinition times(String name, List<Double> buckets, String meaning) {
        return timer(name, buckets, meaning, MODEL, ENGINE_INDEX);
    }
}
