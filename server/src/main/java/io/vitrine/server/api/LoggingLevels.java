package io.vitrine.server.api;

import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vitrine.observability.catalogue.LogCategory;
import io.vitrine.observability.catalogue.LogLevel;
import io.vitrine.observability.logging.LogLevels;

/**
 * How much of each category is logged, as operators read and write it: {@code {"levels": {"inference": "debug"}}}.
 *
 * @param levels by category, in the catalogue's order
 */
public record LoggingLevels(Map<String, String> levels) {

    private static final String LEVELS = "levels";

    /** All that there are. */
    public static LoggingLevels of(Map<LogCategory, LogLevel> levels) {
        Map<String, String> labels = new LinkedHashMap<>();
        levels.forEach((category, level) -> labels.put(category.label(), level.label()));
        return new LoggingLevels(labels);
    }

    /**
     * The changes that a body asks for; categories that it leaves out stay as they are.
     *
     * @throws ApiException if a category or level is unknown, or one may not have the other
     */
    public static Map<LogCategory, LogLevel> parse(byte[] body) {
        ObjectNode object = ApiJson.readObject(body);
        object.fieldNames().forEachRemaining(name -> {
            if (!name.equals(LEVELS)) {
                throw ApiException.invalid(
                        JsonFields.cut(name), "the only field is " + LEVELS + ": " + JsonFields.cut(name));
            }
        });
        JsonNode levels = new JsonFields(object).required(LEVELS);
        if (!(levels instanceof ObjectNode changes)) {
            throw JsonFields.wrong(LEVELS, "an object of categories and levels", levels);
        }
        Map<LogCategory, LogLevel> parsed = new EnumMap<>(LogCategory.class);
        changes.properties().forEach(change -> {
            LogCategory category = category(change.getKey());
            parsed.put(category, level(category, change.getValue()));
        });
        return parsed;
    }

    private static LogCategory category(String label) {
        return LogCategory.of(label)
                .orElseThrow(() -> ApiException.invalid(
                        LEVELS,
                        "a category must be one of " + joined(LogCategory.labels()) + ": " + JsonFields.cut(label)));
    }

    private static LogLevel level(LogCategory category, JsonNode value) {
        String path = LEVELS + "." + category.label();
        LogLevel level = Optional.ofNullable(value.textValue())
                .flatMap(LogLevel::of)
                .orElseThrow(() -> JsonFields.wrong(path, "one of " + joined(LogLevel.labels()), value));
        if (!LogLevels.allows(category, level)) {
            throw JsonFields.wrong(
                    path, "one of trace, debug, info, since an audit that can be silenced is none", value);
        }
        return level;
    }

    private static String joined(List<String> labels) {
        return String.join(", ", labels);
    }
}
