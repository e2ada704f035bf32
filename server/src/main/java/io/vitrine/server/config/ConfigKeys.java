package io.vitrine.server.config;

import java.math.BigDecimal;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Pattern;

import io.vitrine.grammar.tools.ToolFormat;
import io.vitrine.model.text.StopStrings;
import io.vitrine.observability.catalogue.LogLevel;
import io.vitrine.server.config.ServerConfig.ConsoleLayout;
import io.vitrine.server.config.ServerConfig.KeysRequired;
import io.vitrine.server.config.ServerConfig.Precision;
import io.vitrine.server.config.ServerConfig.ReasoningFormat;

/** Every key there is, with its default, its limits and its meaning. */
final class ConfigKeys {

    static final ConfigKey<String> MODEL = new ConfigKey<>(
            "model", "smollm2-135m-instruct", ValueType.text(), "a known model, a .gguf file or a Hugging Face folder");
    static final ConfigKey<Path> DATA =
            new ConfigKey<>("data", "data", ValueType.path(), "folder of everything the server keeps");

    static final ConfigKey<URI> HUB_ENDPOINT = new ConfigKey<>(
            "hub.endpoint", "https://huggingface.co", ValueType.httpAddress(), "the hub that models are fetched from");
    static final ConfigKey<Optional<String>> HUB_TOKEN =
            new ConfigKey<>("hub.token", "", ValueType.optionalText(), "sent to the hub, for models that ask for one");

    static final ConfigKey<String> HOST =
            new ConfigKey<>("server.host", "127.0.0.1", ValueType.text(), "address of the API");
    static final ConfigKey<Integer> PORT =
            new ConfigKey<>("server.port", "8080", ValueType.integer(0, 65_535), "port of the API; 0 takes a free one");
    static final ConfigKey<String> MANAGEMENT_HOST =
            new ConfigKey<>("server.management-host", "127.0.0.1", ValueType.text(), "address of metrics and probes");
    static final ConfigKey<Integer> MANAGEMENT_PORT = new ConfigKey<>(
            "server.management-port",
            "8081",
            ValueType.integer(0, 65_535),
            "port of metrics and probes; 0 takes a free one");
    static final ConfigKey<Long> MAX_BODY_BYTES =
            new ConfigKey<>("server.max-body-bytes", "2MiB", ValueType.bytes("1KiB", "1GiB"), "largest request body");
    static final ConfigKey<Long> MAX_HEADER_BYTES = new ConfigKey<>(
            "server.max-header-bytes",
            "16KiB",
            ValueType.bytes("1KiB", "1MiB"),
            "largest request line, and all headers");
    static final ConfigKey<Duration> REQUEST_READ_TIMEOUT = new ConfigKey<>(
            "server.request-read-timeout",
            "30s",
            ValueType.duration("100ms", "10m"),
            "longest time for a connection's first head, and for a body");
    static final ConfigKey<Duration> IDLE_TIMEOUT = new ConfigKey<>(
            "server.idle-timeout",
            "2m",
            ValueType.duration("100ms", "1h"),
            "longest time between two requests of a connection");
    static final ConfigKey<Integer> MAX_CONNECTIONS = new ConfigKey<>(
            "server.max-connections", "1024", ValueType.integer(1, 100_000), "connections to the API at once");
    static final ConfigKey<Integer> MANAGEMENT_MAX_CONNECTIONS = new ConfigKey<>(
            "server.management-max-connections",
            "128",
            ValueType.integer(1, 100_000),
            "connections to the management port at once");
    static final ConfigKey<Integer> MAX_HEADS_IN_FLIGHT = new ConfigKey<>(
            "server.max-heads-in-flight",
            "256",
            ValueType.integer(1, 100_000),
            "connections of a port that have sent a part of a request's head; the oldest is closed for one more");
    static final ConfigKey<Integer> MAX_HEADERS =
            new ConfigKey<>("server.max-headers", "128", ValueType.integer(8, 10_000), "header lines of one request");
    static final ConfigKey<Integer> RESERVED_DESCRIPTORS = new ConfigKey<>(
            "server.reserved-descriptors",
            "256",
            ValueType.integer(0, 1_000_000),
            "file descriptors that connections leave to files, but at most half of the process's limit");
    static final ConfigKey<Long> BODY_MEMORY = new ConfigKey<>(
            "server.body-memory",
            "112MiB",
            ValueType.bytes("1MiB", "1024GiB"),
            "heap for request bodies that are read or planned; 16 bytes for each byte of a body");
    static final ConfigKey<Duration> CONTENDED_READ_TIMEOUT = new ConfigKey<>(
            "server.contended-read-timeout",
            "3s",
            ValueType.duration("100ms", "10m"),
            "longest time for a body while others wait for server.body-memory");
    static final ConfigKey<Long> ANSWER_MEMORY = new ConfigKey<>(
            "server.answer-memory",
            "64MiB",
            ValueType.bytes("1MiB", "1024GiB"),
            "heap for answers that clients have not taken: whole ones, and events that wait for slow readers");
    static final ConfigKey<Set<String>> ALLOWED_HOSTS = new ConfigKey<>(
            "server.allowed-hosts",
            "",
            ValueType.names(64),
            "names beside loopback's that requests without a key may be for, with commas between them");
    static final ConfigKey<Set<String>> CORS_ORIGINS = new ConfigKey<>(
            "http.cors.origins",
            "",
            ValueType.origins(64),
            "origins whose pages may use the API from a browser, such as https://app.example, or *; none by default");
    static final ConfigKey<Duration> STREAM_KEEP_ALIVE = new ConfigKey<>(
            "http.stream-keep-alive",
            "15s",
            ValueType.duration("0s", "1h"),
            "time between two comment lines of a stream that has nothing else to send; 0s is off");
    static final ConfigKey<Long> STREAM_BUFFER_BYTES = new ConfigKey<>(
            "server.stream-buffer-bytes",
            "256KiB",
            ValueType.bytes("1KiB", "64MiB"),
            "events kept for a slow reader before its request is cancelled");
    static final ConfigKey<Duration> STREAM_STALL_TIMEOUT = new ConfigKey<>(
            "server.stream-stall-timeout",
            "30s",
            ValueType.duration("100ms", "1h"),
            "longest time a reader may take nothing before its request is cancelled");
    static final ConfigKey<Duration> SHUTDOWN_GRACE = new ConfigKey<>(
            "server.shutdown-grace",
            "30s",
            ValueType.duration("0s", "1h"),
            "time running requests get to end at a stop");

