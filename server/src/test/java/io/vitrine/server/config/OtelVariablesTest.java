package io.vitrine.server.config;

import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

import io.vitrine.observability.OtlpSettings;
import io.vitrine.observability.OtlpSettings.Protocol;
import io.vitrine.server.config.ServerConfig.OtelConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class OtelVariablesTest {

    private static final String ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT";
    private static final String METRICS_ENDPOINT = "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT";

    @Test
    void nothingIsExportedWhileNoEndpointIsGiven() {
        assertThat(read(Map.of())).isEqualTo(OtelConfig.NONE);
        assertThat(read(Map.of("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc", ENDPOINT, " ")))
                .isEqualTo(OtelConfig.NONE);
    }

    @Test
    void anEndpointOfAllSignalsIsABaseAddressForHttpAndTheWholeForGrpc() {
        assertThat(metrics(Map.of(ENDPOINT, "http://c:4318")).endpoint())
                .isEqualTo(URI.create("http://c:4318/v1/metrics"));
        assertThat(metrics(Map.of(ENDPOINT, "http://c/x/")).endpoint()).isEqualTo(URI.create("http://c/x/v1/metrics"));
        OtlpSettings grpc = metrics(Map.of(ENDPOINT, "http://c:4317", "OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"));
        assertThat(grpc.endpoint()).isEqualTo(URI.create("http://c:4317"));
        assertThat(grpc.protocol()).isEqualTo(Protocol.GRPC);
    }

    @Test
    void aVariableOfTheSignalWins() {
        OtlpSettings settings = metrics(Map.of(
                ENDPOINT,
                "http://all:1",
                METRICS_ENDPOINT,
                "http://own:2/path",
                "OTEL_EXPORTER_OTLP_PROTOCOL",
                "grpc",
                "OTEL_EXPORTER_OTLP_METRICS_PROTOCOL",
                "http/protobuf",
                "OTEL_EXPORTER_OTLP_HEADERS",
                "a=1",
                "OTEL_EXPORTER_OTLP_METRICS_HEADERS",
                "b=x%3Dy, c = 3 ",
                "OTEL_EXPORTER_OTLP_METRICS_TIMEOUT",
                "500",
                "OTEL_EXPORTER_OTLP_METRICS_COMPRESSION",
                "gzip",
                "OTEL_METRIC_EXPORT_INTERVAL",
                "15000"));

        assertThat(settings)
                .isEqualTo(new OtlpSettings(
                        URI.create("http://own:2/path"),
                        Protocol.HTTP_PROTOBUF,
                        true,
                        Map.of("b", "x=y", "c", "3"),
                        Duration.ofMillis(500),
                        Duration.ofSeconds(15)));
    }

    @Test
    void headersAreNotShown() {
        assertThat(metrics(Map.of(ENDPOINT, "http://c", "OTEL_EXPORTER_OTLP_HEADERS", "authorization=Bearer%20secret"))
                        .toString())
                .contains("authorization")
                .doesNotContain("secret");
    }

    @Test
    void anExportThatIsSwitchedOffIsOff() {
        assertThat(read(Map.of(ENDPOINT, "http://c", "OTEL_SDK_DISABLED", "true"))
                        .metrics())
                .isEmpty();
        assertThat(read(Map.of(ENDPOINT, "http://c", "OTEL_METRICS_EXPORTER", "none"))
                        .metrics())
                .isEmpty();
        assertThat(read(Map.of(ENDPOINT, "http://c", "OTEL_METRICS_EXPORTER", "none"))
                        .logs())
                .isPresent();
        assertThat(read(Map.of(ENDPOINT, "http://c", "OTEL_LOGS_EXPORTER", "none"))
                        .logs())
                .isEmpty();
    }

    @Test
    void spansGoToEveryBackEndWithAnEndpointUnlessExportersAreListed() {
        String zipkin = "OTEL_EXPORTER_ZIPKIN_ENDPOINT";
        Map<String, String> both = Map.of(ENDPOINT, "http://c:4318", zipkin, "http://z:9411/api/v2/spans");

        assertThat(read(both).traces().orElseThrow().endpoint()).isEqualTo(URI.create("http://c:4318/v1/traces"));
        assertThat(read(both).zipkin()).contains(URI.create("http://z:9411/api/v2/spans"));

        OtelConfig zipkinOnly = read(with(both, "OTEL_TRACES_EXPORTER", "zipkin"));
        assertThat(zipkinOnly.traces()).isEmpty();
        assertThat(zipkinOnly.zipkin()).isPresent();
        OtelConfig listed = read(with(both, "OTEL_TRACES_EXPORTER", "otlp, zipkin"));
        assertThat(listed.traces()).isPresent();
        assertThat(listed.zipkin()).isPresent();
        OtelConfig none = read(with(both, "OTEL_TRACES_EXPORTER", "none"));
        assertThat(none.traces()).isEmpty();
        assertThat(none.zipkin()).isEmpty();
    }

    private static Map<String, String> with(Map<String, String> variables, String name, String value) {
        Map<String, String> all = new HashMap<>(variables);
        all.put(name, value);
        return all;
    }

    @Test
    void whoTellsIsReadToo() {
        OtelConfig otel = read(Map.of("OTEL_SERVICE_NAME", "chat", "OTEL_RESOURCE_ATTRIBUTES", "a=b"));

        assertThat(otel.serviceName()).isEqualTo("chat");
        assertThat(otel.resourceAttributes()).isEqualTo("a=b");
    }

    @ParameterizedTest
    @CsvSource({
        "OTEL_EXPORTER_OTLP_ENDPOINT, ftp://c",
        "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT, nowhere",
        "OTEL_EXPORTER_ZIPKIN_ENDPOINT, nowhere",
        "OTEL_EXPORTER_OTLP_PROTOCOL, http/json",
        "OTEL_EXPORTER_OTLP_COMPRESSION, zstd",
        "OTEL_EXPORTER_OTLP_TIMEOUT, 0",
        "OTEL_METRIC_EXPORT_INTERVAL, soon",
        "OTEL_RESOURCE_ATTRIBUTES, nonsense"
    })
    void aValueThatCannotBeUsedIsRefusedByName(String variable, String value) {
        Map<String, String> environment = new HashMap<>(Map.of(METRICS_ENDPOINT, "http://c"));
        if (variable.equals(ENDPOINT)) {
            environment.clear();
        }
        environment.put(variable, value);

        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> read(environment))
                .withMessageContaining(value);
    }

    @Test
    void headersThatAreNoneAreRefusedWithoutShowingThem() {
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> read(Map.of(ENDPOINT, "http://c", "OTEL_EXPORTER_OTLP_HEADERS", "secret")))
                .withMessageContaining("HEADERS")
                .withMessageNotContaining("secret");
    }

    @Test
    void eachSignalHasItsOwnAddress() {
        assertThat(read(Map.of(ENDPOINT, "http://c:4318")).logs().orElseThrow().endpoint())
                .isEqualTo(URI.create("http://c:4318/v1/logs"));
    }

    private static OtlpSettings metrics(Map<String, String> environment) {
        return read(environment).metrics().orElseThrow();
    }

    private static OtelConfig read(Map<String, String> environment) {
        return new OtelVariables(environment).read();
    }
}
