package io.vitrine.server.config;

import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

import io.vitrine.observability.OtlpSettings;
import io.vitrine.observability.OtlpSettings.Protocol;
import io.vitrine.server.config.OtlpVariables.Signal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class OtlpVariablesTest {

    private static final String ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT";

    @Test
    void sendsNothingWithoutAnEndpoint() {
        assertThat(new OtlpVariables(Map.of()).target(Signal.LOGS)).isEmpty();
        assertThat(new OtlpVariables(Map.of(ENDPOINT, " ")).target(Signal.LOGS)).isEmpty();
    }

    @Test
    void hasTheStandardsDefaults() {
        OtlpSettings target = target(Map.of(ENDPOINT, "http://collector:4318"));

        assertThat(target)
                .isEqualTo(new OtlpSettings(
                        URI.create("http://collector:4318/v1/logs"),
                        Protocol.HTTP_PROTOBUF,
                        false,
                        Map.of(),
                        Duration.ofSeconds(10),
                        Map.of("service.name", "vitrine")));
    }

    @ParameterizedTest
    @CsvSource({
        "http://c:4318/, http/protobuf, http://c:4318/v1/logs",
        "https://c/base, http/protobuf, https://c/base/v1/logs",
        "http://c:4317, grpc, http://c:4317",
    })
    void addsTheSignalsPathForHttpOnly(String endpoint, String protocol, String expected) {
        OtlpSettings target = target(Map.of(ENDPOINT, endpoint, "OTEL_EXPORTER_OTLP_PROTOCOL", protocol));

        assertThat(target.endpoint()).hasToString(expected);
    }

    @Test
    void letsTheSignalsOwnVariablesWin() {
        Map<String, String> all = new HashMap<>(Map.of(
                ENDPOINT,
                "http://all:1",
                "OTEL_EXPORTER_OTLP_PROTOCOL",
                "grpc",
                "OTEL_EXPORTER_OTLP_HEADERS",
                "a=1",
                "OTEL_EXPORTER_OTLP_TIMEOUT",
                "1000",
                "OTEL_EXPORTER_OTLP_COMPRESSION",
                "none",
                "OTEL_SERVICE_NAME",
                "one",
                "OTEL_RESOURCE_ATTRIBUTES",
                "service.name=two,host.name=h%2Cost"));
        all.putAll(Map.of(
                "OTEL_EXPORTER_OTLP_LOGS_ENDPOINT", "http://own:2/as-it-is",
                "OTEL_EXPORTER_OTLP_LOGS_PROTOCOL", "http/protobuf",
                "OTEL_EXPORTER_OTLP_LOGS_HEADERS", "authorization=Bearer%20x , b = 2",
                "OTEL_EXPORTER_OTLP_LOGS_TIMEOUT", "2000",
                "OTEL_EXPORTER_OTLP_LOGS_COMPRESSION", "gzip"));

        assertThat(target(all))
                .isEqualTo(new OtlpSettings(
                        URI.create("http://own:2/as-it-is"),
                        Protocol.HTTP_PROTOBUF,
                        true,
                        Map.of("authorization", "Bearer x", "b", "2"),
                        Duration.ofSeconds(2),
                        Map.of("service.name", "one", "host.name", "h,ost")));
        assertThat(new OtlpVariables(all).target(Signal.TRACES).orElseThrow().headers())
                .isEqualTo(Map.of("a", "1"));
    }

    @Test
    void isNamedByTheResourceIfByNothingElse() {
        assertThat(new OtlpVariables(Map.of("OTEL_RESOURCE_ATTRIBUTES", "service.name=two")).serviceName())
                .isEqualTo("two");
    }

    @ParameterizedTest
    @CsvSource({"OTEL_SDK_DISABLED, true", "OTEL_LOGS_EXPORTER, none"})
    void canBeSwitchedOff(String variable, String value) {
        assertThat(new OtlpVariables(Map.of(ENDPOINT, "http://c", variable, value)).target(Signal.LOGS))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "OTEL_EXPORTER_OTLP_ENDPOINT; collector:4317; must be an http or https address",
                "OTEL_EXPORTER_OTLP_LOGS_ENDPOINT; ftp://c; must be an http or https address",
                "OTEL_EXPORTER_OTLP_PROTOCOL; http/json; must be grpc or http/protobuf",
                "OTEL_EXPORTER_OTLP_COMPRESSION; zstd; must be gzip or none",
                "OTEL_EXPORTER_OTLP_TIMEOUT; 0; must be a whole number between 1 and 600000",
            })
    void refusesAValueThatIsNone(String variable, String value, String rule) {
        Map<String, String> environment = new HashMap<>(Map.of(ENDPOINT, "http://c"));
        environment.put(variable, value);

        assertThatThrownBy(() -> target(environment))
                .isInstanceOf(ConfigException.class)
                .hasMessage(variable + " " + rule + ": " + value);
    }

    @ParameterizedTest
    @CsvSource({"secret", "=secret", "a=%secret", "'a=1,'"})
    void refusesHeadersThatAreNoneWithoutQuotingThem(String headers) {
        assertThatThrownBy(() -> target(Map.of(ENDPOINT, "http://c", "OTEL_EXPORTER_OTLP_HEADERS", headers)))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("OTEL_EXPORTER_OTLP_HEADERS")
                .message()
                .doesNotContain("secret");
    }

    private static OtlpSettings target(Map<String, String> environment) {
        return new OtlpVariables(environment).target(Signal.LOGS).orElseThrow();
    }
}
