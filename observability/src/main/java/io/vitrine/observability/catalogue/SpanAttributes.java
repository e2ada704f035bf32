package io.vitrine.observability.catalogue;

import java.util.ArrayList;
import java.util.List;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.semconv.ClientAttributes;
import io.opentelemetry.semconv.ErrorAttributes;
import io.opentelemetry.semconv.HttpAttributes;
import io.opentelemetry.semconv.NetworkAttributes;
import io.opentelemetry.semconv.SchemaUrls;
import io.opentelemetry.semconv.ServerAttributes;
import io.opentelemetry.semconv.UrlAttributes;
import io.opentelemetry.semconv.UserAgentAttributes;

/**
 * Every attribute of our spans. HTTP's are the constants of OpenTelemetry's conventions; those for generative AI have a
 * registry of their own by now, without constants for Java, so they are written out here.
 *
 * <p>What takes time is a span. Attributes that begin with {@code vitrine.gap} say where time of a span went in which nothing
 * was done for the request: with them the children of a span add up to it.
 */
public final class SpanAttributes {

    private static final List<SpanAttribute<?>> ALL = new ArrayList<>();

    /** Conventions that the spans around HTTP follow. */
    public static final String HTTP_SCHEMA_URL = SchemaUrls.V1_45_0;
    /** Conventions that the spans around the model follow. */
    public static final String GEN_AI_SCHEMA_URL = "https://opentelemetry.io/schemas/gen-ai-dev/1.42.0-dev";

    // ---- the HTTP request

    public static final AttributeKey<String> HTTP_METHOD = add(HttpAttributes.HTTP_REQUEST_METHOD, "_OTHER if unknown");
    public static final AttributeKey<Long> HTTP_STATUS = add(
            HttpAttributes.HTTP_RESPONSE_STATUS_CODE,
            "the status sent; absent if the client left before there was one");
    public static final AttributeKey<String> HTTP_ROUTE =
            add(HttpAttributes.HTTP_ROUTE, "path with names for parameters");
    public static final AttributeKey<String> URL_PATH = add(UrlAttributes.URL_PATH, "as asked for, without the query");
    public static final AttributeKey<String> URL_SCHEME = add(UrlAttributes.URL_SCHEME, "http or https");
    public static final AttributeKey<String> SERVER_ADDRESS =
            add(ServerAttributes.SERVER_ADDRESS, "the name the client knows the server by");
    public static final AttributeKey<Long> SERVER_PORT = add(ServerAttributes.SERVER_PORT, "and the port");
    public static final AttributeKey<String> CLIENT_ADDRESS = add(ClientAttributes.CLIENT_ADDRESS, "who connected");
    public static final AttributeKey<String> PROTOCOL_VERSION =
            add(NetworkAttributes.NETWORK_PROTOCOL_VERSION, "of HTTP");
    public static final AttributeKey<String> USER_AGENT =
            add(UserAgentAttributes.USER_AGENT_ORIGINAL, "what the client calls itself");
    public static final AttributeKey<String> ERROR_TYPE =
            add(ErrorAttributes.ERROR_TYPE, "why there was no answer; on every bad end");
    public static final AttributeKey<String> REQUEST_ID = text("vitrine.request_id", "as in the answer's x-request-id");
    public static final AttributeKey<String> TENANT = text("vitrine.tenant_id", "whose request it was");
    public static final AttributeKey<String> OUTCOME = text("vitrine.outcome", "how the request ended");
    public static final AttributeKey<String> SESSION_ID = text("session.id", "from the baggage of the caller");

    // ---- the generation

