package io.vitrine.server.api;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.io.JsonEOFException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.DatabindException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** Bytes to JSON and records to bytes; snake_case on the wire. Safe from several threads at once. */
public final class ApiJson {

    private static final int MAX_DEPTH = 64;
    private static final int MAX_NUMBER_LENGTH = 200;
    private static final int DECODED_AT_ONCE = 8_192;
    /** Names, values and brackets: an empty object of three bytes takes 88 of heap. */
    private static final long MAX_TOKENS = 262_144;

    private static final ObjectMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    // How long a string may be follows from the limit on the body.
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(MAX_DEPTH)
                            .maxNumberLength(MAX_NUMBER_LENGTH)
                            .maxTokenCount(MAX_TOKENS)
                            .maxStringLength(Integer.MAX_VALUE)
                            .build())
                    // Of two equal keys one would be ignored in silence.
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build())
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            // A double would round what is then taken for exact.
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();

    private ApiJson() {}

    /** A record of this package as JSON. */
    public static byte[] write(Object body) {
        try {
            return MAPPER.writeValueAsBytes(body);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a record of the API cannot be written as JSON", e);
        }
    }

    /** A record of this package as a tree of JSON. */
    static JsonNode tree(Object body) {
        return MAPPER.valueToTree(body);
    }

    /** The same as text of ASCII characters only: for a terminal, which obeys some of the others. */
    public static String ascii(Object body) {
        try {
            return MAPPER.writer().with(JsonWriteFeature.ESCAPE_NON_ASCII).writeValueAsString(body);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a record of the API cannot be written as JSON", e);
        }
    }

    /**
     * The JSON object in {@code body}.
     *
     * @throws ApiException if it is none
     */
    public static ObjectNode readObject(byte[] body) {
        if (read(body) instanceof ObjectNode object) {
            return object;
        }
        throw malformed("the body must be a JSON object");
    }

    private static JsonNode read(byte[] body) {
        requireUtf8(body);
        try {
            return MAPPER.readTree(body);
        } catch (DatabindException e) {
            // Its own message names our classes.
            throw malformed("the body must be one JSON object and nothing after it");
        } catch (JsonProcessingException e) {
            throw malformed("the body is not valid JSON: " + mistake(e));
        } catch (IOException e) {
            throw malformed("the body is not valid JSON: its characters are not UTF-8");
        }
    }

    /** The parser itself takes overlong forms, and guesses UTF-16 and UTF-32 from zeros at the beginning. */
    private static void requireUtf8(byte[] body) {
        boolean valid = true;
        for (int i = 0; i < Math.min(4, body.length); i++) {
            valid &= body[i] != 0;
        }
        CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
        ByteBuffer in = ByteBuffer.wrap(body);
        CharBuffer out = CharBuffer.allocate(Math.min(body.length + 1, DECODED_AT_ONCE));
        CoderResult result = decoder.decode(in, out, true);
        while (result.isOverflow()) {
            out.clear();
            result = decoder.decode(in, out, true);
        }
        if (!valid || result.isError()) {
            throw malformed("the body is not valid JSON: its characters are not UTF-8");
        }
    }

    /** In our words: the parser's own tell of its inside. */
    private static String mistake(JsonProcessingException e) {
        if (e instanceof StreamConstraintsException) {
            return "it may be nested " + MAX_DEPTH + " deep, a number may have " + MAX_NUMBER_LENGTH
                    + " characters, and all together " + MAX_TOKENS + " names, values and brackets";
        }
        JsonLocation place = e.getLocation();
        String where = place == null ? "" : " at line " + place.getLineNr() + ", column " + place.getColumnNr();
        if (e.getOriginalMessage().startsWith("Duplicate field") && e.getProcessor() instanceof JsonParser parser) {
            return "the field " + JsonFields.cut(name(parser)) + " is given twice" + where;
        }
        return (e instanceof JsonEOFException ? "it ends too early" : "mistake") + where;
    }

    private static String name(JsonParser parser) {
        try {
            return String.valueOf(parser.currentName());
        } catch (IOException e) {
            throw new UncheckedIOException("the name of a field that was read", e);
        }
    }

    private static ApiException malformed(String message) {
        return new ApiException(ErrorReason.INVALID_REQUEST, message, null, "invalid_json");
    }
}
