package io.vitrine.server.config;

import java.math.BigDecimal;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;

import io.vitrine.grammar.tools.ToolFormat;
import io.vitrine.model.terminal.ShownText;
import io.vitrine.model.text.ControlTokens;
import io.vitrine.observability.OtlpSettings;
import io.vitrine.observability.catalogue.LogLevel;

/**
 * Everything that can be set, checked; made by {@link ConfigReader}. What a key means and which values it takes stands in
 * {@link ConfigKeys}; a part of the server is handed the record it needs.
 *
 * @param model name of a known model, or path of a GGUF file or a Hugging Face folder
 * @param data folder of everything the server keeps
 * @param queueLimit most requests that wait
 */
public record ServerConfig(
        String model,
        Path data,
        HubConfig hub,
        HttpConfig server,
        EngineConfig engine,
        int queueLimit,
        PlanningConfig planning,
        RequestLimits limits,
        ConstraintsConfig constraints,
        PricesConfig prices,
        TenantsConfig tenants,
        ApiConfig api,
        TelemetryConfig telemetry,
        TracesConfig traces,
        HealthConfig health,
        GpuConfig gpu,
        StoreConfig store,
        IncidentsConfig incidents,
        ConsoleConfig console,
        AlertsConfig alerts) {

    /**
     * The console on the management port.
     *
     * @param directory of its pages; absent for the built-in ones
     * @param loginFailures a minute, of an address
     * @param liveEvents kept for readers that reconnect
     * @param searchRows that one search reads at most
     * @param profileTime of the longest profile
     */
    public record ConsoleConfig(
            boolean enabled,
            Optional<Path> directory,
            Duration sessionIdle,
            Duration sessionAge,
            int maxSessions,
            int loginFailures,
            int maxStreams,
            int liveEvents,
            int searchRows,
            Duration profileTime) {}

    /**
     * When a step of the engine counts as one without progress.
     *
     * @param stepLimit at the earliest; later for steps that usually take long
     * @param firstStepLimit until a step has ended
     */
    public record HealthConfig(Duration stepLimit, Duration firstStepLimit) {}

    /**
     * Evaluation of alert rules and objectives.
     *
     * @param file rules, objectives, routes and receivers of the operator; absent for the shipped ones alone
     * @param interval time between two evaluations
     * @param maxSeries of the meters that rules read
     */
    public record AlertsConfig(
            boolean enabled, Optional<Path> file, Duration interval, int maxSeries, DeliveryConfig delivery) {}

    /**
     * Delivery of notifications.
     *
     * @param externalUrl of the console as responders reach it; absent for the management port
     * @param runbookUrl folder of the runbooks, ending with a slash
     * @param attempts after so many, delivery is given up
     * @param timeout for a receiver's answer
     */
    public record DeliveryConfig(Optional<URI> externalUrl, String runbookUrl, int attempts, Duration timeout) {}

    /** How GPUs are read: the driver's library, the time between two readings, whether under the DCGM exporter's names too, and whether the kernel's log. */
    public record GpuConfig(String library, Duration pollInterval, boolean dcgmNames, boolean kernelLog) {}

    /**
     * What is kept of telemetry, for how long, and how much of the machine that may take.
     *
     * @param warmAfter in whole days
     * @param coldAfter in whole days
     * @param coldDirectory absent for the usual one
     */
    public record StoreConfig(
            boolean enabled,
            Duration sampleInterval,
            int queueRows,
            RetentionConfig spans,
            RetentionConfig logs,
            RetentionConfig steps,
            RetentionConfig samples,
            RetentionConfig gpu,
            Duration warmAfter,
            Duration coldAfter,
            Optional<Path> coldDirectory,
            Duration cleanupGrace,
            long memoryBytes,
            int threads,
            Duration queryTimeout) {}

    /**
     * How long incidents are kept, and what their evidence may take.
     *
     * @param maxBytes compressed, of all incidents
     * @param itemBytes uncompressed, of one item
     * @param window before the cause
     */
    public record IncidentsConfig(
            Duration retention,
            int maxCount,
            long maxBytes,
            int itemBytes,
            Duration itemTimeout,
            Duration window,
            boolean jfr) {}

    /** How much of one signal is kept, whichever is less. */
    public record RetentionConfig(Duration maxAge, long maxBytes) {}

    /** Where models are fetched from; {@code toString} leaves the token out. */
    public record HubConfig(URI endpoint, Optional<String> token) {

        @Override
        public String toString() {
            return "HubConfig[endpoint=" + ShownText.withoutCredentials(endpoint.toString()) + ", token="
                    + (token.isPresent() ? "set" : "none") + "]";
        }
    }

    /**
     * Ports, and how much and how long a client may send, wait and lag.
     *
     * @param allowedHosts names beside loopback's that requests without a key may be for
     * @param corsOrigins whose pages may use the API; {@code *} is every origin
     * @param streamKeepAlive zero for none
     */
    public record HttpConfig(
            String host,
            int port,
            String managementHost,
            int managementPort,
            int maxBodyBytes,
            int maxHeaderBytes,
            Duration requestReadTimeout,
            Duration idleTimeout,
            ConnectionConfig connections,
            long bodyMemoryBytes,
            Duration contendedReadTimeout,
            long answerMemoryBytes,
            Set<String> allowedHosts,
            Set<String> corsOrigins,
            Duration streamKeepAlive,
            int streamBufferBytes,
            Duration streamStallTimeout,
            Duration shutdownGrace,
            TlsConfig tls) {

        public HttpConfig {
            allowedHosts = Set.copyOf(allowedHosts);
            corsOrigins = Set.copyOf(corsOrigins);
        }

        /** Whether only this machine can reach the API. */
        public boolean onLoopback() {
            return LoopbackAddress.is(host);
        }

        /** Whether only this machine can reach metrics, probes and what operators change. */
        public boolean managementOnLoopback() {
            return LoopbackAddress.is(managementHost);
        }
    }

    /**
     * Certificate of the API's port; {@link ConfigRules} requires both files or none.
     *
     * @param certificate PEM
     * @param key PEM
     * @param management whether the management port uses it too
     * @param reloadInterval between two looks at the files
     */
    public record TlsConfig(
            Optional<Path> certificate, Optional<Path> key, boolean management, Duration reloadInterval) {

        /** No TLS. */
        public static final TlsConfig NONE =
                new TlsConfig(Optional.empty(), Optional.empty(), false, Duration.ofSeconds(10));

        /** How addresses of the API begin. */
        public String scheme() {
            return certificate.isPresent() ? "https" : "http";
        }

        /** How addresses of the management port begin. */
        public String managementScheme() {
            return management ? scheme() : "http";
        }
    }

    /**
     * How many connections there may be at once, and what a head may have.
     *
     * @param max to the API, if the process may have as many file descriptors
     * @param managementMax to the management port, likewise
     * @param maxHeadsInFlight of each port
     * @param maxHeaders lines of one head
     * @param reservedDescriptors left to files
     */
    public record ConnectionConfig(
            int max, int managementMax, int maxHeadsInFlight, int maxHeaders, int reservedDescriptors) {}

    /**
     * What requests are charged and the machine costs.
     *
     * @param file the price book
     * @param machineHour in its currency; empty if the machine has no price
     * @param ledgerWait longest time that an answer waits for its ledger entry
     */
    public record PricesConfig(
            Optional<Path> file,
            Optional<BigDecimal> machineHour,
            Optional<BigDecimal> kvGibibyteHour,
            Optional<BigDecimal> kilowattHour,
            boolean costHeader,
            Duration ledgerWait) {}

    /**
     * Who may use the server.
     *
     * @param file tenants in YAML, put in force at each start; tenants that it does not name stay as they are
     */
    public record TenantsConfig(Optional<Path> file, KeysRequired keysRequired) {}

    /** Whether requests must bring an API key. */
    public enum KeysRequired {
        /** Where others than this machine can reach the API. */
        AUTO,
        TRUE,
        FALSE
    }

    /** Whether requests to the API must bring a key. */
    public boolean needsKeys() {
        return switch (tenants.keysRequired()) {
            case AUTO -> !server.onLoopback();
            case TRUE -> true;
            case FALSE -> false;
        };
    }

    /**
     * How the model runs; an empty value leaves the choice to the loader.
     *
     * @param nullPace time of a step of the null engine
     * @param controlTokensInMessages whether the spelling of a control token in a chat message is that token
     * @param toolFormat how the model writes calls; empty for what its chat template shows
     */
    public record EngineConfig(
            EngineKind kind,
            Duration nullPace,
            OptionalInt slots,
            OptionalInt contextLength,
            Precision precision,
            String device,
            OptionalInt threads,
            int prefillChunk,
            int draftTokens,
            OptionalLong kvBytes,
            OptionalLong prefixCacheBytes,
            int timedStepInterval,
            boolean controlTokensInMessages,
            Optional<ToolFormat> toolFormat,
            ReasoningFormat reasoning) {

        /** Where in a conversation the spelling of a control token is that token. */
        public ControlTokens controlTokens() {
            return controlTokensInMessages ? ControlTokens.EVERYWHERE : ControlTokens.IN_TEMPLATE;
        }

        /** The device if it is a GPU. */
        public Optional<String> gpuId() {
            return device.equals("cpu") ? Optional.empty() : Optional.of(device);
        }
    }

    /** What answers. */
    public enum EngineKind {
        /** A model on libtorch. */
        TORCH,
        /** Fixed tokens at a fixed pace, without a model. */
        NULL
    }

    /** Which part of an answer is reasoning. */
    public enum ReasoningFormat {
        /** As {@code THINK} for models whose chat template has the closing tag. */
        AUTO,
        /** What stands between {@code <think>} and {@code </think>} at the beginning. */
        THINK,
        /** None: tags are text like any other. */
        NONE
    }

    /** Arithmetic of the weights. */
    public enum Precision {
        AUTO,
        INT8,
        BF16,
        FLOAT32
    }

    /**
     * How requests are prepared for the engine: parsed, rendered, tokenised.
     *
     * @param threads of all tenants together; empty for the machine's cores
     * @param tenantThreads of one tenant; empty for all but one, at least 1
     * @param tenantProcessorPercent of a thread's time that a tenant's long preparations have, 1 to 100
     */
    public record PlanningConfig(
            OptionalInt threads,
            OptionalInt tenantThreads,
            int queueLimit,
            int tenantQueueLimit,
            int tenantProcessorPercent) {

        public int threadCount() {
            return threads.orElse(Runtime.getRuntime().availableProcessors());
        }

        public int tenantThreadCount() {
            return tenantThreads.orElse(Math.max(1, threadCount() - 1));
        }
    }

    /** What one request may ask for. */
    public record RequestLimits(
            int maxTokensPerRequest,
            int defaultMaxTokens,
            int maxChoices,
            int maxPrompts,
            int maxStopStrings,
            int maxStopLength,
            int maxLogitBias,
            int maxTools,
            int maxChoiceTexts,
            Duration requestTimeout) {}

    /**
     * What a constraint on answers may cost, and how many are kept compiled.
     *
     * @param sourceBytes of a schema, expression or grammar
     * @param depth of its nesting
     * @param states of its automaton
     * @param compileSteps of work to compile it
     * @param tokenSteps of work for one token
     * @param cacheBytes by estimate
     */
    public record ConstraintsConfig(
            int sourceBytes,
            int depth,
            int states,
            int compileSteps,
            int tokenSteps,
            int cacheEntries,
            long cacheBytes) {}

    /** How requests may be written: roles of messages beside OpenAI's. */
    public record ApiConfig(Set<String> customRoles) {

        public ApiConfig {
            customRoles = Set.copyOf(customRoles);
        }
    }

    /** Which signals are made, and who else gets them. */
    public record TelemetryConfig(
            boolean logsEnabled,
            ConsoleLayout logsConsole,
            LogLevel logsLevel,
            int logsQueue,
            int logsConsoleQueue,
            boolean stageTimingEnabled,
            boolean metricsEnabled,
            boolean metricsVllmNames,
            int metricsTenants,
            OtelConfig otel) {}

    /**
     * What the standard {@code OTEL_} variables say; they have no keys of ours.
     *
     * @param serviceName empty if none is set
     * @param resourceAttributes as written
     * @param logs where log lines are sent beside the file; absent while no endpoint is given
     * @param metrics where meters are pushed to; absent while no endpoint is given
     * @param traces where spans are sent by OTLP; absent while no endpoint is given
     * @param zipkin where spans are sent in Zipkin's format; absent while no endpoint is given
     */
    public record OtelConfig(
            String serviceName,
            String resourceAttributes,
            Optional<OtlpSettings> logs,
            Optional<OtlpSettings> metrics,
            Optional<OtlpSettings> traces,
            Optional<URI> zipkin) {

        /** Nothing is set. */
        public static final OtelConfig NONE =
                new OtelConfig("", "", Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
    }

    /** Which traces are kept, and how closely requests are looked at; all but the first and last can be changed at run time. */
    public record TracesConfig(
            boolean enabled,
            double ratio,
            double adaptiveRatio,
            int spansPerSecond,
            Duration slowFirstToken,
            Duration slowRequest,
            Set<String> priorityTenants,
            Set<String> headerTenants,
            Set<String> trustParent,
            Set<String> detailedTenants,
            double detailedRatio,
            int queueSpans) {

        public TracesConfig {
            priorityTenants = Set.copyOf(priorityTenants);
            headerTenants = Set.copyOf(headerTenants);
            trustParent = Set.copyOf(trustParent);
            detailedTenants = Set.copyOf(detailedTenants);
        }
    }

    /** How log lines look on the console. */
    public enum ConsoleLayout {
        /** Human on a terminal, JSON elsewhere. */
        AUTO,
        JSON,
        HUMAN
    }
}