    static final ConfigKey<OptionalInt> SLOTS =
            new ConfigKey<>("engine.slots", "auto", ValueType.integerOrAuto(1, 4_096), "sequences that run at once");
    static final ConfigKey<OptionalInt> CONTEXT_LENGTH = new ConfigKey<>(
            "engine.context-length",
            "auto",
            ValueType.integerOrAuto(16, 1 << 24),
            "longest sequence in tokens; auto is the model's");
    static final ConfigKey<Precision> PRECISION =
            new ConfigKey<>("engine.precision", "auto", ValueType.oneOf(Precision.class), "arithmetic of the weights");
    static final ConfigKey<String> DEVICE = new ConfigKey<>(
            "engine.device",
            "cpu",
            ValueType.text(Pattern.compile("cpu|cuda:\\d{1,3}"), "must be cpu or cuda:N"),
            "where the model runs; a GPU needs a CUDA build of libtorch, a size for engine.kv-memory, and no int8");
    static final ConfigKey<OptionalInt> THREADS = new ConfigKey<>(
            "engine.threads",
            "auto",
            ValueType.integerOrAuto(1, 1_024),
            "threads of one step; auto is the machine's cores");
    static final ConfigKey<Integer> PREFILL_CHUNK = new ConfigKey<>(
            "engine.prefill-chunk", "512", ValueType.integer(1, 65_536), "prompt tokens computed in one step, at most");
    static final ConfigKey<Integer> DRAFT_TOKENS = new ConfigKey<>(
            "engine.draft-tokens",
            "6",
            ValueType.integer(0, 16),
            "tokens guessed ahead in one step from what the text said before, at most; 0 is off; no answer depends on it");
    static final ConfigKey<OptionalLong> KV_MEMORY = new ConfigKey<>(
            "engine.kv-memory", "auto", ValueType.bytesOrAuto("1MiB", "4096GiB"), "memory for keys and values");
    static final ConfigKey<OptionalLong> PREFIX_CACHE_MEMORY = new ConfigKey<>(
            "engine.prefix-cache-memory",
            "auto",
            ValueType.bytesOrAuto("0MiB", "4096GiB"),
            "of the KV memory, what prompts seen before may keep; auto is all that running requests leave, 0MiB is off");
    static final ConfigKey<Integer> TIMED_STEP_INTERVAL = new ConfigKey<>(
            "engine.timed-step-interval",
            "8",
            ValueType.integer(1, 1_000_000),
            "the clock inside the model is read on one step in this many");
    static final ConfigKey<Boolean> CONTROL_TOKENS_IN_MESSAGES = new ConfigKey<>(
            "engine.control-tokens-in-messages",
            "false",
            ValueType.bool(),
            "whether a chat message may spell control tokens, and so end its own turn; false reads them as text");
    static final ConfigKey<Optional<ToolFormat>> TOOL_FORMAT = new ConfigKey<>(
            "engine.tool-format",
            "auto",
            ValueType.toolFormatOrAuto(),
            "how the model writes calls of tools; auto is the form in its chat template, or else hermes");
    static final ConfigKey<ReasoningFormat> REASONING = new ConfigKey<>(
            "engine.reasoning",
            "auto",
            ValueType.oneOf(ReasoningFormat.class),
            "whether text between <think> and </think> goes to reasoning_content; auto if the chat template has </think>");
    static final ConfigKey<Integer> QUEUE_LIMIT = new ConfigKey<>(
            "queue.limit", "256", ValueType.integer(0, 100_000), "requests that wait for a slot, at most");

