package io.vitrine.observability.catalogue;

import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

import io.vitrine.model.engine.FinishReason;
import io.vitrine.observability.ErrorType;
import io.vitrine.observability.Outcome;
import io.vitrine.observability.Route;

import static io.vitrine.observability.catalogue.MeterDefinition.SECONDS;
import static io.vitrine.observability.catalogue.MeterDefinition.counter;
import static io.vitrine.observability.catalogue.MeterDefinition.gauge;
import static io.vitrine.observability.catalogue.MeterDefinition.summary;
import static io.vitrine.observability.catalogue.MeterDefinition.timer;

/**
 * Every meter of ours: here those of requests, sequences and engines. Names that start with {@code gen_ai} are those of
 * OpenTelemetry's semantic conventions for generative AI; those of Vert.x, the JVM and the process come from their libraries
 * and are not listed.
 */
public final class Meters {

    /** {@code gen_ai.provider.name} of what this server generates. */
    public static final String PROVIDER = "vitrine";

    /** {@code gen_ai.token.type} of a prompt. */
    public static final String TOKEN_TYPE_INPUT = "input";

    /** {@code gen_ai.token.type} of an answer. */
    public static final String TOKEN_TYPE_OUTPUT = "output";

    private static final String TOKENS = "tokens";

    static final Label MODEL = Label.configured("model", "served name of the model");
    private static final Label GEN_AI_MODEL = Label.configured("gen_ai.request.model", "served name of the model");
    private static final Label GEN_AI_PROVIDER = Label.of("gen_ai.provider.name", "who generates", PROVIDER);
    private static final Label GEN_AI_OPERATION =
            Label.of("gen_ai.operation.name", "what was asked for", Route.class, route -> route.operation()
                    .orElse(""));
    private static final Label GEN_AI_TOKEN_TYPE =
            Label.of("gen_ai.token.type", "prompt or answer", TOKEN_TYPE_INPUT, TOKEN_TYPE_OUTPUT);
    private static final Label ROUTE =
            Label.of("route", "path with names for parameters", Route.class, Route::template);
    private static final Label OUTCOME = Label.of("outcome", "how the request ended", Outcome.class, Outcome::label);
    private static final Label STATUS_CLASS =
            Label.of("status_class", "first digit of the HTTP status", "1xx", "2xx", "3xx", "4xx", "5xx");
    private static final Label ERROR_TYPE =
            Label.of("error_type", "why there was no answer; empty if there was", ErrorType.class, ErrorType::label);
    private static final Label FINISH_REASON =
            Label.of("finish_reason", "why the sequence ended", FinishReason.class, reason -> reason.name()
                    .toLowerCase(Locale.ROOT));
    private static final Label PHASE = Label.of("phase", "what the step computed", StepPhase.class, StepPhase::label);
    static final Label TENANT = Label.configured("tenant", "one of the busiest tenants, or other");
    private static final Label LOOKUP =
            Label.of("result", "what the prefix cache answered", CacheLookup.class, CacheLookup::label);
    private static final Label COMPONENT =
            Label.of("component", "part of the server", Component.class, Component::label);
    private static final Label PART = Label.of("part", "part of the model", ModelPart.class, ModelPart::label);

    // ---- requests, told when they end

