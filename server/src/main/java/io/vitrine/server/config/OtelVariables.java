package io.vitrine.server.config;

import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

import io.vitrine.model.terminal.ShownText;
import io.vitrine.observability.OtlpSettings;
import io.vitrine.observability.OtlpSettings.Protocol;
import io.vitrine.observability.ResourceAttributes;
import io.vitrine.server.config.ServerConfig.OtelConfig;

/**
 * Reads the variables that OpenTelemetry's specification gives every program ("OpenTelemetry Protocol Exporter" and
 * "Environment Variable Specification"). A variable of one signal wins over that of all; an empty one counts as not set.
 * The SDK's own reader would take system properties and the environment past {@link ConfigReader}, and start exporters that
 * nobody asked for.
 */
final class OtelVariables {

    private static final String ALL_SIGNALS = "OTEL_EXPORTER_OTLP_";
    private static final String PATH_VERSION = "v1/";
    private static final Pattern POSITIVE = Pattern.compile("[1-9][0-9]{0,8}");
    private static final String DEFAULT_TIMEOUT = "10000";
    private static final String DEFAULT_INTERVAL = "60000";

    private final Map<String, String> environment;

    OtelVariables(Map<String, String> environment) {
        this.environment = environment;
    }

    OtelConfig read() {
        return new OtelConfig(
                value("OTEL_SERVICE_NAME").orElse(""),
                resourceAttributes(),
                signal("logs"),
                signal("metrics"),
                signal("traces"),
                zipkin());
    }

    private String resourceAttributes() {
        String listed = value("OTEL_RESOURCE_ATTRIBUTES").orElse("");
        try {
            ResourceAttributes.of("", "", "", "", listed);
        } catch (IllegalArgumentException e) {
            throw new ConfigException("OTEL_RESOURCE_ATTRIBUTES " + e.getMessage(), e);
        }
        return listed;
    }

    private boolean disabled() {
        return value("OTEL_SDK_DISABLED").orElse("").equalsIgnoreCase("true");
    }

    /** Absent while no endpoint is given. */
    private Optional<OtlpSettings> signal(String signal) {
        return exports(signal, "otlp") ? settings(signal) : Optional.empty();
    }

    private Optional<URI> zipkin() {
        String variable = "OTEL_EXPORTER_ZIPKIN_ENDPOINT";
        return exports("traces", "zipkin") ? value(variable).map(text -> address(variable, text)) : Optional.empty();
    }

    /** Whether a signal may go out by {@code exporter}: any that has an endpoint, unless exporters are listed. */
    private boolean exports(String signal, String exporter) {
        Optional<String> listed = value("OTEL_" + signal.toUpperCase(Locale.ROOT) + "_EXPORTER");
        return !disabled()
                && listed.map(names -> Arrays.stream(names.split(",", -1))
                                .anyMatch(name -> name.strip().equals(exporter)))
                        .orElse(true);
    }

    private Optional<OtlpSettings> settings(String signal) {
        Protocol protocol = protocol(signal);
        return endpoint(signal, protocol)
                .map(endpoint -> new OtlpSettings(
                        endpoint,
                        protocol,
                        gzip(signal),
                        headers(signal),
                        millis(
                                named(signal, "TIMEOUT"),
                                ofSignalOrAll(signal, "TIMEOUT").orElse(DEFAULT_TIMEOUT)),
                        millis(
                                "OTEL_METRIC_EXPORT_INTERVAL",
                                value("OTEL_METRIC_EXPORT_INTERVAL").orElse(DEFAULT_INTERVAL))));
    }

    private Protocol protocol(String signal) {
        String text = ofSignalOrAll(signal, "PROTOCOL").orElse("http/protobuf");
        return switch (text) {
            case "grpc" -> Protocol.GRPC;
            case "http/protobuf" -> Protocol.HTTP_PROTOBUF;
            default -> throw new ConfigException(named(signal, "PROTOCOL") + " must be grpc or http/protobuf: " + text);
        };
    }

    private boolean gzip(String signal) {
        String text = ofSignalOrAll(signal, "COMPRESSION").orElse("none");
        return switch (text) {
            case "gzip" -> true;
            case "none" -> false;
            default -> throw new ConfigException(named(signal, "COMPRESSION") + " must be gzip or none: " + text);
        };
    }

    /** An endpoint of all signals is a base address, to which HTTP adds the signal's path; one signal's is taken as it is. */
    private Optional<URI> endpoint(String signal, Protocol protocol) {
        Optional<String> own = value(named(signal, "ENDPOINT"));
        if (own.isPresent()) {
            return own.map(text -> address(named(signal, "ENDPOINT"), text));
        }
        String variable = ALL_SIGNALS + "ENDPOINT";
        return value(variable)
                .map(base -> protocol == Protocol.GRPC ? base : withSlash(base) + PATH_VERSION + signal)
                .map(text -> address(variable, text));
    }

    private static String withSlash(String base) {
        return base.endsWith("/") ? base : base + "/";
    }

    private static URI address(String variable, String text) {
        try {
            return ValueType.httpAddress().parse(text);
        } catch (IllegalArgumentException e) {
            throw new ConfigException(variable + " " + e.getMessage() + ": " + ShownText.withoutCredentials(text), e);
        }
    }

    /** The value of a wrong one is not shown: it may be a credential. */
    private Map<String, String> headers(String signal) {
        Map<String, String> headers = new LinkedHashMap<>();
        for (String pair : ofSignalOrAll(signal, "HEADERS").orElse("").split(",", -1)) {
            int equals = pair.indexOf('=');
            if (equals > 0) {
                String value = pair.substring(equals + 1).strip().replace("+", "%2B");
                headers.put(pair.substring(0, equals).strip(), URLDecoder.decode(value, StandardCharsets.UTF_8));
            } else if (!pair.isBlank()) {
                throw new ConfigException(
                        named(signal, "HEADERS") + " must be name=value pairs with commas between them");
            }
        }
        return headers;
    }

    private static Duration millis(String variable, String text) {
        if (!POSITIVE.matcher(text).matches()) {
            throw new ConfigException(variable + " must be a number of milliseconds above 0: " + text);
        }
        return Duration.ofMillis(Long.parseLong(text));
    }

    private Optional<String> ofSignalOrAll(String signal, String what) {
        return value(named(signal, what)).or(() -> value(ALL_SIGNALS + what));
    }

    private static String named(String signal, String what) {
        return ALL_SIGNALS + signal.toUpperCase(Locale.ROOT) + "_" + what;
    }

    private Optional<String> value(String variable) {
        return Optional.ofNullable(environment.get(variable)).map(String::strip).filter(text -> !text.isEmpty());
    }
}