    static final ConfigKey<OptionalInt> PLANNING_THREADS = new ConfigKey<>(
            "planning.threads",
            "auto",
            ValueType.integerOrAuto(1, 1_024),
            "requests parsed, rendered and tokenised at once; auto is the machine's cores");
    static final ConfigKey<OptionalInt> PLANNING_TENANT_THREADS = new ConfigKey<>(
            "planning.tenant-threads",
            "auto",
            ValueType.integerOrAuto(1, 1_024),
            "of those, for one tenant; auto is all but one, at least 1");
    static final ConfigKey<Integer> PLANNING_QUEUE_LIMIT = new ConfigKey<>(
            "planning.queue-limit",
            "1024",
            ValueType.integer(1, 100_000),
            "requests that wait to be prepared, at most; one more is 429");
    static final ConfigKey<Integer> PLANNING_TENANT_QUEUE_LIMIT = new ConfigKey<>(
            "planning.tenant-queue-limit", "256", ValueType.integer(1, 100_000), "of those, for one tenant");

    static final ConfigKey<Integer> MAX_TOKENS_PER_REQUEST = new ConfigKey<>(
            "limits.max-tokens-per-request", "32768", ValueType.integer(1, 1 << 24), "tokens of one answer, at most");
    static final ConfigKey<Integer> DEFAULT_MAX_TOKENS = new ConfigKey<>(
            "limits.default-max-tokens",
            "4096",
            ValueType.integer(1, 1 << 24),
            "tokens of a chat answer whose request names no limit, if the context has room");
    static final ConfigKey<Integer> MAX_CHOICES =
            new ConfigKey<>("limits.max-choices", "16", ValueType.integer(1, 1_024), "largest n");
    static final ConfigKey<Integer> MAX_PROMPTS = new ConfigKey<>(
            "limits.max-prompts", "64", ValueType.integer(1, 4_096), "prompts of one completions request");
    static final ConfigKey<Integer> MAX_STOP_STRINGS = new ConfigKey<>(
            "limits.max-stop-strings",
            "16",
            ValueType.integer(1, StopStrings.MAX_COUNT),
            "stop strings of one request");
    static final ConfigKey<Integer> MAX_STOP_LENGTH = new ConfigKey<>(
            "limits.max-stop-length",
            "256",
            ValueType.integer(1, StopStrings.MAX_TOTAL_CHARS / StopStrings.MAX_COUNT),
            "UTF-16 units of one stop string");
    static final ConfigKey<Integer> MAX_LOGIT_BIAS =
            new ConfigKey<>("limits.max-logit-bias", "1024", ValueType.integer(1, 1 << 20), "entries of logit_bias");
    static final ConfigKey<Integer> MAX_TOOLS =
            new ConfigKey<>("limits.max-tools", "128", ValueType.integer(1, 1_024), "tools of one request");
    static final ConfigKey<Integer> MAX_CHOICE_TEXTS = new ConfigKey<>(
            "limits.max-choice-texts",
            "1024",
            ValueType.integer(1, 100_000),
            "texts that an answer may be constrained to choose from");
    static final ConfigKey<Duration> REQUEST_TIMEOUT = new ConfigKey<>(
            "limits.request-timeout",
            "10m",
            ValueType.duration("100ms", "24h"),
            "longest time a request waits and runs");

