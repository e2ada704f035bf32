package io.vitrine.model.text;

import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.Arrays;
import java.util.Set;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * A lower bound of the tokens of a text, from its bytes alone: hundreds of times faster than the tokenizer.
 *
 * <p>A token that covers {@code k} bytes of the text covers only bytes {@code b} whose longest token {@code L(b)} has
 * at least {@code k}; so the sum of {@code 1 / L(b)} over the bytes of a token is at most 1, and over the bytes of a
 * text at most its tokens. Bytes that the tokenizer may drop count nothing. Immutable.
 */
final class TokenFloor {

    private static final int BYTES = 256;
    private static final TokenFloor UNKNOWN = new TokenFloor(new double[BYTES], false);
    /** They change where a text is cut, and drop nothing of it. */
    private static final Set<String> CUTTING = Set.of("ByteLevel", "Digits", "Metaspace", "Punctuation", "Split");
    /** Rounding must not add a token: relative, for 256 sums; and absolute. */
    private static final double RELATIVE_ROUNDING = 1e-12;

    private static final double ROUNDING = 1e-6;

    private final double[] tokensPerByte;
    private final boolean composes;

    private TokenFloor(double[] tokensPerByte, boolean composes) {
        this.tokensPerByte = tokensPerByte;
        this.composes = composes;
    }

    /**
     * The bound of the tokenizer that a tokenizer.json describes; 0 for every text where that may shorten texts in
     * unknown ways.
     */
    static TokenFloor of(JsonNode tokenizerJson, TokenTable table) {
        JsonNode normalizer = tokenizerJson.path("normalizer");
        boolean composes = normalizer.path("type").asText().equals("NFC");
        boolean keepsText = composes || keepsText(normalizer);
        if (!keepsText || !onlyCuts(tokenizerJson.path("pre_tokenizer")) || !spellsAllOf(tokenizerJson)) {
            return UNKNOWN;
        }
        int[] longest = new int[BYTES];
        boolean byteLevel = byteLevel(tokenizerJson);
        for (int id = 0; id < table.size(); id++) {
            if (table.has(id)) {
                cover(longest, table.bytes(id), byteLevel && !table.isAdded(id) ? "" : table.spelling(id));
            }
        }
        double[] weights = Arrays.stream(longest)
                .mapToDouble(length -> length == 0 ? 0 : 1.0 / length)
                .toArray();
        if (absorbsSpaces(tokenizerJson.path("added_tokens"))) {
            clearSpaces(weights);
        }
        return new TokenFloor(weights, composes);
    }

    /** A token stands for its bytes, or for its own spelling: a special token, or {@code ▁} that a text has itself. */
    private static void cover(int[] longest, byte[] bytes, String spelling) {
        byte[] spelled = spelling.getBytes(StandardCharsets.UTF_8);
        int length = Math.max(bytes.length, spelled.length);
        for (byte each : bytes) {
            longest[each & 0xFF] = Math.max(longest[each & 0xFF], length);
        }
        for (byte each : spelled) {
            longest[each & 0xFF] = Math.max(longest[each & 0xFF], length);
        }
    }

    private static boolean keepsText(JsonNode normalizer) {
        return switch (normalizer.path("type").asText()) {
            case "" -> true;
            case "Sequence" -> all(normalizer.path("normalizers"), true);
            case "Prepend" -> true;
            case "Replace" ->
                normalizer.path("pattern").path("String").asText().equals(" ")
                        && normalizer.path("content").asText().equals(TokenSpelling.SentencePiece.SPACE);
            default -> false;
        };
    }

    private static boolean onlyCuts(JsonNode preTokenizer) {
        String type = preTokenizer.path("type").asText();
        return type.isEmpty()
                || (type.equals("Sequence") && all(preTokenizer.path("pretokenizers"), false))
                || (CUTTING.contains(type)
                        && !preTokenizer.path("behavior").asText().equals("Removed"));
    }

    private static boolean all(JsonNode parts, boolean normalizers) {
        for (JsonNode part : parts) {
            if (normalizers ? !keepsText(part) : !onlyCuts(part)) {
                return false;
            }
        }
        return true;
    }

    /**
     * Whether every character that has no token of its own becomes one token a byte, or has bytes that no token has.
     */
    private static boolean spellsAllOf(JsonNode tokenizerJson) {
        JsonNode model = tokenizerJson.path("model");
        return model.path("type").asText("BPE").equals("BPE")
                && model.path("continuing_subword_prefix").asText("").isEmpty()
                && (byteLevel(tokenizerJson) || hasEveryByte(model));
    }

    private static boolean byteLevel(JsonNode tokenizerJson) {
        return tokenizerJson.path("decoder").path("type").asText().equals("ByteLevel");
    }

    private static boolean hasEveryByte(JsonNode model) {
        boolean every = model.path("byte_fallback").asBoolean();
        for (int value = 0; every && value < BYTES; value++) {
            every = model.path("vocab").has(String.format("<0x%02X>", value));
        }
        return every;
    }

    private static boolean absorbsSpaces(JsonNode addedTokens) {
        for (JsonNode token : addedTokens) {
            if (token.path("lstrip").asBoolean() || token.path("rstrip").asBoolean()) {
                return true;
            }
        }
        return false;
    }

    private static void clearSpaces(double[] weights) {
        for (char character = 0; character < Character.MIN_SURROGATE; character++) {
            if (Character.isWhitespace(character) || Character.isSpaceChar(character)) {
                for (byte each : Character.toString(character).getBytes(StandardCharsets.UTF_8)) {
                    weights[each & 0xFF] = 0;
                }
            }
        }
    }

    /**
     * The fewest tokens that the text can become.
     *
     * @param text without lone surrogates
     */
    long of(String text) {
        if (this == UNKNOWN) {
            return 0;
        }
        String composed = composes ? Normalizer.normalize(text, Normalizer.Form.NFC) : text;
        int[] counts = new int[BYTES];
        for (byte each : composed.getBytes(StandardCharsets.UTF_8)) {
            counts[each & 0xFF]++;
        }
        double tokens = 0;
        for (int value = 0; value < BYTES; value++) {
            tokens += counts[value] * tokensPerByte[value];
        }
        return (long) Math.ceil(tokens * (1 - RELATIVE_ROUNDING) - ROUNDING);
    }
}
