package io.vitrine.server.config;

import java.io.IOException;
import java.math.BigDecimal;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import io.vitrine.observability.catalogue.LogLevel;
import io.vitrine.server.config.ServerConfig.AlertsConfig;
import io.vitrine.server.config.ServerConfig.ApiConfig;
import io.vitrine.server.config.ServerConfig.ConnectionConfig;
import io.vitrine.server.config.ServerConfig.ConsoleLayout;
import io.vitrine.server.config.ServerConfig.ConstraintsConfig;
import io.vitrine.server.config.ServerConfig.DeliveryConfig;
import io.vitrine.server.config.ServerConfig.EngineConfig;
import io.vitrine.server.config.ServerConfig.GpuConfig;
import io.vitrine.server.config.ServerConfig.HealthConfig;
import io.vitrine.server.config.ServerConfig.HttpConfig;
import io.vitrine.server.config.ServerConfig.HubConfig;
import io.vitrine.server.config.ServerConfig.IncidentsConfig;
import io.vitrine.server.config.ServerConfig.KeysRequired;
import io.vitrine.server.config.ServerConfig.OtelConfig;
import io.vitrine.server.config.ServerConfig.PlanningConfig;
import io.vitrine.server.config.ServerConfig.Precision;
import io.vitrine.server.config.ServerConfig.PricesConfig;
import io.vitrine.server.config.ServerConfig.RequestLimits;
import io.vitrine.server.config.ServerConfig.RetentionConfig;
import io.vitrine.server.config.ServerConfig.StoreConfig;
import io.vitrine.server.config.ServerConfig.TelemetryConfig;
import io.vitrine.server.config.ServerConfig.TenantsConfig;
import io.vitrine.server.config.ServerConfig.TracesConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class ConfigReaderTest {

    private static final ServerConfig DEFAULTS = new ServerConfig(
            "smollm2-135m-instruct",
            Path.of("data"),
            new HubConfig(URI.create("https://huggingface.co"), Optional.empty()),
            new HttpConfig(
                    "127.0.0.1",
                    8080,
                    "127.0.0.1",
                    8081,
                    2 << 20,
                    16 << 10,
                    Duration.ofSeconds(30),
                    Duration.ofMinutes(2),
                    new ConnectionConfig(1024, 128, 256, 128, 256),
                    112L << 20,
                    Duration.ofSeconds(3),
                    64L << 20,
                    Set.of(),
                    Set.of(),
                    Duration.ofSeconds(15),
                    256 << 10,
                    Duration.ofSeconds(30),
                    Duration.ofSeconds(30)),
            new EngineConfig(
                    OptionalInt.empty(),
                    OptionalInt.empty(),
                    Precision.AUTO,
                    "cpu",
                    OptionalInt.empty(),
                    512,
                    6,
                    OptionalLong.empty(),
                    OptionalLong.empty(),
                    8,
                    false),
            256,
            new PlanningConfig(OptionalInt.empty(), OptionalInt.empty(), 1_024, 256),
            new RequestLimits(32_768, 4_096, 16, 64, 16, 256, 1024, 1024, Duration.ofMinutes(10)),
            new ConstraintsConfig(256 << 10, 128, 100_000, 1_000_000, 200_000, 256, 64L << 20),
            new PricesConfig(
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    true,
                    Duration.ofSeconds(5)),
            new TenantsConfig(Optional.empty(), KeysRequired.AUTO),
            new ApiConfig(Set.of()),
            new TelemetryConfig(
                    true, ConsoleLayout.AUTO, LogLevel.INFO, 8_192, 1_024, true, false, 20, OtelConfig.NONE),
            new TracesConfig(
                    true,
                    0.1,
                    0.5,
                    2_000,
                    Duration.ofSeconds(5),
                    Duration.ofMinutes(1),
                    Set.of(),
                    Set.of("*"),
                    Set.of(),
                    Set.of(),
                    0,
                    16_384),
            new HealthConfig(Duration.ofSeconds(4), Duration.ofMinutes(1)),
            new GpuConfig("libnvidia-ml.so.1", Duration.ofSeconds(1), false, false),
            new StoreConfig(
                    true,
                    Duration.ofSeconds(15),
                    65_536,
                    new RetentionConfig(Duration.ofDays(30), 20L << 30),
                    new RetentionConfig(Duration.ofDays(30), 10L << 30),
                    new RetentionConfig(Duration.ofDays(14), 10L << 30),
                    new RetentionConfig(Duration.ofDays(90), 10L << 30),
                    new RetentionConfig(Duration.ofDays(30), 5L << 30),
                    Duration.ZERO,
                    Duration.ofDays(7),
                    Optional.empty(),
                    Duration.ofDays(1),
                    256L << 20,
                    1,
                    Duration.ofSeconds(10)),
            new IncidentsConfig(
                    Duration.ofDays(400),
                    10_000,
                    512L << 20,
                    1 << 20,
                    Duration.ofSeconds(10),
                    Duration.ofMinutes(15),
                    false),
            new AlertsConfig(
                    true,
                    Optional.empty(),
                    Duration.ofSeconds(5),
                    20_000,
                    new DeliveryConfig(Optional.empty(), "docs/runbooks/", 1_000, Duration.ofSeconds(10))));

    /** Every key with a value of its own, and the configuration they make: shows that none is mixed up with another. */
    private static final Map<String, String> OTHER_VALUES = Map.ofEntries(
            Map.entry("model", "tiny.gguf"),
            Map.entry("data", "/var/vitrine"),
            Map.entry("hub.endpoint", "http://mirror:81"),
            Map.entry("hub.token", "hf_secret"),
            Map.entry("server.host", "::1"),
            Map.entry("server.port", "1"),
            Map.entry("server.management-host", "localhost"),
            Map.entry("server.management-port", "2"),
            Map.entry("server.max-body-bytes", "3KiB"),
            Map.entry("server.max-header-bytes", "4KiB"),
            Map.entry("server.request-read-timeout", "5s"),
            Map.entry("server.idle-timeout", "6s"),
            Map.entry("server.max-connections", "7"),
            Map.entry("server.management-max-connections", "71"),
            Map.entry("server.max-heads-in-flight", "72"),
            Map.entry("server.max-headers", "73"),
            Map.entry("server.reserved-descriptors", "74"),
            Map.entry("server.body-memory", "75MiB"),
            Map.entry("server.contended-read-timeout", "76s"),
            Map.entry("server.answer-memory", "77MiB"),
            Map.entry("server.allowed-hosts", "inference.example"),
            Map.entry("http.cors.origins", "https://app.example, http://localhost:3000"),
            Map.entry("http.stream-keep-alive", "78s"),
            Map.entry("server.stream-buffer-bytes", "8192"),
            Map.entry("server.stream-stall-timeout", "9s"),
            Map.entry("server.shutdown-grace", "10s"),
            Map.entry("engine.slots", "11"),
            Map.entry("engine.context-length", "120"),
            Map.entry("engine.precision", "bf16"),
            Map.entry("engine.device", "cuda:1"),
            Map.entry("engine.threads", "13"),
            Map.entry("engine.prefill-chunk", "14"),
            Map.entry("engine.draft-tokens", "4"),
            Map.entry("engine.kv-memory", "15MiB"),
            Map.entry("engine.prefix-cache-memory", "3MiB"),
            Map.entry("engine.timed-step-interval", "16"),
            Map.entry("engine.control-tokens-in-messages", "true"),
            Map.entry("queue.limit", "17"),
            Map.entry("planning.threads", "31"),
            Map.entry("planning.tenant-threads", "32"),
            Map.entry("planning.queue-limit", "33"),
            Map.entry("planning.tenant-queue-limit", "34"),
            Map.entry("limits.max-tokens-per-request", "180"),
            Map.entry("limits.default-max-tokens", "19"),
            Map.entry("limits.max-choices", "20"),
            Map.entry("limits.max-prompts", "21"),
            Map.entry("limits.max-stop-strings", "22"),
            Map.entry("limits.max-stop-length", "23"),
            Map.entry("limits.max-logit-bias", "24"),
            Map.entry("limits.max-choice-texts", "25"),
            Map.entry("limits.request-timeout", "250ms"),
            Map.entry("constraints.source-bytes", "26KiB"),
            Map.entry("constraints.depth", "27"),
            Map.entry("constraints.states", "2800"),
            Map.entry("constraints.compile-steps", "2900"),
            Map.entry("constraints.token-steps", "3000"),
            Map.entry("constraints.cache-entries", "31"),
            Map.entry("constraints.cache-memory", "32MiB"),
            Map.entry("prices.file", "prices.yaml"),
            Map.entry("prices.machine-hour", "0.35"),
            Map.entry("prices.kv-gibibyte-hour", "0.01"),
            Map.entry("prices.kilowatt-hour", "0.3"),
            Map.entry("prices.cost-header", "false"),
            Map.entry("ledger.wait", "29s"),
            Map.entry("tenants.file", "tenants.yaml"),
            Map.entry("tenants.keys-required", "true"),
            Map.entry("api.custom-roles", "ipython, critic"),
            Map.entry("telemetry.logs.enabled", "false"),
            Map.entry("telemetry.logs.console", "json"),
            Map.entry("telemetry.logs.level", "debug"),
            Map.entry("telemetry.logs.queue", "77"),
            Map.entry("telemetry.logs.console-queue", "78"),
            Map.entry("telemetry.metrics.enabled", "false"),
            Map.entry("telemetry.metrics.vllm-names", "true"),
            Map.entry("telemetry.metrics.tenants", "25"),
            Map.entry("telemetry.traces.enabled", "false"),
            Map.entry("telemetry.traces.ratio", "0.25"),
            Map.entry("telemetry.traces.adaptive-ratio", "0.75"),
            Map.entry("telemetry.traces.spans-per-second", "26"),
            Map.entry("telemetry.traces.slow-first-token", "27ms"),
            Map.entry("telemetry.traces.slow-request", "28ms"),
            Map.entry("telemetry.traces.priority-tenants", "gold, silver"),
            Map.entry("telemetry.traces.header-tenants", "lab"),
            Map.entry("telemetry.traces.trust-parent", "mesh"),
            Map.entry("telemetry.traces.detailed-tenants", "course"),
            Map.entry("telemetry.traces.detailed-ratio", "1"),
            Map.entry("telemetry.traces.queue-spans", "1024"),
            Map.entry("health.step-limit", "9s"),
            Map.entry("health.first-step-limit", "3m"),
            Map.entry("gpu.library", "/opt/nvml.so"),
            Map.entry("gpu.poll-interval", "300ms"),
            Map.entry("gpu.dcgm-names", "true"),
            Map.entry("gpu.kernel-log", "true"),
            Map.entry("store.enabled", "false"),
            Map.entry("store.sample-interval", "29s"),
            Map.entry("store.queue-rows", "2048"),
            Map.entry("store.spans.max-age", "31d"),
            Map.entry("store.spans.max-bytes", "32MiB"),
            Map.entry("store.logs.max-age", "33d"),
            Map.entry("store.logs.max-bytes", "34MiB"),
            Map.entry("store.steps.max-age", "35d"),
            Map.entry("store.steps.max-bytes", "36MiB"),
            Map.entry("store.samples.max-age", "37d"),
            Map.entry("store.samples.max-bytes", "38MiB"),
            Map.entry("store.gpu.max-age", "39d"),
            Map.entry("store.gpu.max-bytes", "40MiB"),
            Map.entry("store.warm-after", "41d"),
            Map.entry("store.cold-after", "42d"),
            Map.entry("store.cold-dir", "/cold"),
            Map.entry("store.cleanup-grace", "43h"),
            Map.entry("store.memory", "128MiB"),
            Map.entry("store.threads", "44"),
            Map.entry("store.query-timeout", "45s"),
            Map.entry("incidents.retention", "46d"),
            Map.entry("incidents.max-count", "470"),
            Map.entry("incidents.max-bytes", "48MiB"),
            Map.entry("incidents.item-bytes", "49KiB"),
            Map.entry("incidents.item-timeout", "50s"),
            Map.entry("incidents.window", "51m"),
            Map.entry("incidents.jfr", "true"),
            Map.entry("alerts.enabled", "false"),
            Map.entry("alerts.file", "alerts.yaml"),
            Map.entry("alerts.interval", "46s"),
            Map.entry("alerts.max-series", "4700"),
            Map.entry("alerts.external-url", "https://vitrine.example/console"),
            Map.entry("alerts.runbook-url", "https://vitrine.example/runbooks/"),
            Map.entry("alerts.delivery-attempts", "48"),
            Map.entry("alerts.delivery-timeout", "49s"));

    private static final ServerConfig OTHER_CONFIG = new ServerConfig(
            "tiny.gguf",
            Path.of("/var/vitrine"),
            new HubConfig(URI.create("http://mirror:81"), Optional.of("hf_secret")),
            new HttpConfig(
                    "::1",
                    1,
                    "localhost",
                    2,
                    3 << 10,
                    4 << 10,
                    Duration.ofSeconds(5),
                    Duration.ofSeconds(6),
                    new ConnectionConfig(7, 71, 72, 73, 74),
                    75L << 20,
                    Duration.ofSeconds(76),
                    77L << 20,
                    Set.of("inference.example"),
                    Set.of("https://app.example", "http://localhost:3000"),
                    Duration.ofSeconds(78),
                    8192,
                    Duration.ofSeconds(9),
                    Duration.ofSeconds(10)),
            new EngineConfig(
                    OptionalInt.of(11),
                    OptionalInt.of(120),
                    Precision.BF16,
                    "cuda:1",
                    OptionalInt.of(13),
                    14,
                    4,
                    OptionalLong.of(15 << 20),
                    OptionalLong.of(3 << 20),
                    16,
                    true),
            17,
            new PlanningConfig(OptionalInt.of(31), OptionalInt.of(32), 33, 34),
            new RequestLimits(180, 19, 20, 21, 22, 23, 24, 25, Duration.ofMillis(250)),
            new ConstraintsConfig(26 << 10, 27, 2800, 2900, 3000, 31, 32L << 20),
            new PricesConfig(
                    Optional.of(Path.of("prices.yaml")),
                    Optional.of(new BigDecimal("0.35")),
                    Optional.of(new BigDecimal("0.01")),
                    Optional.of(new BigDecimal("0.3")),
                    false,
                    Duration.ofSeconds(29)),
            new TenantsConfig(Optional.of(Path.of("tenants.yaml")), KeysRequired.TRUE),
            new ApiConfig(Set.of("ipython", "critic")),
            new TelemetryConfig(false, ConsoleLayout.JSON, LogLevel.DEBUG, 77, 78, false, true, 25, OtelConfig.NONE),
            new TracesConfig(
                    false,
                    0.25,
                    0.75,
                    26,
                    Duration.ofMillis(27),
                    Duration.ofMillis(28),
                    Set.of("gold", "silver"),
                    Set.of("lab"),
                    Set.of("mesh"),
                    Set.of("course"),
                    1,
                    1_024),
            new HealthConfig(Duration.ofSeconds(9), Duration.ofMinutes(3)),
            new GpuConfig("/opt/nvml.so", Duration.ofMillis(300), true, true),
            new StoreConfig(
                    false,
                    Duration.ofSeconds(29),
                    2_048,
                    new RetentionConfig(Duration.ofDays(31), 32L << 20),
                    new RetentionConfig(Duration.ofDays(33), 34L << 20),
                    new RetentionConfig(Duration.ofDays(35), 36L << 20),
                    new RetentionConfig(Duration.ofDays(37), 38L << 20),
                    new RetentionConfig(Duration.ofDays(39), 40L << 20),
                    Duration.ofDays(41),
                    Duration.ofDays(42),
                    Optional.of(Path.of("/cold")),
                    Duration.ofHours(43),
                    128L << 20,
                    44,
                    Duration.ofSeconds(45)),
            new IncidentsConfig(
                    Duration.ofDays(46),
                    470,
                    48L << 20,
                    49 << 10,
                    Duration.ofSeconds(50),
                    Duration.ofMinutes(51),
                    true),
            new AlertsConfig(
                    false,
                    Optional.of(Path.of("alerts.yaml")),
                    Duration.ofSeconds(46),
                    4_700,
                    new DeliveryConfig(
                            Optional.of(URI.create("https://vitrine.example/console")),
                            "https://vitrine.example/runbooks/",
                            48,
                            Duration.ofSeconds(49))));

    @TempDir
    private Path folder;

    @Test
    void hasDefaults() {
        assertThat(read(Map.of(), List.of())).isEqualTo(DEFAULTS);
    }

    @Test
    void theMappingTestNamesEveryKey() {
        assertThat(ConfigKeys.ALL)
                .extracting(ConfigKey::name)
                .containsExactlyInAnyOrderElementsOf(OTHER_VALUES.keySet());
    }

    @Test
    void takesEveryKeyFromTheCommandLine() {
        List<Setting> sets = OTHER_VALUES.entrySet().stream()
                .map(entry -> ConfigReader.parseSet(entry.getKey() + "=" + entry.getValue()))
                .toList();

        assertThat(read(Map.of(), sets)).isEqualTo(OTHER_CONFIG);
    }

    @Test
    void takesEveryKeyFromTheEnvironment() {
        Map<String, String> environment = ConfigKeys.ALL.stream()
                .collect(Collectors.toMap(ConfigKey::environmentVariable, key -> OTHER_VALUES.get(key.name())));

        assertThat(environment).containsKey("VITRINE_SERVER_MAX_BODY_BYTES");
        assertThat(read(environment, List.of())).isEqualTo(OTHER_CONFIG);
    }

    @Test
    void takesEveryKeyFromANestedFile() throws IOException {
        Path file = write("""
                model: tiny.gguf
                data: /var/vitrine
                hub: {endpoint: "http://mirror:81", token: hf_secret}
                server:
                  host: "::1"
                  port: 1
                  management-host: localhost
                  management-port: 2
                  max-body-bytes: 3KiB
                  max-header-bytes: 4KiB
                  request-read-timeout: 5s
                  idle-timeout: 6s
                  max-connections: 7
                  management-max-connections: 71
                  max-heads-in-flight: 72
                  max-headers: 73
                  reserved-descriptors: 74
                  body-memory: 75MiB
                  contended-read-timeout: 76s
                  answer-memory: 77MiB
                  allowed-hosts: inference.example
                  stream-buffer-bytes: 8192
                  stream-stall-timeout: 9s
                  shutdown-grace: 10s
                http:
                  cors.origins: https://app.example, http://localhost:3000
                  stream-keep-alive: 78s
                engine:
                  slots: 11
                  context-length: 120
                  precision: bf16
                  device: cuda:1
                  threads: 13
                  prefill-chunk: 14
                  draft-tokens: 4
                  kv-memory: 15MiB
                  prefix-cache-memory: 3MiB
                  timed-step-interval: 16
                  control-tokens-in-messages: true
                queue.limit: 17
                planning: {threads: 31, tenant-threads: 32, queue-limit: 33, tenant-queue-limit: 34}
                limits:
                  max-tokens-per-request: 180
                  default-max-tokens: 19
                  max-choices: 20
                  max-prompts: 21
                  max-stop-strings: 22
                  max-stop-length: 23
                  max-logit-bias: 24
                  max-choice-texts: 25
                  request-timeout: 250ms
                constraints: {source-bytes: 26KiB, depth: 27, states: 2800, compile-steps: 2900, token-steps: 3000,
                  cache-entries: 31, cache-memory: 32MiB}
                telemetry:
                  logs: {enabled: false, console: json, level: debug, queue: 77, console-queue: 78}
                  metrics: {enabled: false, vllm-names: true, tenants: 25}
                  traces:
                    enabled: false
                    ratio: 0.25
                    adaptive-ratio: 0.75
                    spans-per-second: 26
                    slow-first-token: 27ms
                    slow-request: 28ms
                    priority-tenants: gold, silver
                    header-tenants: lab
                    trust-parent: mesh
                    detailed-tenants: course
                    detailed-ratio: 1
                    queue-spans: 1024
                prices: {file: prices.yaml, machine-hour: 0.35, kv-gibibyte-hour: 0.01, kilowatt-hour: 0.3, cost-header: false}
                ledger: {wait: 29s}
                tenants: {file: tenants.yaml, keys-required: true}
                api: {custom-roles: "ipython, critic"}
                health: {step-limit: 9s, first-step-limit: 3m}
                gpu: {library: /opt/nvml.so, poll-interval: 300ms, dcgm-names: true, kernel-log: true}
                store:
                  enabled: false
                  sample-interval: 29s
                  queue-rows: 2048
                  spans: {max-age: 31d, max-bytes: 32MiB}
                  logs: {max-age: 33d, max-bytes: 34MiB}
                  steps: {max-age: 35d, max-bytes: 36MiB}
                  samples: {max-age: 37d, max-bytes: 38MiB}
                  gpu: {max-age: 39d, max-bytes: 40MiB}
                  warm-after: 41d
                  cold-after: 42d
                  cold-dir: /cold
                  cleanup-grace: 43h
                  memory: 128MiB
                  threads: 44
                  query-timeout: 45s
                alerts:
                  enabled: false
                  file: alerts.yaml
                  interval: 46s
                  max-series: 4700
                  external-url: https://vitrine.example/console
                  runbook-url: https://vitrine.example/runbooks/
                  delivery-attempts: 48
                  delivery-timeout: 49s
                incidents:
                  retention: 46d
                  max-count: 470
                  max-bytes: 48MiB
                  item-bytes: 49KiB
                  item-timeout: 50s
                  window: 51m
                  jfr: true
                """);

        assertThat(new ConfigReader(Map.of()).read(Optional.of(file), List.of()).config())
                .isEqualTo(OTHER_CONFIG);
    }

    @Test
    void theCommandLineWinsOverTheEnvironmentAndThatOverTheFile() throws IOException {
        Path file = write("server: {port: 1, management-port: 11}\nqueue: {limit: 21}\n");
        Map<String, String> environment = Map.of("VITRINE_SERVER_PORT", "2", "VITRINE_SERVER_MANAGEMENT_PORT", "12");
        List<Setting> sets = List.of(ConfigReader.parseSet("server.port=3"), ConfigReader.parseSet("server.port=4"));

        ServerConfig config =
                new ConfigReader(environment).read(Optional.of(file), sets).config();

        assertThat(config.server().port()).isEqualTo(4);
        assertThat(config.server().managementPort()).isEqualTo(12);
        assertThat(config.queueLimit()).isEqualTo(21);
    }

    @Test
    void anEmptyFileChangesNothing() throws IOException {
        assertThat(new ConfigReader(Map.of())
                        .read(Optional.of(write("# nothing\n")), List.of())
                        .config())
                .isEqualTo(DEFAULTS);
    }

    static Stream<Arguments> justPastALimit() {
        return Stream.of(
                Arguments.of("model", "", "must not be empty"),
                Arguments.of("data", " ", "must not be empty"),
                Arguments.of("hub.endpoint", "ftp://hub", "must be an http or https address"),
                Arguments.of("server.host", "", "must not be empty"),
                Arguments.of("server.port", "-1", "between 0 and 65535"),
                Arguments.of("server.port", "65536", "between 0 and 65535"),
                Arguments.of("server.management-port", "65536", "between 0 and 65535"),
                Arguments.of("server.max-body-bytes", "1023", "between 1KiB and 1GiB"),
                Arguments.of("server.max-body-bytes", "1073741825", "between 1KiB and 1GiB"),
                Arguments.of("server.max-header-bytes", "1048577", "between 1KiB and 1MiB"),
                Arguments.of("server.request-read-timeout", "99ms", "between 100ms and 10m"),
                Arguments.of("server.request-read-timeout", "601s", "between 100ms and 10m"),
                Arguments.of("server.idle-timeout", "3601s", "between 100ms and 1h"),
                Arguments.of("server.max-connections", "0", "between 1 and 100000"),
                Arguments.of("server.management-max-connections", "0", "between 1 and 100000"),
                Arguments.of("server.max-heads-in-flight", "0", "between 1 and 100000"),
                Arguments.of("server.max-headers", "7", "between 8 and 10000"),
                Arguments.of("server.reserved-descriptors", "-1", "between 0 and 1000000"),
                Arguments.of("server.body-memory", "1MB", "between 1MiB and 1024GiB"),
                Arguments.of("server.contended-read-timeout", "99ms", "between 100ms and 10m"),
                Arguments.of("server.answer-memory", "1023KiB", "between 1MiB and 1024GiB"),
                Arguments.of(
                        "server.allowed-hosts",
                        "a,".repeat(33)
                                + IntStream.range(0, 65)
                                        .mapToObj(String::valueOf)
                                        .collect(Collectors.joining(",")),
                        "at most 64 names"),
                Arguments.of("http.cors.origins", "https://app.example/path", "must be * or at most 64 origins"),
                Arguments.of("http.cors.origins", "*, https://app.example", "must be * or at most 64 origins"),
                Arguments.of("http.stream-keep-alive", "61m", "between 0s and 1h"),
                Arguments.of("server.stream-buffer-bytes", "1023B", "between 1KiB and 64MiB"),
                Arguments.of("server.stream-stall-timeout", "0s", "between 100ms and 1h"),
                Arguments.of("server.shutdown-grace", "61m", "between 0s and 1h"),
                Arguments.of("engine.slots", "0", "between 1 and 4096, or auto"),
                Arguments.of("engine.slots", "4097", "between 1 and 4096, or auto"),
                Arguments.of("engine.context-length", "15", "between 16 and 16777216, or auto"),
                Arguments.of("engine.precision", "int4", "one of auto, int8, bf16, float32"),
                Arguments.of("engine.device", "gpu", "must be cpu or cuda:N"),
                Arguments.of("engine.threads", "1025", "between 1 and 1024, or auto"),
                Arguments.of("engine.prefill-chunk", "0", "between 1 and 65536"),
                Arguments.of("engine.draft-tokens", "17", "between 0 and 16"),
                Arguments.of("engine.kv-memory", "1023KiB", "between 1MiB and 4096GiB"),
                Arguments.of("engine.prefix-cache-memory", "4097GiB", "between 0MiB and 4096GiB"),
                Arguments.of("engine.timed-step-interval", "0", "between 1 and 1000000"),
                Arguments.of("engine.control-tokens-in-messages", "yes", "true or false"),
                Arguments.of("queue.limit", "-1", "between 0 and 100000"),
                Arguments.of("planning.threads", "0", "between 1 and 1024"),
                Arguments.of("planning.tenant-threads", "1025", "between 1 and 1024"),
                Arguments.of("planning.queue-limit", "0", "between 1 and 100000"),
                Arguments.of("planning.tenant-queue-limit", "0", "between 1 and 100000"),
                Arguments.of("limits.max-tokens-per-request", "0", "between 1 and 16777216"),
                Arguments.of("limits.default-max-tokens", "0", "between 1 and 16777216"),
                Arguments.of("limits.max-choices", "1025", "between 1 and 1024"),
                Arguments.of("limits.max-prompts", "4097", "between 1 and 4096"),
                Arguments.of("limits.max-stop-strings", "33", "between 1 and 32"),
                Arguments.of("limits.max-stop-length", "257", "between 1 and 256"),
                Arguments.of("limits.max-logit-bias", "0", "between 1 and 1048576"),
                Arguments.of("limits.max-choice-texts", "0", "between 1 and 100000"),
                Arguments.of("constraints.depth", "1001", "between 1 and 1000"),
                Arguments.of("constraints.states", "99", "between 100 and 10000000"),
                Arguments.of("constraints.compile-steps", "999", "between 1000 and 1000000000"),
                Arguments.of("constraints.token-steps", "999", "between 1000 and 1000000000"),
                Arguments.of("constraints.cache-entries", "0", "between 1 and 100000"),
                Arguments.of("api.custom-roles", "a b", "words of at most 32 letters"),
                Arguments.of("limits.request-timeout", "25h", "between 100ms and 24h"),
                Arguments.of("telemetry.logs.enabled", "yes", "must be true or false"),
                Arguments.of("telemetry.logs.console", "xml", "one of auto, json, human"),
                Arguments.of("telemetry.logs.queue", "15", "must be a whole number between 16 and 1048576"),
                Arguments.of(
                        "telemetry.logs.console-queue", "1048577", "must be a whole number between 16 and 1048576"),
                Arguments.of("telemetry.logs.level", "fatal", "one of trace, debug, info, warn, error, off"),
                Arguments.of("telemetry.metrics.enabled", "1", "must be true or false"),
                Arguments.of("telemetry.traces.enabled", "on", "must be true or false"),
                Arguments.of("telemetry.traces.ratio", "1.01", "must be a number between 0 and 1"),
                Arguments.of("telemetry.traces.ratio", "NaN", "must be a number between 0 and 1"),
                Arguments.of("telemetry.traces.adaptive-ratio", "-0.1", "must be a number between 0 and 1"),
                Arguments.of("telemetry.traces.spans-per-second", "0", "must be a whole number between 1 and 10000000"),
                Arguments.of("telemetry.traces.slow-first-token", "0ms", "must be a time between 1ms and 24h"),
                Arguments.of("telemetry.traces.slow-request", "25h", "must be a time between 1ms and 24h"),
                Arguments.of("telemetry.traces.priority-tenants", tooManyNames(), "must be at most 1000 names"),
                Arguments.of("telemetry.traces.trust-parent", tooManyNames(), "must be at most 1000 names"),
                Arguments.of("telemetry.traces.detailed-ratio", "half", "must be a number between 0 and 1"),
                Arguments.of("telemetry.traces.queue-spans", "511", "must be a whole number between 512 and 10000000"),
                Arguments.of("health.step-limit", "99ms", "between 100ms and 1h"),
                Arguments.of("health.first-step-limit", "61m", "between 100ms and 1h"),
                Arguments.of("gpu.library", " ", "must not be empty"),
                Arguments.of("gpu.poll-interval", "99ms", "between 100ms and 1m"),
                Arguments.of("gpu.dcgm-names", "yes", "must be true or false"),
                Arguments.of("gpu.kernel-log", "1", "must be true or false"),
                Arguments.of("store.enabled", "maybe", "must be true or false"),
                Arguments.of("store.sample-interval", "999ms", "must be a time between 1s and 1h"),
                Arguments.of("store.queue-rows", "1023", "must be a whole number between 1024 and 10000000"),
                Arguments.of("store.spans.max-age", "36501d", "must be a time between 0d and 36500d"),
                Arguments.of("store.spans.max-bytes", "1023KiB", "must be a size between 1MiB and 1048576GiB"),
                Arguments.of("store.logs.max-age", "-1d", "must be a time between 0d and 36500d"),
                Arguments.of("store.logs.max-bytes", "0", "must be a size between 1MiB and 1048576GiB"),
                Arguments.of("store.steps.max-age", "two weeks", "must be a time between 0d and 36500d"),
                Arguments.of("store.steps.max-bytes", "much", "must be a size between 1MiB and 1048576GiB"),
                Arguments.of("store.samples.max-age", "1w", "must be a time between 0d and 36500d"),
                Arguments.of("store.samples.max-bytes", "1TiB", "must be a size between 1MiB and 1048576GiB"),
                Arguments.of("store.gpu.max-age", "", "must be a time between 0d and 36500d"),
                Arguments.of("store.gpu.max-bytes", "", "must be a size between 1MiB and 1048576GiB"),
                Arguments.of("store.warm-after", "3651d", "must be a time between 0d and 3650d"),
                Arguments.of("store.cold-after", "36501d", "must be a time between 0d and 36500d"),
                Arguments.of("store.cleanup-grace", "366d", "must be a time between 0s and 365d"),
                Arguments.of("store.memory", "63MiB", "must be a size between 64MiB and 1024GiB"),
                Arguments.of("store.threads", "0", "must be a whole number between 1 and 64"),
                Arguments.of("store.query-timeout", "99ms", "must be a time between 100ms and 10m"),
                Arguments.of("incidents.retention", "23h", "must be a time between 1d and 36500d"),
                Arguments.of("incidents.max-count", "99", "must be a whole number between 100 and 1000000"),
                Arguments.of("incidents.max-bytes", "1023KiB", "must be a size between 1MiB and 1024GiB"),
                Arguments.of("incidents.item-bytes", "65MiB", "must be a size between 1KiB and 64MiB"),
                Arguments.of("incidents.item-timeout", "9ms", "must be a time between 10ms and 5m"),
                Arguments.of("incidents.window", "59s", "must be a time between 1m and 24h"),
                Arguments.of("incidents.jfr", "maybe", "must be true or false"),
                Arguments.of("alerts.interval", "999ms", "must be a time between 1s and 1m"),
                Arguments.of("alerts.max-series", "99", "must be a whole number between 100 and 1000000"),
                Arguments.of("alerts.external-url", "ftp://host", "must be an http or https address"),
                Arguments.of("alerts.runbook-url", "docs/runbooks", "must end with a slash"),
                Arguments.of("alerts.delivery-attempts", "0", "must be a whole number between 1 and 100000"),
                Arguments.of("alerts.delivery-timeout", "99ms", "must be a time between 100ms and 5m"));
    }

    private static String tooManyNames() {
        return IntStream.rangeClosed(0, 1_000).mapToObj(index -> "t" + index).collect(Collectors.joining(","));
    }

    @ParameterizedTest
    @MethodSource("justPastALimit")
    void refusesAValuePastItsLimitNamingKeyValueAndLimit(String key, String value, String limit) {
        List<Setting> sets = List.of(new Setting(key, value, "--set"));

        assertThatThrownBy(() -> read(Map.of(), sets))
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith(key + " ")
                .hasMessageContaining(limit)
                .hasMessageEndingWith(": " + value + " (--set)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "16", "1.5s", "16 s", "s", "-1s", "99999999999999999s", "9999999999999h"})
    void refusesATimeThatIsNone(String value) {
        assertThatThrownBy(() -> read(Map.of(), List.of(new Setting("server.idle-timeout", value, "--set"))))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("such as 500ms, 30s or 2m");
    }

    @ParameterizedTest
    @CsvSource({
        "srever.port, server.port",
        "server.prot, server.port",
        "slots, engine.slots",
        "queue-limit, queue.limit"
    })
    void suggestsTheNearestKeyForAnUnknownOne(String unknown, String nearest) {
        assertThatThrownBy(() -> read(Map.of(), List.of(new Setting(unknown, "1", "--set"))))
                .isInstanceOf(ConfigException.class)
                .hasMessage("unknown key " + unknown + " (--set); did you mean " + nearest + "?");
    }

    @Test
    void refusesAnUnknownKeyOfTheFile() throws IOException {
        Path file = write("engine: {slot: 3}\n");

        assertThatThrownBy(() -> new ConfigReader(Map.of()).read(Optional.of(file), List.of()))
                .isInstanceOf(ConfigException.class)
                .hasMessage("unknown key engine.slot (file " + file + "); did you mean engine.slots?");
    }

    @Test
    void refusesAnUnknownVariableOfTheEnvironment() {
        assertThatThrownBy(() -> read(Map.of("VITRINE_SERVER_PROT", "1"), List.of()))
                .isInstanceOf(ConfigException.class)
                .hasMessage("unknown environment variable VITRINE_SERVER_PROT; did you mean VITRINE_SERVER_PORT?");
    }

    @Test
    void leavesOtherVariablesAlone() {
        Map<String, String> environment = Map.of(
                "VITRINE_JAVA_OPTS",
                "-Xmx1g",
                "VITRINE_HUGE_PAGES",
                "0",
                "VITRINE_TEST_MODEL",
                "x",
                "VITRINES",
                "y",
                "PATH",
                "/bin");

        assertThat(read(environment, List.of())).isEqualTo(DEFAULTS);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "server: {port: 1, port: 2}",
                "server: {port: 1}\nserver.port: 2",
                "server: [1, 2]",
                "server: {port: }",
                "- 1",
                "just text",
                "server: {port: 1",
                "a: &a [x]\nserver: {port: *a}",
                "server: !!java.net.URL [http://x]",
            })
    void refusesAFileThatIsNotAMappingOfKeysToValues(String yaml) throws IOException {
        Path file = write(yaml);

        assertThatThrownBy(() -> new ConfigReader(Map.of()).read(Optional.of(file), List.of()))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(file.toString());
    }

    @Test
    void refusesAFileThatIsNotThere() {
        Path file = folder.resolve("missing.yaml");

        assertThatThrownBy(() -> new ConfigReader(Map.of()).read(Optional.of(file), List.of()))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(file.toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0", "::", "192.168.1.10", "example.org", "127.0.0.1.example.org"})
    void needsKeysWhereOthersCanReachTheServer(String host) {
        Setting reachable = new Setting("server.host", host, "--set");

        assertThat(read(Map.of(), List.of()).needsKeys()).isFalse();
        assertThat(read(Map.of(), List.of(reachable)).needsKeys()).isTrue();
        assertThat(read(Map.of("VITRINE_TENANTS_KEYS_REQUIRED", "true"), List.of())
                        .needsKeys())
                .isTrue();
        assertThatThrownBy(() -> read(Map.of("VITRINE_TENANTS_KEYS_REQUIRED", "false"), List.of(reachable)))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("server.host must be a loopback address")
                .hasMessageEndingWith(host);
    }

    @Test
    void knowsLoopbackAddressesInEverySpelling() {
        for (String host : List.of("127.0.0.1", "127.8.9.10", "::1", "localhost")) {
            assertThat(read(Map.of(), List.of(new Setting("server.host", host, "--set")))
                            .needsKeys())
                    .as(host)
                    .isFalse();
        }
    }

    @Test
    void refusesOnePortForBothServers() {
        assertThatThrownBy(() -> read(Map.of("VITRINE_SERVER_PORT", "8081"), List.of()))
                .isInstanceOf(ConfigException.class)
                .hasMessage("server.port and server.management-port must differ: 8081");
    }

    @Test
    void refusesADefaultAboveTheMost() {
        assertThatThrownBy(() -> read(Map.of("VITRINE_LIMITS_MAX_TOKENS_PER_REQUEST", "10"), List.of()))
                .isInstanceOf(ConfigException.class)
                .hasMessage("limits.default-max-tokens must not be above limits.max-tokens-per-request: 4096 > 10");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "port", "=1"})
    void refusesASetThatIsNoAssignment(String assignment) {
        assertThatThrownBy(() -> ConfigReader.parseSet(assignment))
                .isInstanceOf(ConfigException.class)
                .hasMessage("--set takes key=value: " + assignment);
    }

    @Test
    void aSetMayHaveAnEqualsSignInItsValue() {
        assertThat(ConfigReader.parseSet("model = a=b")).isEqualTo(new Setting("model", "a=b", "--set"));
    }

    @Test
    void masksTheCredentialsOfAddresses() {
        EffectiveConfig effective = new ConfigReader(Map.of())
                .read(Optional.empty(), List.of(ConfigReader.parseSet("hub.endpoint=http://user:hunter2@mirror:81/x")));

        assertThat(effective.config().hub().endpoint().getUserInfo()).isEqualTo("user:hunter2");
        assertThat(effective.printed()).contains("http://***@mirror:81/x").doesNotContain("hunter2");
        assertThat(effective.config().toString()).doesNotContain("hunter2");
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> new ConfigReader(Map.of())
                        .read(
                                Optional.empty(),
                                List.of(ConfigReader.parseSet("hub.endpoint=ftp://user:hunter2@mirror"))))
                .withMessageContaining("ftp://***@mirror");
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> new ConfigReader(Map.of("OTEL_EXPORTER_OTLP_ENDPOINT", "ftp://user:hunter2@c"))
                        .read(Optional.empty(), List.of()))
                .withMessageContaining("ftp://***@c");
        assertThat(new ConfigReader(Map.of("OTEL_EXPORTER_OTLP_ENDPOINT", "http://user:hunter2@c:4318"))
                        .read(Optional.empty(), List.of())
                        .config()
                        .toString())
                .contains("http://***@c:4318")
                .doesNotContain("hunter2");
    }

    @Test
    void theTokenIsNeverShown() {
        EffectiveConfig effective =
                new ConfigReader(Map.of("VITRINE_HUB_TOKEN", "hf_secret")).read(Optional.empty(), List.of());

        assertThat(effective.printed()).contains("  token: '***'\n").doesNotContain("hf_secret");
        assertThat(effective.config().toString()).doesNotContain("hf_secret");
    }

    @Test
    void whatIsPrintedReadsBackAsTheSame() throws IOException {
        Map<String, String> environment = Map.of("VITRINE_MODEL", "it's: a #name", "VITRINE_ENGINE_SLOTS", "5");
        EffectiveConfig effective = new ConfigReader(environment).read(Optional.empty(), List.of());

        EffectiveConfig again = new ConfigReader(Map.of()).read(Optional.of(write(effective.printed())), List.of());

        assertThat(again).isEqualTo(effective);
        assertThat(effective.config().model()).isEqualTo("it's: a #name");
    }

    private static ServerConfig read(Map<String, String> environment, List<Setting> commandLine) {
        return new ConfigReader(environment).read(Optional.empty(), commandLine).config();
    }

    private Path write(String yaml) throws IOException {
        return Files.writeString(folder.resolve("vitrine.yaml"), yaml);
    }
}