    static final ConfigKey<Long> CONSTRAINT_SOURCE_BYTES = new ConfigKey<>(
            "constraints.source-bytes",
            "256KiB",
            ValueType.bytes("1KiB", "16MiB"),
            "size of a JSON schema, expression or grammar that answers must satisfy");
    static final ConfigKey<Integer> CONSTRAINT_DEPTH =
            new ConfigKey<>("constraints.depth", "128", ValueType.integer(1, 1_000), "nesting of a constraint");
    static final ConfigKey<Integer> CONSTRAINT_STATES = new ConfigKey<>(
            "constraints.states",
            "100000",
            ValueType.integer(100, 10_000_000),
            "automaton states of a compiled constraint, some 200 bytes each");
    static final ConfigKey<Integer> CONSTRAINT_COMPILE_STEPS = new ConfigKey<>(
            "constraints.compile-steps",
            "1000000",
            ValueType.integer(1_000, 1_000_000_000),
            "steps of work to compile a constraint, well below a microsecond each; one that needs more is 400");
    static final ConfigKey<Integer> CONSTRAINT_TOKEN_STEPS = new ConfigKey<>(
            "constraints.token-steps",
            "200000",
            ValueType.integer(1_000, 1_000_000_000),
            "steps of work for one token; a constraint that needs more ends its request");
    static final ConfigKey<Integer> CONSTRAINT_CACHE_ENTRIES = new ConfigKey<>(
            "constraints.cache-entries", "256", ValueType.integer(1, 100_000), "compiled constraints kept");
    static final ConfigKey<Long> CONSTRAINT_CACHE_MEMORY = new ConfigKey<>(
            "constraints.cache-memory",
            "64MiB",
            ValueType.bytes("1MiB", "64GiB"),
            "memory of compiled constraints kept, by estimate");

    static final ConfigKey<Optional<Path>> PRICES_FILE = new ConfigKey<>(
            "prices.file", "", ValueType.optionalPath(), "price book in YAML; without one, no request has a price");
    static final ConfigKey<Optional<BigDecimal>> MACHINE_HOUR = new ConfigKey<>(
            "prices.machine-hour",
            "",
            ValueType.optionalAmount(),
            "what an hour of the machine's work costs, in the price book's currency (USD without one)");
    static final ConfigKey<Optional<BigDecimal>> KV_GIBIBYTE_HOUR = new ConfigKey<>(
            "prices.kv-gibibyte-hour",
            "",
            ValueType.optionalAmount(),
            "on top of the hour, what a gibibyte of KV memory costs that is held for an hour");
    static final ConfigKey<Optional<BigDecimal>> KILOWATT_HOUR = new ConfigKey<>(
            "prices.kilowatt-hour",
            "",
            ValueType.optionalAmount(),
            "on top of the hour, what energy costs where something measures it");
    static final ConfigKey<Boolean> COST_HEADER = new ConfigKey<>(
            "prices.cost-header",
            "true",
            ValueType.bool(),
            "whether answers say their price in x-vitrine-cost, streamed ones behind their last event");
    static final ConfigKey<Duration> LEDGER_WAIT = new ConfigKey<>(
            "ledger.wait",
            "5s",
            ValueType.duration("0s", "1m"),
            "longest time that an answer waits for its cost to be written down before it is completed");

    static final ConfigKey<Optional<Path>> TENANTS_FILE = new ConfigKey<>(
            "tenants.file",
            "",
            ValueType.optionalPath(),
            "tenants in YAML, put in force at each start; those it does not name stay as they are");
    static final ConfigKey<KeysRequired> KEYS_REQUIRED = new ConfigKey<>(
            "tenants.keys-required",
            "auto",
            ValueType.oneOf(KeysRequired.class),
            "whether requests must bring an API key; auto is true unless the API is on a loopback address");

    static final ConfigKey<Set<String>> CUSTOM_ROLES = new ConfigKey<>(
            "api.custom-roles",
            "",
            ValueType.words(16, 32),
            "roles of messages beside system, developer, user, assistant, tool and function, with commas");

    static final ConfigKey<Boolean> LOGS_ENABLED =
            new ConfigKey<>("telemetry.logs.enabled", "true", ValueType.bool(), "a log line for each request");
    static final ConfigKey<ConsoleLayout> LOGS_CONSOLE = new ConfigKey<>(
            "telemetry.logs.console",
            "auto",
            ValueType.oneOf(ConsoleLayout.class),
            "log lines on the console; auto is human on a terminal, json elsewhere");
    static final ConfigKey<LogLevel> LOGS_LEVEL = new ConfigKey<>(
            "telemetry.logs.level",
            "info",
            ValueType.oneOf(LogLevel.class),
            "level of every category at the start (audit: info at most); changed at run time by PUT /api/telemetry/logging");
    static final ConfigKey<Integer> LOGS_QUEUE = new ConfigKey<>(
            "telemetry.logs.queue",
            "8192",
            ValueType.integer(16, 1_048_576),
            "lines that may wait for the file, and as many for a collector and for the store; more are lost and counted");
    static final ConfigKey<Integer> LOGS_CONSOLE_QUEUE = new ConfigKey<>(
            "telemetry.logs.console-queue",
            "1024",
            ValueType.integer(16, 1_048_576),
            "lines that may wait for the console; more are lost there and counted");
    static final ConfigKey<Boolean> METRICS_ENABLED =
            new ConfigKey<>("telemetry.metrics.enabled", "true", ValueType.bool(), "meters, and /metrics");
    static final ConfigKey<Boolean> METRICS_VLLM_NAMES = new ConfigKey<>(
            "telemetry.metrics.vllm-names", "false", ValueType.bool(), "the same numbers under vLLM's names too");
    static final ConfigKey<Integer> METRICS_TENANTS = new ConfigKey<>(
            "telemetry.metrics.tenants",
            "20",
            ValueType.integer(1, 1_000),
            "busiest tenants with series of their own; all others share one");

