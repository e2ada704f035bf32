package io.vitrine.server.api;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * Reads typed values out of a JSON object; a null counts as absent, as clients send one for what they leave out. Every
 * mistake is an {@link ApiException} that names the field, the rule and the value.
 */
final class JsonFields {

    private static final int QUOTED_LENGTH = 100;

    private final ObjectNode object;
    private final String prefix;

    /** The fields of a request's body. */
    JsonFields(ObjectNode object) {
        this(object, "");
    }

    private JsonFields(ObjectNode object, String prefix) {
        this.object = object;
        this.prefix = prefix;
    }

    /** The element {@code index} of the array {@code name}, which must be an object. */
    static JsonFields element(String name, int index, JsonNode element) {
        return inner(name + "[" + index + "]", element);
    }

    private static JsonFields inner(String path, JsonNode node) {
        if (node instanceof ObjectNode object) {
            return new JsonFields(object, path + ".");
        }
        throw wrong(path, "an object", node);
    }

    /**
     * The fields of an object that may have no others.
     *
     * @throws ApiException if it has
     */
    static JsonFields onlyOf(ObjectNode object, Set<String> known) {
        object.fieldNames().forEachRemaining(field -> {
            if (!known.contains(field)) {
                throw ApiException.unsupported(cut(field), "unknown field " + cut(field));
            }
        });
        return new JsonFields(object);
    }

    /** The field's whole name, for messages. */
    String path(String name) {
        return prefix + name;
    }

    Optional<JsonNode> value(String name) {
        JsonNode node = object.get(name);
        return node == null || node.isNull() ? Optional.empty() : Optional.of(node);
    }

    JsonNode required(String name) {
        return value(name).orElseThrow(() -> ApiException.missing(path(name)));
    }

    String requiredText(String name) {
        return text(path(name), required(name));
    }

    Optional<JsonFields> object(String name) {
        return value(name).map(node -> inner(path(name), node));
    }

    JsonFields requiredObject(String name) {
        return inner(path(name), required(name));
    }

    boolean flag(String name) {
        JsonNode node = value(name).orElse(null);
        if (node != null && !node.isBoolean()) {
            throw wrong(path(name), "true or false", node);
        }
        return node != null && node.booleanValue();
    }

    OptionalInt integer(String name, int min, int max) {
        JsonNode node = value(name).orElse(null);
        if (node == null) {
            return OptionalInt.empty();
        }
        String rule = "a whole number between " + min + " and " + max;
        return OptionalInt.of((int) whole(path(name), node, min, max, rule));
    }

    OptionalLong longInteger(String name) {
        JsonNode node = value(name).orElse(null);
        if (node == null) {
            return OptionalLong.empty();
        }
        return OptionalLong.of(whole(path(name), node, Long.MIN_VALUE, Long.MAX_VALUE, "a whole number of 64 bits"));
    }

    double number(String name, double fallback, Interval interval) {
        return value(name).map(node -> number(path(name), node, interval)).orElse(fallback);
    }

    static double number(String path, JsonNode node, Interval interval) {
        // 1e400 becomes infinity, which no interval holds.
        if (!node.isNumber()
                || !interval.holds(node.doubleValue())
                || !interval.holds(node.decimalValue())
                || underflows(node)) {
            throw wrong(path, interval.rule(), node);
        }
        return node.doubleValue();
    }

    /** 1e-400 would become 0, which often means something else than a small number. */
    private static boolean underflows(JsonNode node) {
        return node.doubleValue() == 0 && node.decimalValue().signum() != 0;
    }

    /** A whole number, exactly; {@code 1.0} and {@code 1e3} are whole. */
    static long whole(String path, JsonNode node, long min, long max, String rule) {
        OptionalLong whole = exact(node);
        if (whole.isEmpty() || whole.getAsLong() < min || whole.getAsLong() > max) {
            throw wrong(path, rule, node);
        }
        return whole.getAsLong();
    }

    private static OptionalLong exact(JsonNode node) {
        if (!node.isNumber()) {
            return OptionalLong.empty();
        }
        try {
            return OptionalLong.of(node.decimalValue().longValueExact());
        } catch (ArithmeticException e) {
            return OptionalLong.empty();
        }
    }

    static String text(String path, JsonNode node) {
        if (!node.isTextual()) {
            throw wrong(path, "a string", node);
        }
        UnicodeText.requirePaired(path, node.textValue());
        return node.textValue();
    }

    /** Texts of an array, or the one of a plain string. */
    List<String> textOrTexts(String name, int maxCount) {
        JsonNode node = value(name).orElse(null);
        if (node == null) {
            return List.of();
        }
        if (node instanceof ArrayNode array) {
            return texts(path(name), array, maxCount);
        }
        if (!node.isTextual()) {
            throw wrong(path(name), "a string or a list of strings", node);
        }
        return List.of(text(path(name), node));
    }

    private static List<String> texts(String path, ArrayNode array, int maxCount) {
        requireAtMost(path, array.size(), maxCount);
        List<String> texts = new ArrayList<>(array.size());
        for (int index = 0; index < array.size(); index++) {
            texts.add(text(path + "[" + index + "]", array.get(index)));
        }
        return texts;
    }

    static void requireAtMost(String path, int count, int maxCount) {
        if (count > maxCount) {
            throw ApiException.invalid(path, path + " must have at most " + maxCount + " entries: " + count);
        }
    }

    static ApiException wrong(String path, String rule, JsonNode value) {
        return ApiException.invalid(path, path + " must be " + rule + ": " + quoted(value));
    }

    /** The value as the client wrote it, cut; a list or an object is only named. */
    private static String quoted(JsonNode value) {
        if (value.isContainerNode()) {
            return (value.isEmpty() ? "an empty " : "a ") + (value.isArray() ? "list" : "JSON object");
        }
        return cut(value.toString());
    }

    /** A client's text, short enough for a message. */
    static String cut(String text) {
        return UnicodeText.cut(text, QUOTED_LENGTH);
    }
}
