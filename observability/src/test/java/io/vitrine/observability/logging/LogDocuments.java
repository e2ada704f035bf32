package io.vitrine.observability.logging;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vitrine.observability.catalogue.EventName;
import io.vitrine.observability.catalogue.LogField;

/**
 * The two documents that others read our log by, made from the catalogue: the JSON schema of a line and the index template
 * for Elasticsearch. {@link #main} writes both; a test holds the committed ones to them.
 */
final class LogDocuments {

    static final Path SCHEMA = Path.of("src/main/resources/io/vitrine/observability/logging/log-line.schema.json");
    static final Path INDEX_TEMPLATE = Path.of("../deploy/logs/elasticsearch/index-template.json");

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private static final Map<LogField, String> PATTERNS = Map.of(
            LogField.TIMESTAMP, "^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}\\.\\d{3}Z$",
            LogField.TRACE_ID, "^[0-9a-f]{32}$",
            LogField.SPAN_ID, "^[0-9a-f]{16}$",
            LogField.GPU_ID, "^cuda:\\d+$");

    private LogDocuments() {}

    /** Writes both; in the module's folder. */
    public static void main(String[] arguments) throws IOException {
        Files.writeString(SCHEMA, schema());
        Files.createDirectories(INDEX_TEMPLATE.getParent());
        Files.writeString(INDEX_TEMPLATE, indexTemplate());
    }

    static String schema() {
        ObjectNode schema = JSON.objectNode()
                .put("$schema", "https://json-schema.org/draft/2020-12/schema")
                .put("$id", "urn:vitrine:log-line")
                .put("title", "One line of Vitrine's log")
                .put("type", "object");
        schema.set("required", keys(EventName.COMMON_FIELDS));
        ObjectNode properties = schema.putObject("properties");
        for (LogField field : LogField.values()) {
            properties.set(field.key(), property(field));
        }
        schema.put("additionalProperties", false);
        ArrayNode events = schema.putArray("oneOf");
        for (EventName event : EventName.values()) {
            events.add(event(event));
        }
        return text(schema);
    }

    private static ObjectNode property(LogField field) {
        ObjectNode property = JSON.objectNode()
                .put("description", field.meaning())
                .put("type", field.type().name().toLowerCase(Locale.ROOT));
        if (!field.allowedValues().isEmpty()) {
            ArrayNode values = property.putArray("enum");
            field.allowedValues().forEach(values::add);
        }
        if (PATTERNS.containsKey(field)) {
            property.put("pattern", PATTERNS.get(field));
        }
        if (isCount(field.type())) {
            property.put("minimum", 0);
        }
        return property;
    }

    /** Every number of ours counts or measures something. */
    private static boolean isCount(LogField.Type type) {
        return type == LogField.Type.INTEGER || type == LogField.Type.NUMBER;
    }

    private static ObjectNode event(EventName event) {
        ObjectNode line = JSON.objectNode();
        ObjectNode properties = line.putObject("properties");
        properties.putObject(LogField.EVENT.key()).put("const", event.label());
        properties
                .putObject(LogField.CATEGORY.key())
                .put("const", event.category().label());
        line.set("required", keys(event.requiredFields()));
        line.putObject("propertyNames").set("enum", keys(event.allowedFields()));
        return line;
    }

    private static ArrayNode keys(Collection<LogField> fields) {
        ArrayNode keys = JSON.arrayNode();
        fields.forEach(field -> keys.add(field.key()));
        return keys;
    }

    static String indexTemplate() {
        ObjectNode template = JSON.objectNode();
        template.putArray("index_patterns").add("vitrine-*");
        template.putObject("data_stream");
        template.put("priority", 200);
        ObjectNode mappings = template.putObject("template").putObject("mappings");
        mappings.put("dynamic", false);
        ObjectNode properties = mappings.putObject("properties");
        // The time that Elasticsearch goes by; shippers copy our timestamp into it.
        properties.putObject("@timestamp").put("type", "date");
        for (LogField field : LogField.values()) {
            properties.set(field.key(), mapping(field));
        }
        return text(template);
    }

    private static ObjectNode mapping(LogField field) {
        String type = field == LogField.TIMESTAMP
                ? "date"
                : switch (field.type()) {
                    case STRING -> isProse(field) ? "text" : "keyword";
                    case INTEGER -> "long";
                    case NUMBER -> "double";
                    case BOOLEAN -> "boolean";
                };
        return JSON.objectNode().put("type", type);
    }

    private static boolean isProse(LogField field) {
        return List.of(LogField.MESSAGE, LogField.EXCEPTION_MESSAGE, LogField.STACK_TRACE)
                .contains(field);
    }

    /** Objects on several lines, lists on one. */
    private static String text(ObjectNode document) {
        DefaultPrettyPrinter printer = new DefaultPrettyPrinter().withObjectIndenter(new DefaultIndenter("  ", "\n"));
        ObjectWriter writer = new ObjectMapper().writer(printer);
        try {
            return writer.writeValueAsString(document) + "\n";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