    static final ConfigKey<Boolean> TRACES_ENABLED = new ConfigKey<>(
            "telemetry.traces.enabled", "true", ValueType.bool(), "ids of traces, and spans for back-ends");
    static final ConfigKey<Double> TRACES_RATIO = new ConfigKey<>(
            "telemetry.traces.ratio",
            "0.1",
            ValueType.ratio(),
            "of the traces that nothing speaks for, how many are kept; failed and slow ones always are");
    static final ConfigKey<Double> TRACES_ADAPTIVE_RATIO = new ConfigKey<>(
            "telemetry.traces.adaptive-ratio",
            "0.5",
            ValueType.ratio(),
            "while requests fail, so many others are kept as the share that fails, up to this");
    static final ConfigKey<Integer> TRACES_SPANS_PER_SECOND = new ConfigKey<>(
            "telemetry.traces.spans-per-second",
            "2000",
            ValueType.integer(1, 10_000_000),
            "spans kept by chance or at a client's wish in a second, at most");
    static final ConfigKey<Duration> TRACES_SLOW_FIRST_TOKEN = new ConfigKey<>(
            "telemetry.traces.slow-first-token",
            "5s",
            ValueType.duration("1ms", "24h"),
            "a request that waits longer for its first token is kept");
    static final ConfigKey<Duration> TRACES_SLOW_REQUEST = new ConfigKey<>(
            "telemetry.traces.slow-request",
            "1m",
            ValueType.duration("1ms", "24h"),
            "a request that takes longer is kept");
    static final ConfigKey<Set<String>> TRACES_PRIORITY_TENANTS = new ConfigKey<>(
            "telemetry.traces.priority-tenants", "", ValueType.names(1_000), "tenants whose traces are all kept");
    static final ConfigKey<Set<String>> TRACES_HEADER_TENANTS = new ConfigKey<>(
            "telemetry.traces.header-tenants",
            "*",
            ValueType.names(1_000),
            "tenants who may ask with X-Vitrine-Trace: detailed, or keep; * for all");
    static final ConfigKey<Set<String>> TRACES_TRUST_PARENT = new ConfigKey<>(
            "telemetry.traces.trust-parent",
            "",
            ValueType.names(1_000),
            "tenants whose callers' traceparent decides whether a trace is kept; * for all");
    static final ConfigKey<Set<String>> TRACES_DETAILED_TENANTS = new ConfigKey<>(
            "telemetry.traces.detailed-tenants",
            "",
            ValueType.names(1_000),
            "tenants whose requests are all seen step by step");
    static final ConfigKey<Double> TRACES_DETAILED_RATIO = new ConfigKey<>(
            "telemetry.traces.detailed-ratio",
            "0",
            ValueType.ratio(),
            "of all requests, how many are seen step by step");
    static final ConfigKey<Integer> TRACES_QUEUE_SPANS = new ConfigKey<>(
            "telemetry.traces.queue-spans",
            "16384",
            ValueType.integer(512, 10_000_000),
            "spans that wait for a back-end; more are dropped and counted");

    static final ConfigKey<Duration> HEALTH_STEP_LIMIT = new ConfigKey<>(
            "health.step-limit",
            "4s",
            ValueType.duration("100ms", "1h"),
            "time after which a step counts as stuck; ten times what such steps take, if that is longer");
    static final ConfigKey<Duration> HEALTH_FIRST_STEP_LIMIT = new ConfigKey<>(
            "health.first-step-limit",
            "1m",
            ValueType.duration("100ms", "1h"),
            "the same until a step has ended, when nothing is known of how long steps take");

    static final ConfigKey<String> GPU_LIBRARY = new ConfigKey<>(
            "gpu.library",
            "libnvidia-ml.so.1",
            ValueType.text(),
            "the NVIDIA driver's management library, by file name or path");

    static final ConfigKey<Duration> GPU_POLL_INTERVAL = new ConfigKey<>(
            "gpu.poll-interval", "1s", ValueType.duration("100ms", "1m"), "time between two readings of the GPUs");

    static final ConfigKey<Boolean> GPU_DCGM_NAMES = new ConfigKey<>(
            "gpu.dcgm-names",
            "false",
            ValueType.bool(),
            "the numbers of GPUs under the names of NVIDIA's DCGM exporter too");

