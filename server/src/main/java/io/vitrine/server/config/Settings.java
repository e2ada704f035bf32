package io.vitrine.server.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import io.vitrine.server.config.ServerConfig.AlertsConfig;
import io.vitrine.server.config.ServerConfig.ApiConfig;
import io.vitrine.server.config.ServerConfig.ConnectionConfig;
import io.vitrine.server.config.ServerConfig.ConsoleConfig;
import io.vitrine.server.config.ServerConfig.ConstraintsConfig;
import io.vitrine.server.config.ServerConfig.DeliveryConfig;
import io.vitrine.server.config.ServerConfig.EngineConfig;
import io.vitrine.server.config.ServerConfig.GpuConfig;
import io.vitrine.server.config.ServerConfig.HealthConfig;
import io.vitrine.server.config.ServerConfig.HttpConfig;
import io.vitrine.server.config.ServerConfig.HubConfig;
import io.vitrine.server.config.ServerConfig.IncidentsConfig;
import io.vitrine.server.config.ServerConfig.OtelConfig;
import io.vitrine.server.config.ServerConfig.PlanningConfig;
import io.vitrine.server.config.ServerConfig.PricesConfig;
import io.vitrine.server.config.ServerConfig.RequestLimits;
import io.vitrine.server.config.ServerConfig.RetentionConfig;
import io.vitrine.server.config.ServerConfig.StoreConfig;
import io.vitrine.server.config.ServerConfig.TelemetryConfig;
import io.vitrine.server.config.ServerConfig.TenantsConfig;
import io.vitrine.server.config.ServerConfig.TlsConfig;
import io.vitrine.server.config.ServerConfig.TracesConfig;

/** One value for every key, the last one set winning: from text to {@link ServerConfig}. */
final class Settings {

    private final Map<String, Setting> byKey = new LinkedHashMap<>();

    Settings() {
        ConfigKeys.ALL.forEach(key -> set(new Setting(key.name(), key.defaultText(), "default")));
    }

    void set(Setting setting) {
        byKey.put(setting.key(), setting);
    }

    /** In the order of {@link ConfigKeys#ALL}. */
    List<Setting> all() {
        return List.copyOf(byKey.values());
    }

    ServerConfig toConfig(OtelConfig otel) {
        return new ServerConfig(
                get(ConfigKeys.MODEL),
                get(ConfigKeys.DATA),
                new HubConfig(get(ConfigKeys.HUB_ENDPOINT), get(ConfigKeys.HUB_TOKEN)),
                http(),
                engine(),
                get(ConfigKeys.QUEUE_LIMIT),
                planning(),
                limits(),
                constraints(),
                new PricesConfig(
                        get(ConfigKeys.PRICES_FILE),
                        get(ConfigKeys.MACHINE_HOUR),
                        get(ConfigKeys.KV_GIBIBYTE_HOUR),
                        get(ConfigKeys.KILOWATT_HOUR),
                        get(ConfigKeys.COST_HEADER),
                        get(ConfigKeys.LEDGER_WAIT)),
                new TenantsConfig(get(ConfigKeys.TENANTS_FILE), get(ConfigKeys.KEYS_REQUIRED)),
                new ApiConfig(get(ConfigKeys.CUSTOM_ROLES)),
                telemetry(otel),
                traces(),
                new HealthConfig(get(ConfigKeys.HEALTH_STEP_LIMIT), get(ConfigKeys.HEALTH_FIRST_STEP_LIMIT)),
                new GpuConfig(
                        get(ConfigKeys.GPU_LIBRARY),
                        get(ConfigKeys.GPU_POLL_INTERVAL),
                        get(ConfigKeys.GPU_DCGM_NAMES),
                        get(ConfigKeys.GPU_KERNEL_LOG)),
                store(),
                incidents(),
                console(),
                new AlertsConfig(
                        get(ConfigKeys.ALERTS_ENABLED),
                        get(ConfigKeys.ALERTS_FILE),
                        get(ConfigKeys.ALERTS_INTERVAL),
                        get(ConfigKeys.ALERTS_MAX_SERIES),
                        new DeliveryConfig(
                                get(ConfigKeys.ALERTS_EXTERNAL_URL),
                                get(ConfigKeys.ALERTS_RUNBOOK_URL),
                                get(ConfigKeys.ALERTS_DELIVERY_ATTEMPTS),
                                get(ConfigKeys.ALERTS_DELIVERY_TIMEOUT))));
    }

