package io.vitrine.server.config;

import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

import io.vitrine.observability.OtlpSettings;
import io.vitrine.observability.OtlpSettings.Protocol;

/**
 * Reads OpenTelemetry's standard variables: where each signal is sent, and what it is said to be from. A signal's own
 * variable wins over the one for all; without an endpoint it is sent nowhere. An empty variable counts as none.
 */
final class OtlpVariables {

    /** What can be sent. */
    enum Signal {
        LOGS,
        METRICS,
        TRACES
    }

    private static final String DEFAULT_SERVICE_NAME = "vitrine";
    private static final String RESOURCE_ATTRIBUTES = "OTEL_RESOURCE_ATTRIBUTES";
    private static final String PREFIX = "OTEL_EXPORTER_OTLP_";
    private static final ValueType<Integer> TIMEOUT_MILLIS = ValueType.integer(1, 600_000);

    private final Map<String, String> environment;

    OtlpVariables(Map<String, String> environment) {
        this.environment = environment;
    }

    /** Names this server. */
    String serviceName() {
        return value("OTEL_SERVICE_NAME")
                .or(() -> Optional.ofNullable(resourceAttributes().get("service.name")))
                .orElse(DEFAULT_SERVICE_NAME);
    }

    /** Where a signal is sent; empty for nowhere. */
    Optional<OtlpSettings> target(Signal signal) {
        boolean off = value("OTEL_SDK_DISABLED")
                        .filter("true"::equalsIgnoreCase)
                        .isPresent()
                || value("OTEL_" + signal + "_EXPORTER").filter("none"::equals).isPresent();
        return off ? Optional.empty() : endpoint(signal).map(endpoint -> target(signal, endpoint));
    }

    private OtlpSettings target(Signal signal, URI endpoint) {
        return new OtlpSettings(
                endpoint,
                protocol(signal),
                gzip(signal),
                setting(signal, "HEADERS").map(this::pairs).orElse(Map.of()),
                timeout(signal),
                resource());
    }

    /** A signal's own endpoint is taken as it is; to the one for all, HTTP adds the signal's path. */
    private Optional<URI> endpoint(Signal signal) {
        Optional<URI> own = address(PREFIX + signal + "_ENDPOINT");
        return own.or(() -> address(PREFIX + "ENDPOINT")
                .map(all -> protocol(signal) == Protocol.GRPC ? all : withPath(all, signal)));
    }

    private static URI withPath(URI endpoint, Signal signal) {
        String base = endpoint.toString();
        return URI.create(
                base + (base.endsWith("/") ? "" : "/") + "v1/" + signal.name().toLowerCase(Locale.ROOT));
    }

    private Optional<URI> address(String variable) {
        return value(variable).map(text -> parse(variable, text, ValueType.httpAddress()));
    }

    private Protocol protocol(Signal signal) {
        Optional<String> protocol = setting(signal, "PROTOCOL");
        return protocol.map(name -> switch (name) {
                    case "grpc" -> Protocol.GRPC;
                    case "http/protobuf" -> Protocol.HTTP_PROTOBUF;
                    default -> throw wrong(signal, "PROTOCOL", "must be grpc or http/protobuf", name);
                })
                .orElse(Protocol.HTTP_PROTOBUF);
    }

    private boolean gzip(Signal signal) {
        Optional<String> compression = setting(signal, "COMPRESSION");
        return compression
                .map(name -> switch (name) {
                    case "gzip" -> true;
                    case "none" -> false;
                    default -> throw wrong(signal, "COMPRESSION", "must be gzip or none", name);
                })
                .orElse(false);
    }

    private Duration timeout(Signal signal) {
        return Duration.ofMillis(setting(signal, "TIMEOUT")
                .map(text -> parse(variable(signal, "TIMEOUT"), text, TIMEOUT_MILLIS))
                .orElse(10_000));
    }

    private Map<String, String> resource() {
        Map<String, String> resource = new LinkedHashMap<>(resourceAttributes());
        resource.put("service.name", serviceName());
        return resource;
    }

    private Map<String, String> resourceAttributes() {
        return value(RESOURCE_ATTRIBUTES).map(this::pairs).orElse(Map.of());
    }

    /** {@code key=value,key2=value2} with percent escapes, as W3C's baggage writes it. The text is no part of a message: it may be a secret. */
    private Map<String, String> pairs(String text) {
        Map<String, String> pairs = new LinkedHashMap<>();
        for (String pair : text.split(",", -1)) {
            int equals = pair.indexOf('=');
            if (equals < 1) {
                throw new ConfigException(PREFIX + "HEADERS and " + RESOURCE_ATTRIBUTES
                        + " must be key=value pairs with commas between them");
            }
            pairs.put(decoded(pair.substring(0, equals)), decoded(pair.substring(equals + 1)));
        }
        return pairs;
    }

    private static String decoded(String text) {
        try {
            return URLDecoder.decode(text.strip().replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw new ConfigException(
                    "a percent escape of " + PREFIX + "HEADERS or " + RESOURCE_ATTRIBUTES + " is none", e);
        }
    }

    private Optional<String> setting(Signal signal, String name) {
        return value(variable(signal, name));
    }

    /** The signal's own variable if it is set, else the one for all. */
    private String variable(Signal signal, String name) {
        String own = PREFIX + signal + "_" + name;
        return value(own).isPresent() ? own : PREFIX + name;
    }

    private Optional<String> value(String variable) {
        return Optional.ofNullable(environment.get(variable)).map(String::strip).filter(text -> !text.isEmpty());
    }

    private <T> T parse(String variable, String text, ValueType<T> type) {
        try {
            return type.parse(text);
        } catch (IllegalArgumentException e) {
            throw new ConfigException(variable + " " + e.getMessage() + ": " + text, e);
        }
    }

    private ConfigException wrong(Signal signal, String name, String rule, String value) {
        return new ConfigException(variable(signal, name) + " " + rule + ": " + value);
    }
}