    static final ConfigKey<Boolean> GPU_KERNEL_LOG = new ConfigKey<>(
            "gpu.kernel-log",
            "false",
            ValueType.bool(),
            "whether XIDs are looked for in /dev/kmsg too, which takes CAP_SYSLOG");
    static final ConfigKey<Boolean> STORE_ENABLED = new ConfigKey<>(
            "store.enabled", "true", ValueType.bool(), "keeps telemetry on the disk, to be asked about later");
    static final ConfigKey<Duration> STORE_SAMPLE_INTERVAL = new ConfigKey<>(
            "store.sample-interval",
            "15s",
            ValueType.duration("1s", "1h"),
            "time between two readings of all meters and GPUs that are kept");
    static final ConfigKey<Integer> STORE_QUEUE_ROWS = new ConfigKey<>(
            "store.queue-rows",
            "65536",
            ValueType.integer(1_024, 10_000_000),
            "rows that wait to be written; more are dropped and counted");
    static final ConfigKey<Duration> STORE_SPANS_MAX_AGE = new ConfigKey<>(
            "store.spans.max-age", "30d", ValueType.duration("0d", "36500d"), "age at which traces are deleted");
    static final ConfigKey<Long> STORE_SPANS_MAX_BYTES = new ConfigKey<>(
            "store.spans.max-bytes",
            "20GiB",
            ValueType.bytes("1MiB", "1048576GiB"),
            "what finished days of traces may take; the oldest go first");
    static final ConfigKey<Duration> STORE_LOGS_MAX_AGE = new ConfigKey<>(
            "store.logs.max-age", "30d", ValueType.duration("0d", "36500d"), "age at which log events are deleted");
    static final ConfigKey<Long> STORE_LOGS_MAX_BYTES = new ConfigKey<>(
            "store.logs.max-bytes",
            "10GiB",
            ValueType.bytes("1MiB", "1048576GiB"),
            "what finished days of log events may take; the oldest go first");
    static final ConfigKey<Duration> STORE_STEPS_MAX_AGE = new ConfigKey<>(
            "store.steps.max-age",
            "14d",
            ValueType.duration("0d", "36500d"),
            "age at which the engine's steps are deleted");
    static final ConfigKey<Long> STORE_STEPS_MAX_BYTES = new ConfigKey<>(
            "store.steps.max-bytes",
            "10GiB",
            ValueType.bytes("1MiB", "1048576GiB"),
            "what finished days of the engine's steps may take; the oldest go first");
    static final ConfigKey<Duration> STORE_SAMPLES_MAX_AGE = new ConfigKey<>(
            "store.samples.max-age", "90d", ValueType.duration("0d", "36500d"), "age at which meters are deleted");
    static final ConfigKey<Long> STORE_SAMPLES_MAX_BYTES = new ConfigKey<>(
            "store.samples.max-bytes",
            "10GiB",
            ValueType.bytes("1MiB", "1048576GiB"),
            "what finished days of meters may take; the oldest go first");
    static final ConfigKey<Duration> STORE_GPU_MAX_AGE = new ConfigKey<>(
            "store.gpu.max-age", "30d", ValueType.duration("0d", "36500d"), "age at which GPU readings are deleted");
    static final ConfigKey<Long> STORE_GPU_MAX_BYTES = new ConfigKey<>(
            "store.gpu.max-bytes",
            "5GiB",
            ValueType.bytes("1MiB", "1048576GiB"),
            "what finished days of GPU readings may take; the oldest go first");
    static final ConfigKey<Duration> STORE_WARM_AFTER = new ConfigKey<>(
            "store.warm-after",
            "0d",
            ValueType.duration("0d", "3650d"),
            "age in whole days at which a day's file becomes Parquet; 0d as soon as the day is over");
    static final ConfigKey<Duration> STORE_COLD_AFTER = new ConfigKey<>(
            "store.cold-after",
            "7d",
            ValueType.duration("0d", "36500d"),
            "age in whole days at which a Parquet file moves to store.cold-dir");
    static final ConfigKey<Optional<String>> STORE_COLD_DIR = new ConfigKey<>(
            "store.cold-dir",
            "",
            ValueType.optionalText(),
            "folder for old files, maybe on another disk; empty is store/cold in the data folder");
    static final ConfigKey<Duration> STORE_CLEANUP_GRACE = new ConfigKey<>(
            "store.cleanup-grace",
            "1d",
            ValueType.duration("0s", "365d"),
            "time a file has been due before it is deleted: as long a wrong setting may go unnoticed");
    static final ConfigKey<Long> STORE_MEMORY = new ConfigKey<>(
            "store.memory",
            "256MiB",
            ValueType.bytes("64MiB", "1024GiB"),
            "memory for reading and writing Parquet; what needs more goes by the disk");
    static final ConfigKey<Integer> STORE_THREADS =
            new ConfigKey<>("store.threads", "1", ValueType.integer(1, 64), "threads that read and write Parquet");
    static final ConfigKey<Duration> STORE_QUERY_TIMEOUT = new ConfigKey<>(
            "store.query-timeout", "10s", ValueType.duration("100ms", "10m"), "longest time of one question");

