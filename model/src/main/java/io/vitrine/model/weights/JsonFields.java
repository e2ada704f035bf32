package io.vitrine.model.weights;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;

/**
 * The fields of one JSON object of a model folder, each asked for by name and type. A field that is {@code null} counts as
 * absent, as it does for transformers; one of another type is refused.
 */
record JsonFields(JsonNode object) {

    /** Strict where leniency would hide damage; shared, since mappers are thread-safe and slow to make. */
    static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .build();

    static final JsonFields EMPTY = new JsonFields(MAPPER.createObjectNode());

    /** Reads a file that holds one object. */
    static JsonFields read(Path file, long maxBytes) throws IOException {
        long size = Files.size(file);
        if (size > maxBytes) {
            throw new ModelFormatException(file + ": file has " + size + " bytes, more than " + maxBytes);
        }
        byte[] bytes = Files.readAllBytes(file);
        return ModelFormatException.inFile(file, () -> parse(bytes));
    }

    private static JsonFields parse(byte[] bytes) {
        ForeignFile.refuse(bytes);
        try {
            JsonNode root = MAPPER.readTree(bytes);
            if (!root.isObject()) {
                throw new ModelFormatException("this is not a JSON object");
            }
            return new JsonFields(root);
        } catch (JsonProcessingException e) {
            throw notJson(e);
        } catch (IOException e) {
            throw new UncheckedIOException(e); // cannot be: the bytes are in memory
        }
    }

    static ModelFormatException notJson(JsonProcessingException cause) {
        return new ModelFormatException("not the JSON expected here: " + cause.getOriginalMessage(), cause);
    }

    Optional<String> text(String name) {
        return field(name).map(value -> {
            if (!value.isTextual()) {
                throw wrongType(name, value, "a string");
            }
            return value.textValue();
        });
    }

    Optional<Integer> integer(String name) {
        return field(name).map(value -> {
            if (!value.isIntegralNumber() || !value.canConvertToInt()) {
                throw wrongType(name, value, "a 32-bit integer");
            }
            return value.intValue();
        });
    }

    int requiredInteger(String name) {
        return integer(name).orElseThrow(() -> new ModelFormatException(name + " is missing"));
    }

    Optional<Double> number(String name) {
        return field(name).map(value -> {
            if (!value.isNumber()) {
                throw wrongType(name, value, "a number");
            }
            return value.doubleValue();
        });
    }

    double requiredNumber(String name) {
        return number(name).orElseThrow(() -> new ModelFormatException(name + " is missing"));
    }

    /** False where it is absent. */
    boolean flag(String name) {
        return field(name)
                .map(value -> {
                    if (!value.isBoolean()) {
                        throw wrongType(name, value, "true or false");
                    }
                    return value.booleanValue();
                })
                .orElse(false);
    }

    Optional<JsonFields> fields(String name) {
        return field(name).map(value -> {
            if (!value.isObject()) {
                throw wrongType(name, value, "an object");
            }
            return new JsonFields(value);
        });
    }

    Optional<JsonNode> field(String name) {
        return Optional.ofNullable(object.get(name)).filter(value -> !value.isNull());
    }

    static ModelFormatException wrongType(String name, JsonNode value, String expected) {
        String text = value.toString();
        String shown = text.length() <= 80 ? text : text.substring(0, 80) + "...";
        return new ModelFormatException(name + " should be " + expected + ", is " + shown);
    }
}