    private ConsoleConfig console() {
        return new ConsoleConfig(
                get(ConfigKeys.CONSOLE_ENABLED),
                get(ConfigKeys.CONSOLE_DIRECTORY),
                get(ConfigKeys.CONSOLE_SESSION_IDLE),
                get(ConfigKeys.CONSOLE_SESSION_AGE),
                get(ConfigKeys.CONSOLE_MAX_SESSIONS),
                get(ConfigKeys.CONSOLE_LOGIN_FAILURES),
                get(ConfigKeys.CONSOLE_MAX_STREAMS),
                get(ConfigKeys.CONSOLE_LIVE_EVENTS),
                get(ConfigKeys.CONSOLE_SEARCH_ROWS),
                get(ConfigKeys.CONSOLE_PROFILE_TIME));
    }

    private IncidentsConfig incidents() {
        return new IncidentsConfig(
                get(ConfigKeys.INCIDENTS_RETENTION),
                get(ConfigKeys.INCIDENTS_MAX_COUNT),
                get(ConfigKeys.INCIDENTS_MAX_BYTES),
                Math.toIntExact(get(ConfigKeys.INCIDENTS_ITEM_BYTES)),
                get(ConfigKeys.INCIDENTS_ITEM_TIMEOUT),
                get(ConfigKeys.INCIDENTS_WINDOW),
                get(ConfigKeys.INCIDENTS_JFR));
    }

    private StoreConfig store() {
        return new StoreConfig(
                get(ConfigKeys.STORE_ENABLED),
                get(ConfigKeys.STORE_SAMPLE_INTERVAL),
                get(ConfigKeys.STORE_QUEUE_ROWS),
                kept(ConfigKeys.STORE_SPANS_MAX_AGE, ConfigKeys.STORE_SPANS_MAX_BYTES),
                kept(ConfigKeys.STORE_LOGS_MAX_AGE, ConfigKeys.STORE_LOGS_MAX_BYTES),
                kept(ConfigKeys.STORE_STEPS_MAX_AGE, ConfigKeys.STORE_STEPS_MAX_BYTES),
                kept(ConfigKeys.STORE_SAMPLES_MAX_AGE, ConfigKeys.STORE_SAMPLES_MAX_BYTES),
                kept(ConfigKeys.STORE_GPU_MAX_AGE, ConfigKeys.STORE_GPU_MAX_BYTES),
                get(ConfigKeys.STORE_WARM_AFTER),
                get(ConfigKeys.STORE_COLD_AFTER),
                get(ConfigKeys.STORE_COLD_DIR).map(Path::of),
                get(ConfigKeys.STORE_CLEANUP_GRACE),
                get(ConfigKeys.STORE_MEMORY),
                get(ConfigKeys.STORE_THREADS),
                get(ConfigKeys.STORE_QUERY_TIMEOUT));
    }

    private RetentionConfig kept(ConfigKey<Duration> maxAge, ConfigKey<Long> maxBytes) {
        return new RetentionConfig(get(maxAge), get(maxBytes));
    }

    private TelemetryConfig telemetry(OtelConfig otel) {
        return new TelemetryConfig(
                get(ConfigKeys.LOGS_ENABLED),
                get(ConfigKeys.LOGS_CONSOLE),
                get(ConfigKeys.LOGS_LEVEL),
                get(ConfigKeys.LOGS_QUEUE),
                get(ConfigKeys.LOGS_CONSOLE_QUEUE),
                get(ConfigKeys.STAGE_TIMING_ENABLED),
                get(ConfigKeys.METRICS_ENABLED),
                get(ConfigKeys.METRICS_VLLM_NAMES),
                get(ConfigKeys.METRICS_TENANTS),
                otel);
    }

    private TracesConfig traces() {
        return new TracesConfig(
                get(ConfigKeys.TRACES_ENABLED),
                get(ConfigKeys.TRACES_RATIO),
                get(ConfigKeys.TRACES_ADAPTIVE_RATIO),
                get(ConfigKeys.TRACES_SPANS_PER_SECOND),
                get(ConfigKeys.TRACES_SLOW_FIRST_TOKEN),
                get(ConfigKeys.TRACES_SLOW_REQUEST),
                get(ConfigKeys.TRACES_PRIORITY_TENANTS),
                get(ConfigKeys.TRACES_HEADER_TENANTS),
                get(ConfigKeys.TRACES_TRUST_PARENT),
                get(ConfigKeys.TRACES_DETAILED_TENANTS),
                get(ConfigKeys.TRACES_DETAILED_RATIO),
                get(ConfigKeys.TRACES_QUEUE_SPANS));
    }