    static final ConfigKey<Duration> INCIDENTS_RETENTION = new ConfigKey<>(
            "incidents.retention",
            "400d",
            ValueType.duration("1d", "36500d"),
            "time after its end at which an incident is deleted with its evidence");
    static final ConfigKey<Integer> INCIDENTS_MAX_COUNT = new ConfigKey<>(
            "incidents.max-count",
            "10000",
            ValueType.integer(100, 1_000_000),
            "incidents that are kept; the oldest ended ones are deleted first");
    static final ConfigKey<Long> INCIDENTS_MAX_BYTES = new ConfigKey<>(
            "incidents.max-bytes",
            "512MiB",
            ValueType.bytes("1MiB", "1024GiB"),
            "compressed evidence that is kept; the oldest ended incidents are deleted first");
    static final ConfigKey<Long> INCIDENTS_ITEM_BYTES = new ConfigKey<>(
            "incidents.item-bytes",
            "1MiB",
            ValueType.bytes("1KiB", "64MiB"),
            "largest item of an incident's evidence, uncompressed");
    static final ConfigKey<Duration> INCIDENTS_ITEM_TIMEOUT = new ConfigKey<>(
            "incidents.item-timeout",
            "10s",
            ValueType.duration("10ms", "5m"),
            "longest time to collect one item of evidence");
    static final ConfigKey<Duration> INCIDENTS_WINDOW = new ConfigKey<>(
            "incidents.window",
            "15m",
            ValueType.duration("1m", "24h"),
            "time before an incident's cause that its evidence begins at");
    static final ConfigKey<Boolean> INCIDENTS_JFR = new ConfigKey<>(
            "incidents.jfr",
            "false",
            ValueType.bool(),
            "whether Java Flight Recorder samples stacks and pauses all the time, for the evidence");
    static final ConfigKey<Boolean> ALERTS_ENABLED = new ConfigKey<>(
            "alerts.enabled", "true", ValueType.bool(), "whether alert rules and objectives are evaluated");
    static final ConfigKey<Optional<Path>> ALERTS_FILE = new ConfigKey<>(
            "alerts.file",
            "",
            ValueType.optionalPath(),
            "YAML file of rules, objectives, routes and receivers beside the shipped ones; read at the start");
    static final ConfigKey<Duration> ALERTS_INTERVAL =
            new ConfigKey<>("alerts.interval", "5s", ValueType.duration("1s", "1m"), "time between two evaluations");
    static final ConfigKey<Integer> ALERTS_MAX_SERIES = new ConfigKey<>(
            "alerts.max-series",
            "20000",
            ValueType.integer(100, 1_000_000),
            "series of the meters that rules read; more are not evaluated, and counted");
    static final ConfigKey<Optional<URI>> ALERTS_EXTERNAL_URL = new ConfigKey<>(
            "alerts.external-url",
            "auto",
            ValueType.httpAddressOrAuto(),
            "address of the console as responders reach it, for links in notifications; auto is the management port");
    static final ConfigKey<String> ALERTS_RUNBOOK_URL = new ConfigKey<>(
            "alerts.runbook-url",
            "docs/runbooks/",
            ValueType.text(Pattern.compile("\\S*/"), "must end with a slash"),
            "folder of the runbooks, for links in notifications");
    static final ConfigKey<Integer> ALERTS_DELIVERY_ATTEMPTS = new ConfigKey<>(
            "alerts.delivery-attempts",
            "1000",
            ValueType.integer(1, 100_000),
            "attempts after which the delivery of a notification is given up");
    static final ConfigKey<Duration> ALERTS_DELIVERY_TIMEOUT = new ConfigKey<>(
            "alerts.delivery-timeout",
            "10s",
            ValueType.duration("100ms", "5m"),
            "longest wait for a receiver's answer");