    public static final MeterDefinition REQUESTS = counter(
            "vitrine.requests",
            "{request}",
            "API requests that have ended, whatever their end.",
            ROUTE,
            MODEL,
            OUTCOME,
            STATUS_CLASS,
            ERROR_TYPE);
    public static final MeterDefinition OFFERED_REQUESTS = counter(
            "vitrine.requests.offered",
            "{request}",
            "API requests whose head has arrived. At every reading it is the sum of those that have ended and those in"
                    + " flight.");
    public static final MeterDefinition REQUESTS_IN_FLIGHT =
            gauge("vitrine.requests.in_flight", "{request}", "API requests that have begun and not ended.");
    public static final MeterDefinition REQUESTS_UNACCOUNTED = gauge(
            "vitrine.requests.unaccounted",
            "{request}",
            "Offered requests that have neither ended nor are in flight; below 0 if a request ended twice. Always 0.");
    public static final MeterDefinition ACTIVE_TENANTS =
            gauge("vitrine.tenants.active", "{tenant}", "Tenants with a request inside.");
    public static final MeterDefinition TENANT_REQUESTS = counter(
            "vitrine.tenant.requests", "{request}", "API requests that have ended, by who made them.", TENANT, OUTCOME);
    public static final MeterDefinition TENANT_INPUT_TOKENS = counter(
            "vitrine.tenant.input.tokens",
            TOKENS,
            "Prompt tokens of requests that have ended, by who made them.",
            TENANT);
    public static final MeterDefinition TENANT_OUTPUT_TOKENS = counter(
            "vitrine.tenant.output.tokens",
            TOKENS,
            "Tokens generated for requests that have ended, by who made them.",
            TENANT);
    public static final MeterDefinition INPUT_TOKENS =
            counter("vitrine.input.tokens", TOKENS, "Prompt tokens of requests that have ended.", MODEL);
    public static final MeterDefinition CACHED_TOKENS = counter(
            "vitrine.cached.tokens",
            TOKENS,
            "Of the prompt tokens, those taken from the prefix cache instead of computed.",
            MODEL);
    public static final MeterDefinition OUTPUT_TOKENS =
            counter("vitrine.output.tokens", TOKENS, "Tokens generated for requests that have ended.", MODEL);
    public static final MeterDefinition REQUEST_DURATION = timer(
            "gen_ai.server.request.duration",
            Buckets.FINE_REQUEST_SECONDS,
            "From the arrival of a request that was answered in full to its end; vitrine_request_duration_seconds has the"
                    + " others, vitrine_requests_total their error types.",
            GEN_AI_OPERATION,
            GEN_AI_PROVIDER,
            GEN_AI_MODEL);
    public static final MeterDefinition DURATION_BY_OUTCOME = timer(
            "vitrine.request.duration",
            Buckets.DECADES,
            "From the arrival of a request that asks for generation to its end, by how it ended.",
            OUTCOME);
    public static final MeterDefinition TIME_TO_FIRST_TOKEN = timer(
            "gen_ai.server.time_to_first_token",
            Buckets.FINE_FIRST_TOKEN_SECONDS,
            "From a request's arrival to its first token; told when the request ends.",
            GEN_AI_OPERATION,
            GEN_AI_PROVIDER,
            GEN_AI_MODEL);
    public static final MeterDefinition TOKEN_USAGE = summary(
            "gen_ai.client.token.usage",
            "{token}",
            Buckets.TOKENS,
            "Tokens of one request.",
            GEN_AI_OPERATION,
            GEN_AI_PROVIDER,
            GEN_AI_MODEL,
            GEN_AI_TOKEN_TYPE);

    // ---- sequences, told as they run

    public static final MeterDefinition GENERATIONS = counter(
            "vitrine.generations",
            "{sequence}",
            "Sequences that have ended; a request has one for each choice.",
            MODEL,
            FINISH_REASON);
    public static final MeterDefinition QUEUE_TIME = timer(
            "vitrine.queue.time",
            Buckets.REQUEST_SECONDS,
            "From a sequence\'s submission to its slot in the batch, or to its end if it never got one.",
            MODEL);
    public static final MeterDefinition REQUEUE_TIME = timer(
            "vitrine.requeue.time",
            Buckets.REQUEST_SECONDS,
            "From a sequence's preemption until it has a slot again, or to its end; one for each preemption.",
            MODEL);
    public static final MeterDefinition RUN_TIME = timer(
            "vitrine.run.time",
            Buckets.REQUEST_SECONDS,
            "How long a sequence had a slot, all in all; one for each sequence that had one.",
            MODEL);
    public static final MeterDefinition SEQUENCE_DURATION = timer(
            "vitrine.sequence.duration",
            Buckets.REQUEST_SECONDS,
            "From a sequence's submission to its end: queue, requeue and run time add up to it.",
            MODEL);
    public static final MeterDefinition PREEMPTIONS = counter(
            "vitrine.preemptions",
            "{preemption}",
            "Sequences that gave up their slot to one that comes before them.",
            MODEL);
    public static final MeterDefinition PREFILL_TIME = timer(
            "vitrine.prefill.time",
            Buckets.REQUEST_SECONDS,
            "From a sequence's slot in the batch until its whole prompt is computed.",
            MODEL);
    public static final MeterDefinition INTER_TOKEN_LATENCY = timer(
            "vitrine.inter_token.latency",
            Buckets.FINE_STEP_SECONDS,
            "Gap between two tokens of a sequence that follow each other; one for each token after the first.",
            MODEL);
    public static final MeterDefinition TIME_PER_OUTPUT_TOKEN = timer(
            "gen_ai.server.time_per_output_token",
            Buckets.FINE_STEP_SECONDS,
            "Mean gap between the tokens of a sequence that ended well; one for each sequence of two tokens or more.",
            GEN_AI_OPERATION,
            GEN_AI_PROVIDER,
            GEN_AI_MODEL);