    public static final AttributeKey<String> OPERATION = text("gen_ai.operation.name", "chat or text_completion");
    public static final AttributeKey<String> PROVIDER = text("gen_ai.provider.name", "who generates");
    public static final AttributeKey<String> REQUEST_MODEL = text("gen_ai.request.model", "served name of the model");
    public static final AttributeKey<Long> MAX_TOKENS = number("gen_ai.request.max_tokens", "most tokens of a choice");
    public static final AttributeKey<Double> TEMPERATURE = real("gen_ai.request.temperature", "of the sampler");
    public static final AttributeKey<Double> TOP_P = real("gen_ai.request.top_p", "of the sampler");
    public static final AttributeKey<Long> TOP_K = number("gen_ai.request.top_k", "of the sampler");
    public static final AttributeKey<Double> PRESENCE_PENALTY =
            real("gen_ai.request.presence_penalty", "of the sampler");
    public static final AttributeKey<Double> FREQUENCY_PENALTY =
            real("gen_ai.request.frequency_penalty", "of the sampler");
    public static final AttributeKey<Long> SEED = number("gen_ai.request.seed", "of the sampler, for the first choice");
    public static final AttributeKey<Long> CHOICE_COUNT =
            number("gen_ai.request.choice.count", "sequences submitted; absent if it is one");
    public static final AttributeKey<Boolean> STREAM =
            flag("gen_ai.request.stream", "whether the answer went out as server-sent events");
    public static final AttributeKey<String> RESPONSE_MODEL = text("gen_ai.response.model", "the model that answered");
    public static final AttributeKey<List<String>> FINISH_REASONS =
            add(AttributeKey.stringArrayKey("gen_ai.response.finish_reasons"), "why each choice ended");
    public static final AttributeKey<Double> TIME_TO_FIRST_CHUNK =
            real("gen_ai.response.time_to_first_chunk", "from arrival to the first token, seconds");
    public static final AttributeKey<Long> INPUT_TOKENS = number("gen_ai.usage.input_tokens", "tokens of the prompts");
    public static final AttributeKey<Long> OUTPUT_TOKENS = number("gen_ai.usage.output_tokens", "tokens generated");
    public static final AttributeKey<Long> CACHED_TOKENS =
            number("gen_ai.usage.cache_read.input_tokens", "of the input, those from the prefix cache");

    public static final AttributeKey<Double> COST =
            real("vitrine.cost", "price of the request, in the currency of the price book");
    public static final AttributeKey<Double> INFRASTRUCTURE_COST =
            real("vitrine.infrastructure_cost", "the request's share of what the machine costs, in the same currency");
    public static final AttributeKey<String> CURRENCY = text("vitrine.currency", "of the amounts");
    public static final AttributeKey<Long> ENGINE_TIME =
            number("vitrine.engine_ns", "the request's shares of the engine's steps, nanoseconds");
    public static final AttributeKey<Double> KV_BYTE_SECONDS =
            real("vitrine.kv_byte_seconds", "bytes of KV pages times how long they were held");
    public static final AttributeKey<Double> ENERGY =
            real("vitrine.energy_joules", "the request's share of the energy, where something measures it");

    // ---- one choice and its steps

    public static final AttributeKey<Long> CHOICE = number("vitrine.choice", "which choice, from 0");
    public static final AttributeKey<Long> SLOT = number("vitrine.slot", "its first row in the batch, from 0");
    public static final AttributeKey<String> FINISH_REASON = text("vitrine.finish_reason", "why the choice ended");
    public static final AttributeKey<Long> TOKENS = number("vitrine.tokens", "tokens computed, drawn or found");
    public static final AttributeKey<Long> STEPS = number("vitrine.steps", "steps of the engine that the span covers");
    public static final AttributeKey<Long> TIMED_STEPS = number(
            "vitrine.timed_steps", "of those, the ones whose parts were measured; the others' are scaled from them");
    public static final AttributeKey<Boolean> AGGREGATED =
            flag("vitrine.aggregated", "whether the children are sums over the steps, one after the other");
    public static final AttributeKey<Long> STEP_INDEX =
            number("vitrine.step.index", "which step of the engine, from 0");
    public static final AttributeKey<Long> BATCH_SIZE = number("vitrine.batch_size", "sequences in the step");
    public static final AttributeKey<Long> WALL =
            number("vitrine.wall_ns", "how long the steps were, which the request waited for, nanoseconds");
    public static final AttributeKey<Long> SHARE =
            number("vitrine.share_ns", "of that, its share by computed tokens, and its own sampling, nanoseconds");
    public static final AttributeKey<Long> PROJECTION =
            number("vitrine.projection_ns", "of the attention: its linear layers, nanoseconds");
    public static final AttributeKey<Long> ATTENTION =
            number("vitrine.attention_ns", "of a step: rotary embedding, keys and values, scores, nanoseconds");
    public static final AttributeKey<Long> FEED_FORWARD =
            number("vitrine.feed_forward_ns", "of a step: feed-forward layers, nanoseconds");
    public static final AttributeKey<Long> HEAD =
            number("vitrine.head_ns", "of a step: from the last hidden state to logits, nanoseconds");
    public static final AttributeKey<Long> MODEL = number("vitrine.model_ns", "of a step: in the model, nanoseconds");
    public static final AttributeKey<Long> SAMPLING =
            number("vitrine.sampling_ns", "of a step: drawing tokens, nanoseconds");
    public static final AttributeKey<Long> PREFILL_TOKENS = number("vitrine.prefill_tokens", "of prompts, in the step");
    public static final AttributeKey<Long> DECODE_TOKENS = number("vitrine.decode_tokens", "of answers, in the step");

