package io.vitrine.observability;

import java.util.Map;
import java.util.UUID;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.sdk.autoconfigure.ResourceConfiguration;
import io.opentelemetry.sdk.autoconfigure.spi.ConfigProperties;
import io.opentelemetry.sdk.autoconfigure.spi.internal.DefaultConfigProperties;
import io.opentelemetry.sdk.resources.Resource;
import io.vitrine.observability.catalogue.SpanAttributes;

/**
 * What OpenTelemetry's standard variables say ({@code OTEL_EXPORTER_OTLP_ENDPOINT} and so on), for every signal, and the one
 * resource that all signals name as their source.
 */
public final class OpenTelemetrySettings {

    private static final String ENDPOINT = "otel.exporter.otlp.endpoint";

    private final ConfigProperties properties;
    private final Resource resource;

    /**
     * Reads the variables.
     *
     * @param variables of the environment; those that do not begin with {@code OTEL_} are not looked at
     * @param serviceName unless {@code OTEL_SERVICE_NAME} or {@code OTEL_RESOURCE_ATTRIBUTES} says otherwise
     * @param hostName of the machine; empty if it is not known
     */
    public OpenTelemetrySettings(
            Map<String, String> variables, String serviceName, String serviceVersion, String hostName) {
        properties = DefaultConfigProperties.createFromMap(variables);
        Resource own = Resource.create(Attributes.builder()
                .put(SpanAttributes.SERVICE_NAME, serviceName)
                .put(SpanAttributes.SERVICE_VERSION, serviceVersion)
                .put(SpanAttributes.SERVICE_INSTANCE, UUID.randomUUID().toString())
                .put(SpanAttributes.HOST_NAME, hostName.isEmpty() ? null : hostName)
                .build());
        resource = Resource.getDefault().merge(own).merge(ResourceConfiguration.createEnvironmentResource(properties));
    }

    /** Nothing is exported. */
    public static OpenTelemetrySettings none() {
        return new OpenTelemetrySettings(Map.of(), "vitrine", "unknown", "");
    }

    /** Who all of it is about. */
    public Resource resource() {
        return resource;
    }

    /** All of them, in the form that the SDK's own exporters are made from. */
    public ConfigProperties properties() {
        return properties;
    }

    /** Whether an endpoint is given that takes {@code signal}: {@code traces}, {@code metrics} or {@code logs}. */
    public boolean exportsByOtlp(String signal) {
        boolean given = properties.getString(ENDPOINT) != null
                || properties.getString("otel.exporter.otlp." + signal + ".endpoint") != null;
        return given && !"none".equals(properties.getString("otel." + signal + ".exporter"));
    }
}