    // ---- the engine, told after each step

    public static final MeterDefinition STEP_DURATION = timer(
            "vitrine.engine.step.duration",
            Buckets.STEP_SECONDS,
            "One step of the engine, from planning to the last token's hand-over; its count is the number of steps.",
            MODEL,
            PHASE);
    public static final MeterDefinition MODEL_TIME =
            counter("vitrine.engine.model.time", SECONDS, "Of the steps' time, that spent inside the model.", MODEL);
    public static final MeterDefinition SAMPLING_TIME =
            counter("vitrine.engine.sampling.time", SECONDS, "Of the steps' time, that spent drawing tokens.", MODEL);
    public static final MeterDefinition BATCH_SIZE = summary(
            "vitrine.engine.batch.size",
            "{sequence}",
            Buckets.SEQUENCES,
            "Sequences that decoded in a step; steps that only computed prompts are left out.",
            MODEL);
    public static final MeterDefinition PREFILL_TOKENS =
            counter("vitrine.engine.prefill.tokens", TOKENS, "Prompt tokens computed, as it happens.", MODEL);
    public static final MeterDefinition DECODE_TOKENS = counter(
            "vitrine.engine.decode.tokens",
            TOKENS,
            "Tokens computed for decoding sequences, one for each in each step and those guessed ahead, as it happens.",
            MODEL);
    public static final MeterDefinition DRAFT_TOKENS = counter(
            "vitrine.engine.draft.tokens", TOKENS, "Of the decode tokens, those that were guessed ahead.", MODEL);
    public static final MeterDefinition DRAFT_TOKENS_ACCEPTED = counter(
            "vitrine.engine.draft.accepted.tokens", TOKENS, "Of the guessed tokens, those that came true.", MODEL);

    public static final MeterDefinition REPLAYED_TOKENS = counter(
            "vitrine.engine.replayed.tokens",
            TOKENS,
            "Of the decode tokens, those computed again after a preemption, which gave nothing new.",
            MODEL);
    public static final MeterDefinition USEFUL_TOKENS = counter(
            "vitrine.engine.useful.tokens",
            TOKENS,
            "Of the decode tokens, those that gave a new token: neither replayed nor guessed wrong.",
            MODEL);
    public static final MeterDefinition SLOT_STEPS = counter(
            "vitrine.engine.slot.steps",
            "{slot}",
            "Slots there were in steps that decoded. Useful tokens over this is the batch efficiency; tokens that were "
                    + "guessed ahead can bring it above 1.",
            MODEL);
    public static final MeterDefinition MEMORY_READ = counter(
            "vitrine.engine.memory.read",
            "bytes",
            "Bytes that steps read from memory, by estimate: all weights once a step, and the KV pages of running"
                    + " sequences.",
            MODEL);
    public static final MeterDefinition FAILED_STEPS =
            counter("vitrine.engine.failed.steps", "{step}", "Steps in which the model failed.", MODEL);
    public static final MeterDefinition TIMED_STEPS = counter(
            "vitrine.engine.timed.steps", "{step}", "Steps on which the clock inside the model was read.", MODEL);
    public static final MeterDefinition PART_TIME = counter(
            "vitrine.engine.part.time", SECONDS, "Time inside the parts of the model, on timed steps.", MODEL, PART);
    public static final MeterDefinition CACHE_LOOKUPS = counter(
            "vitrine.prefix_cache.lookup",
            "pages",
            "Full pages of prompts that were looked for in the prefix cache; hits over all is the hit rate.",
            MODEL,
            LOOKUP);
    public static final MeterDefinition CACHE_EVICTIONS = counter(
            "vitrine.prefix_cache.evicted", "pages", "Pages of the prefix cache that gave way to others.", MODEL);

    // ---- the engine, read at the scrape