    private HttpConfig http() {
        return new HttpConfig(
                get(ConfigKeys.HOST),
                get(ConfigKeys.PORT),
                get(ConfigKeys.MANAGEMENT_HOST),
                get(ConfigKeys.MANAGEMENT_PORT),
                Math.toIntExact(get(ConfigKeys.MAX_BODY_BYTES)),
                Math.toIntExact(get(ConfigKeys.MAX_HEADER_BYTES)),
                get(ConfigKeys.REQUEST_READ_TIMEOUT),
                get(ConfigKeys.IDLE_TIMEOUT),
                new ConnectionConfig(
                        get(ConfigKeys.MAX_CONNECTIONS),
                        get(ConfigKeys.MANAGEMENT_MAX_CONNECTIONS),
                        get(ConfigKeys.MAX_HEADS_IN_FLIGHT),
                        get(ConfigKeys.MAX_HEADERS),
                        get(ConfigKeys.RESERVED_DESCRIPTORS)),
                get(ConfigKeys.BODY_MEMORY),
                get(ConfigKeys.CONTENDED_READ_TIMEOUT),
                get(ConfigKeys.ANSWER_MEMORY),
                get(ConfigKeys.ALLOWED_HOSTS),
                get(ConfigKeys.CORS_ORIGINS),
                get(ConfigKeys.STREAM_KEEP_ALIVE),
                Math.toIntExact(get(ConfigKeys.STREAM_BUFFER_BYTES)),
                get(ConfigKeys.STREAM_STALL_TIMEOUT),
                get(ConfigKeys.SHUTDOWN_GRACE),
                new TlsConfig(
                        get(ConfigKeys.TLS_CERTIFICATE),
                        get(ConfigKeys.TLS_KEY),
                        get(ConfigKeys.TLS_MANAGEMENT),
                        get(ConfigKeys.TLS_RELOAD_INTERVAL)));
    }

    private EngineConfig engine() {
        return new EngineConfig(
                get(ConfigKeys.ENGINE_KIND),
                get(ConfigKeys.NULL_PACE),
                get(ConfigKeys.SLOTS),
                get(ConfigKeys.CONTEXT_LENGTH),
                get(ConfigKeys.PRECISION),
                get(ConfigKeys.DEVICE),
                get(ConfigKeys.THREADS),
                get(ConfigKeys.PREFILL_CHUNK),
                get(ConfigKeys.DRAFT_TOKENS),
                get(ConfigKeys.KV_MEMORY),
                get(ConfigKeys.PREFIX_CACHE_MEMORY),
                get(ConfigKeys.TIMED_STEP_INTERVAL),
                get(ConfigKeys.CONTROL_TOKENS_IN_MESSAGES),
                get(ConfigKeys.TOOL_FORMAT),
                get(ConfigKeys.REASONING));
    }

    private PlanningConfig planning() {
        return new PlanningConfig(
                get(ConfigKeys.PLANNING_THREADS),
                get(ConfigKeys.PLANNING_TENANT_THREADS),
                get(ConfigKeys.PLANNING_QUEUE_LIMIT),
                get(ConfigKeys.PLANNING_TENANT_QUEUE_LIMIT),
                get(ConfigKeys.PLANNING_TENANT_PROCESSOR_PERCENT));
    }

    private RequestLimits limits() {
        return new RequestLimits(
                get(ConfigKeys.MAX_TOKENS_PER_REQUEST),
                get(ConfigKeys.DEFAULT_MAX_TOKENS),
                get(ConfigKeys.MAX_CHOICES),
                get(ConfigKeys.MAX_PROMPTS),
                get(ConfigKeys.MAX_STOP_STRINGS),
                get(ConfigKeys.MAX_STOP_LENGTH),
                get(ConfigKeys.MAX_LOGIT_BIAS),
                get(ConfigKeys.MAX_TOOLS),
                get(ConfigKeys.MAX_CHOICE_TEXTS),
                get(ConfigKeys.REQUEST_TIMEOUT));
    }

    private ConstraintsConfig constraints() {
        return new ConstraintsConfig(
                Math.toIntExact(get(ConfigKeys.CONSTRAINT_SOURCE_BYTES)),
                get(ConfigKeys.CONSTRAINT_DEPTH),
                get(ConfigKeys.CONSTRAINT_STATES),
                get(ConfigKeys.CONSTRAINT_COMPILE_STEPS),
                get(ConfigKeys.CONSTRAINT_TOKEN_STEPS),
                get(ConfigKeys.CONSTRAINT_CACHE_ENTRIES),
                get(ConfigKeys.CONSTRAINT_CACHE_MEMORY));
    }

    private <T> T get(ConfigKey<T> key) {
        return key.parse(Objects.requireNonNull(byKey.get(key.name())));
    }
}