    public static final AttributeKey<Long> CONSTRAINT =
            number("vitrine.constraint_ns", "of the sampling, what the constraint took, nanoseconds");
    public static final AttributeKey<Long> FORCED_TOKENS =
            number("vitrine.forced_tokens", "tokens that the constraint left no other choice for");

    public static final AttributeKey<Boolean> RECOMPUTED =
            flag("vitrine.recomputed", "whether what is computed had been computed before a preemption");

    // ---- the request before the engine has it

    public static final AttributeKey<Long> PREPARATION_WAIT =
            number("vitrine.preparation.wait_ns", "of the preparation, the wait for a thread to do it, nanoseconds");

    public static final AttributeKey<Boolean> CACHE_HIT =
            flag("vitrine.constraint.cache_hit", "whether the constraint was compiled before");
    public static final AttributeKey<Long> CONSTRAINT_STATES =
            number("vitrine.constraint.states", "states of its automaton so far");

    // ---- time in which nothing is computed or written for the request

    public static final AttributeKey<Long> GAP_SCHEDULING = number(
            "vitrine.gap.between_steps_ns", "other sequences' sampling, hand-over, steps without it, nanoseconds");
    public static final AttributeKey<Long> GAP_MODEL =
            number("vitrine.gap.model_other_ns", "of the steps, what no clock inside the model covers, nanoseconds");
    public static final AttributeKey<Long> GAP_REQUEUE =
            number("vitrine.gap.requeue_ns", "waiting again after a preemption, nanoseconds");

    // ---- the GPU while a step ran; absent on the processor, and where there was no fresh reading

    public static final AttributeKey<String> GPU_ID =
            text("gpu_id", "the device that the model runs on, as in the log; absent on the processor");
    public static final AttributeKey<String> HARDWARE_ID = text("hw.id", "its UUID");
    public static final AttributeKey<Double> GPU_UTILIZATION = real(
            "hw.gpu.utilization", "share of time in which any kernel ran, 0 to 1; absent where the card does not tell");
    public static final AttributeKey<Double> GPU_MEMORY_UTILIZATION =
            real("hw.gpu.memory.utilization", "memory occupied, by anyone, of total, 0 to 1");
    public static final AttributeKey<Long> GPU_MEMORY_USAGE =
            number("hw.gpu.memory.usage", "memory occupied, by anyone, bytes");
    public static final AttributeKey<Boolean> GPU_THROTTLED =
            flag("vitrine.gpu.throttled", "whether the card said that heat, power supply or hardware held its clocks");
    public static final AttributeKey<String> GPU_THROTTLE_REASONS =
            text("vitrine.gpu.throttle_reasons", "if so, all that held them, with commas between");
    public static final AttributeKey<Long> GPU_READING_AGE =
            number("vitrine.gpu.reading_age_ns", "how old the reading was when the step was computed, nanoseconds");

    // ---- sampling of traces

    public static final AttributeKey<String> KEPT_BECAUSE = text("vitrine.sampling.reason", "why the trace was kept");
    public static final AttributeKey<Double> ADJUSTED_COUNT = real(
            "vitrine.sampling.adjusted_count",
            "how many requests like it the trace stands for; absent if only its caller knows");

    // ---- events

    public static final AttributeKey<Long> DURATION = number("vitrine.duration_ns", "how long it took, nanoseconds");
    public static final AttributeKey<String> GC_NAME = text("jvm.gc.name", "which collector");
    public static final AttributeKey<String> GC_ACTION = text("jvm.gc.action", "what it did");

    // ---- the server

    public static final AttributeKey<String> SERVICE_NAME = text("service.name", "this server's name");
    public static final AttributeKey<String> SERVICE_VERSION = text("service.version", "and version");
    public static final AttributeKey<String> SERVICE_INSTANCE =
            text("service.instance.id", "random, new at each start");
    public static final AttributeKey<String> HOST_NAME = text("host.name", "the machine");

    private SpanAttributes() {}

    /** All of them, in the order in which a reader wants them. */
    public static List<SpanAttribute<?>> all() {
        return List.copyOf(ALL);
    }

    private static AttributeKey<String> text(String name, String meaning) {
        return add(AttributeKey.stringKey(name), meaning);
    }

    private static AttributeKey<Long> number(String name, String meaning) {
        return add(AttributeKey.longKey(name), meaning);
    }

    private static AttributeKey<Double> real(String name, String meaning) {
        return add(AttributeKey.doubleKey(name), meaning);
    }

    private static AttributeKey<Boolean> flag(String name, String meaning) {
        return add(AttributeKey.booleanKey(name), meaning);
    }

    private static <T> AttributeKey<T> add(AttributeKey<T> key, String meaning) {
        ALL.add(new SpanAttribute<>(key, meaning));
        return key;
    }
}