    public static final MeterDefinition RUNNING =
            gauge("vitrine.engine.running", "sequences", "Sequences that have a slot.", MODEL);
    public static final MeterDefinition SLOTS =
            gauge("vitrine.engine.slots", "{slot}", "Most sequences that run at once.", MODEL);
    public static final MeterDefinition WAITING =
            gauge("vitrine.engine.waiting", "sequences", "Sequences that wait for a slot.", MODEL);
    public static final MeterDefinition QUEUE_LIMIT =
            gauge("vitrine.engine.queue.limit", "{sequence}", "Most sequences that wait; one more is refused.", MODEL);
    public static final MeterDefinition KV_PAGES_USED =
            gauge("vitrine.kv.used", "pages", "Pages of the KV cache in use.", MODEL);
    public static final MeterDefinition KV_PAGES =
            gauge("vitrine.kv.capacity", "pages", "Pages of the KV cache there are.", MODEL);
    public static final MeterDefinition KV_UTILIZATION =
            gauge("vitrine.kv.utilization", "ratio", "Part of the KV cache's pages that is in use, 0 to 1.", MODEL);
    public static final MeterDefinition KV_UNUSED_GPU = gauge(
            "vitrine.kv.unused.gpu",
            "bytes",
            "Memory of a GPU that the KV cache has allocated and does not use; 0 if the cache is in the machine's memory.",
            MODEL);
    public static final MeterDefinition KV_PAGES_CACHED = gauge(
            "vitrine.kv.cached",
            "pages",
            "Pages that the prefix cache holds, after the last step; running sequences may hold them too.",
            MODEL);

    public static final MeterDefinition OLDEST_WAITING = gauge(
            "vitrine.oldest.waiting",
            SECONDS,
            "How long the sequence that has waited longest for a slot has waited; 0 if none waits.",
            MODEL);
    public static final MeterDefinition OLDEST_RUNNING = gauge(
            "vitrine.oldest.running",
            SECONDS,
            "How long the sequence that has held its slot longest has held it; 0 if none runs.",
            MODEL);
    public static final MeterDefinition STEP_AGE = gauge(
            "vitrine.engine.step.age", SECONDS, "How long the step in progress has run; 0 while there is none.", MODEL);

    // ---- the server

    public static final MeterDefinition COMPONENT_HEALTHY = gauge(
            "vitrine.component.healthy",
            "{component}",
            "1 while the component is healthy, 0 while it is not; /health on the management port has the reason.",
            COMPONENT);

    public static final MeterDefinition MODEL_LOAD_TIME =
            gauge("vitrine.model.load.time", SECONDS, "How long the model's last load took.", MODEL);
    public static final MeterDefinition FAULTS =
            counter("vitrine.faults", "{fault}", "Faults of the server that no request can be blamed for.");

    private static final List<MeterDefinition> OWN = List.of(
            REQUESTS,
            OFFERED_REQUESTS,
            REQUESTS_IN_FLIGHT,
            REQUESTS_UNACCOUNTED,
            ACTIVE_TENANTS,
            TENANT_REQUESTS,
            TENANT_INPUT_TOKENS,
            TENANT_OUTPUT_TOKENS,
            INPUT_TOKENS,
            CACHED_TOKENS,
            OUTPUT_TOKENS,
            REQUEST_DURATION,
            DURATION_BY_OUTCOME,
            TIME_TO_FIRST_TOKEN,
            TOKEN_USAGE,
            GENERATIONS,
            QUEUE_TIME,
            REQUEUE_TIME,
            RUN_TIME,
            SEQUENCE_DURATION,
            PREEMPTIONS,
            PREFILL_TIME,
            INTER_TOKEN_LATENCY,
            TIME_PER_OUTPUT_TOKEN,
            STEP_DURATION,
            MODEL_TIME,
            SAMPLING_TIME,
            BATCH_SIZE,
            PREFILL_TOKENS,
            DECODE_TOKENS,
            DRAFT_TOKENS,
            DRAFT_TOKENS_ACCEPTED,
            REPLAYED_TOKENS,
            USEFUL_TOKENS,
            SLOT_STEPS,
            MEMORY_READ,
            FAILED_STEPS,
            TIMED_STEPS,
            PART_TIME,
            CACHE_LOOKUPS,
            CACHE_EVICTIONS,
            RUNNING,
            SLOTS,
            WAITING,
            QUEUE_LIMIT,
            KV_PAGES_USED,
            KV_PAGES,
            KV_UTILIZATION,
            KV_UNUSED_GPU,
            KV_PAGES_CACHED,
            OLDEST_WAITING,
            OLDEST_RUNNING,
            STEP_AGE,
            COMPONENT_HEALTHY,
            MODEL_LOAD_TIME,
            FAULTS);

    private static final List<MeterDefinition> ALL = Stream.of(
                    OWN,
                    ConstraintMeters.ALL,
                    BusinessMeters.ALL,
                    SliMeters.ALL,
                    HostMeters.ALL,
                    TelemetryMeters.ALL,
                    ArchiveMeters.ALL,
                    HttpMeters.ALL,
                    DeliveryMeters.ALL,
                    IncidentMeters.ALL)
            .flatMap(List::stream)
            .toList();

    private Meters() {}

    /** All of them, in the order in which a reader wants them. */
    public static List<MeterDefinition> all() {
        return ALL;
    }
}
