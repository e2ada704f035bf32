package io.vitrine.server.history;

import java.util.ArrayList;
import java.util.List;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.opentelemetry.api.common.AttributeKey;
import io.vitrine.observability.catalogue.LogField;
import org.jspecify.annotations.Nullable;

/** The JSON that rows carry, read. One that cannot be read is empty: a row of it is still worth showing. */
final class Attributes {

    private static final ObjectMapper MAPPER = new ObjectMapper();

    private Attributes() {}

    static ObjectNode read(String json) {
        try {
            return MAPPER.readTree(json) instanceof ObjectNode object ? object : MAPPER.createObjectNode();
        } catch (JsonProcessingException e) {
            return MAPPER.createObjectNode();
        }
    }

    static @Nullable String text(ObjectNode attributes, AttributeKey<String> key) {
        JsonNode value = attributes.get(key.getKey());
        return value == null ? null : value.asText();
    }

    static long number(ObjectNode attributes, AttributeKey<Long> key) {
        return attributes.path(key.getKey()).asLong();
    }

    static @Nullable String text(ObjectNode fields, LogField field) {
        JsonNode value = fields.get(field.key());
        return value == null ? null : value.asText();
    }

    static double number(ObjectNode fields, LogField field) {
        return fields.path(field.key()).asDouble();
    }

    /** Takes a list out of it. */
    static List<JsonNode> take(ObjectNode attributes, String name) {
        List<JsonNode> things = new ArrayList<>();
        JsonNode taken = attributes.remove(name);
        if (taken != null) {
            taken.forEach(things::add);
        }
        return things;
    }
}
