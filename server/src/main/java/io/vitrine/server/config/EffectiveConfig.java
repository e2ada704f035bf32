package io.vitrine.server.config;

import java.util.Map;

/**
 * The configuration, and how to show it.
 *
 * @param printed every key with its value as YAML, secrets masked
 * @param openTelemetry the variables of OpenTelemetry's own, {@code OTEL_…}, as they were found; some may be secrets
 */
public record EffectiveConfig(ServerConfig config, String printed, Map<String, String> openTelemetry) {

    public EffectiveConfig {
        openTelemetry = Map.copyOf(openTelemetry);
    }
}