    /** In the order in which they are printed. */
    static final List<ConfigKey<?>> ALL = List.of(
            MODEL,
            DATA,
            HUB_ENDPOINT,
            HUB_TOKEN,
            HOST,
            PORT,
            MANAGEMENT_HOST,
            MANAGEMENT_PORT,
            MAX_BODY_BYTES,
            MAX_HEADER_BYTES,
            REQUEST_READ_TIMEOUT,
            IDLE_TIMEOUT,
            MAX_CONNECTIONS,
            MANAGEMENT_MAX_CONNECTIONS,
            MAX_HEADS_IN_FLIGHT,
            MAX_HEADERS,
            RESERVED_DESCRIPTORS,
            BODY_MEMORY,
            CONTENDED_READ_TIMEOUT,
            ANSWER_MEMORY,
            ALLOWED_HOSTS,
            STREAM_BUFFER_BYTES,
            STREAM_STALL_TIMEOUT,
            SHUTDOWN_GRACE,
            CORS_ORIGINS,
            STREAM_KEEP_ALIVE,
            SLOTS,
            CONTEXT_LENGTH,
            PRECISION,
            DEVICE,
            THREADS,
            PREFILL_CHUNK,
            DRAFT_TOKENS,
            KV_MEMORY,
            PREFIX_CACHE_MEMORY,
            TIMED_STEP_INTERVAL,
            CONTROL_TOKENS_IN_MESSAGES,
            TOOL_FORMAT,
            REASONING,
            QUEUE_LIMIT,
            PLANNING_THREADS,
            PLANNING_TENANT_THREADS,
            PLANNING_QUEUE_LIMIT,
            PLANNING_TENANT_QUEUE_LIMIT,
            MAX_TOKENS_PER_REQUEST,
            DEFAULT_MAX_TOKENS,
            MAX_CHOICES,
            MAX_PROMPTS,
            MAX_STOP_STRINGS,
            MAX_STOP_LENGTH,
            MAX_LOGIT_BIAS,
            MAX_TOOLS,
            MAX_CHOICE_TEXTS,
            REQUEST_TIMEOUT,
            CONSTRAINT_SOURCE_BYTES,
            CONSTRAINT_DEPTH,
            CONSTRAINT_STATES,
            CONSTRAINT_COMPILE_STEPS,
            CONSTRAINT_TOKEN_STEPS,
            CONSTRAINT_CACHE_ENTRIES,
            CONSTRAINT_CACHE_MEMORY,
            PRICES_FILE,
            MACHINE_HOUR,
            KV_GIBIBYTE_HOUR,
            KILOWATT_HOUR,
            COST_HEADER,
            LEDGER_WAIT,
            TENANTS_FILE,
            KEYS_REQUIRED,
            CUSTOM_ROLES,
            LOGS_ENABLED,
            LOGS_CONSOLE,
            LOGS_LEVEL,
            LOGS_QUEUE,
            LOGS_CONSOLE_QUEUE,
            METRICS_ENABLED,
            METRICS_VLLM_NAMES,
            METRICS_TENANTS,
            TRACES_ENABLED,
            TRACES_RATIO,
            TRACES_ADAPTIVE_RATIO,
            TRACES_SPANS_PER_SECOND,
            TRACES_SLOW_FIRST_TOKEN,
            TRACES_SLOW_REQUEST,
            TRACES_PRIORITY_TENANTS,
            TRACES_HEADER_TENANTS,
            TRACES_TRUST_PARENT,
            TRACES_DETAILED_TENANTS,
            TRACES_DETAILED_RATIO,
            TRACES_QUEUE_SPANS,
            HEALTH_STEP_LIMIT,
            HEALTH_FIRST_STEP_LIMIT,
            GPU_LIBRARY,
            GPU_POLL_INTERVAL,
            GPU_DCGM_NAMES,
            GPU_KERNEL_LOG,
            STORE_ENABLED,
            STORE_SAMPLE_INTERVAL,
            STORE_QUEUE_ROWS,
            STORE_SPANS_MAX_AGE,
            STORE_SPANS_MAX_BYTES,
            STORE_LOGS_MAX_AGE,
            STORE_LOGS_MAX_BYTES,
            STORE_STEPS_MAX_AGE,
            STORE_STEPS_MAX_BYTES,
            STORE_SAMPLES_MAX_AGE,
            STORE_SAMPLES_MAX_BYTES,
            STORE_GPU_MAX_AGE,
            STORE_GPU_MAX_BYTES,
            STORE_WARM_AFTER,
            STORE_COLD_AFTER,
            STORE_COLD_DIR,
            STORE_CLEANUP_GRACE,
            STORE_MEMORY,
            STORE_THREADS,
            STORE_QUERY_TIMEOUT,
            INCIDENTS_RETENTION,
            INCIDENTS_MAX_COUNT,
            INCIDENTS_MAX_BYTES,
            INCIDENTS_ITEM_BYTES,
            INCIDENTS_ITEM_TIMEOUT,
            INCIDENTS_WINDOW,
            INCIDENTS_JFR,
            ALERTS_ENABLED,
            ALERTS_FILE,
            ALERTS_INTERVAL,
            ALERTS_MAX_SERIES,
            ALERTS_EXTERNAL_URL,
            ALERTS_RUNBOOK_URL,
            ALERTS_DELIVERY_ATTEMPTS,
            ALERTS_DELIVERY_TIMEOUT);

    private ConfigKeys() {}
}
