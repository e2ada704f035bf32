package io.vitrine.observability;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import io.opentelemetry.sdk.resources.Resource;

/**
 * Who tells: attributes that traces, metrics and logs carry alike when they are exported, so that a back end knows that they
 * are of one server. Names are those of OpenTelemetry's resource conventions.
 *
 * @param values by name, in the order in which they are sent
 */
public record ResourceAttributes(Map<String, String> values) {

    private static final String SERVICE_NAME = "service.name";

    public ResourceAttributes {
        values = Map.copyOf(values);
    }

    /**
     * The attributes of this server.
     *
     * @param serviceName {@code OTEL_SERVICE_NAME}; blank if it is not set, and then {@code listed} may have it
     * @param instanceId no other server has it, and this one only until it stops
     * @param listed {@code OTEL_RESOURCE_ATTRIBUTES}: {@code name=value} pairs with commas between, values percent-encoded;
     *     it wins over what is known here but for a service name that is set
     * @throws IllegalArgumentException if {@code listed} is no such list
     */
    public static ResourceAttributes of(
            String serviceName, String version, String instanceId, String hostName, String listed) {
        Map<String, String> values = new LinkedHashMap<>();
        values.put(SERVICE_NAME, "vitrine");
        values.put("service.version", version);
        values.put("service.instance.id", instanceId);
        values.put("host.name", hostName);
        values.putAll(parse(listed));
        if (!serviceName.isBlank()) {
            values.put(SERVICE_NAME, serviceName);
        }
        return new ResourceAttributes(values);
    }

    /** As the SDK has them. */
    public Resource toResource() {
        AttributesBuilder attributes = Attributes.builder();
        values.forEach(attributes::put);
        return Resource.getDefault().merge(Resource.create(attributes.build()));
    }

    /** {@code service.name}. */
    public String serviceName() {
        return values.getOrDefault(SERVICE_NAME, "");
    }

    private static Map<String, String> parse(String listed) {
        Map<String, String> values = new LinkedHashMap<>();
        for (String pair : listed.split(",", -1)) {
            int equals = pair.indexOf('=');
            if (equals > 0) {
                // URLDecoder takes a plus sign for a space, which is a form's rule and not this list's.
                String value = pair.substring(equals + 1).strip().replace("+", "%2B");
                values.put(pair.substring(0, equals).strip(), URLDecoder.decode(value, StandardCharsets.UTF_8));
            } else if (!pair.isBlank()) {
                throw new IllegalArgumentException("must be name=value pairs with commas between: " + listed);
            }
        }
        return values;
    }
}
