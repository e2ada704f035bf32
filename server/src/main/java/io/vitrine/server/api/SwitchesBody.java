package io.vitrine.server.api;

import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vitrine.observability.TelemetryPart;

/** Which parts of telemetry are on, as operators read and write it: {@code {"switches": {"traces": false}}}. */
public record SwitchesBody(Map<String, Boolean> switches) {

    private static final String SWITCHES = "switches";

    /** All that there are. */
    public static SwitchesBody of(Map<TelemetryPart, Boolean> switches) {
        Map<String, Boolean> labels = new LinkedHashMap<>();
        switches.forEach((part, on) -> labels.put(part.label(), on));
        return new SwitchesBody(labels);
    }

    /**
     * The changes that a body asks for; parts that it leaves out stay as they are.
     *
     * @throws ApiException if a part is unknown, or a value is neither true nor false
     */
    public static Map<TelemetryPart, Boolean> parse(byte[] body) {
        ObjectNode object = ApiJson.readObject(body);
        object.fieldNames().forEachRemaining(name -> {
            if (!name.equals(SWITCHES)) {
                throw ApiException.invalid(
                        JsonFields.cut(name), "the only field is " + SWITCHES + ": " + JsonFields.cut(name));
            }
        });
        JsonNode switches = new JsonFields(object).required(SWITCHES);
        if (!(switches instanceof ObjectNode changes)) {
            throw JsonFields.wrong(SWITCHES, "an object of parts and true or false", switches);
        }
        Map<TelemetryPart, Boolean> parsed = new EnumMap<>(TelemetryPart.class);
        changes.properties().forEach(change -> parsed.put(part(change.getKey()), on(change)));
        return parsed;
    }

    private static TelemetryPart part(String label) {
        return TelemetryPart.of(label)
                .orElseThrow(() -> ApiException.invalid(
                        SWITCHES,
                        "a part must be one of " + String.join(", ", TelemetryPart.labels()) + ": "
                                + JsonFields.cut(label)));
    }

    private static boolean on(Map.Entry<String, JsonNode> change) {
        if (!change.getValue().isBoolean()) {
            throw JsonFields.wrong(SWITCHES + "." + change.getKey(), "true or false", change.getValue());
        }
        return change.getValue().booleanValue();
    }
}
