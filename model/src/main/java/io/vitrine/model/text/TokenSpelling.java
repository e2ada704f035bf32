package io.vitrine.model.text;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

import com.fasterxml.jackson.databind.JsonNode;
import io.vitrine.model.weights.ModelFormatException;

/**
 * How a vocabulary writes the bytes of a token as text, found from the {@code decoder} section of tokenizer.json.
 *
 * <p>Two kinds cover decoder-only language models: byte-level BPE (GPT-2, Llama 3, Qwen, SmolLM) and SentencePiece with byte
 * fallback (Llama 2, Mistral, Gemma). Others are refused by name: a guess would give wrong text, not an error.
 */
sealed interface TokenSpelling permits TokenSpelling.ByteLevel, TokenSpelling.SentencePiece {

    /** The bytes of a token of the vocabulary proper. */
    byte[] bytes(String token);

    /** The bytes of a token that was added beside the vocabulary, which is written as plain text. */
    byte[] addedBytes(String token);

    /** How many leading spaces of a whole text the tokenizer itself put there, and decoding takes away. */
    int leadingSpaces();

    /**
     * The spelling that a decoder section describes.
     *
     * @throws ModelFormatException if the decoder is of no kind known here
     */
    static TokenSpelling of(JsonNode decoder) {
        List<JsonNode> steps = new ArrayList<>();
        if (decoder.path("type").asText().equals("Sequence")) {
            decoder.path("decoders").forEach(steps::add);
        } else {
            steps.add(decoder);
        }
        List<String> types =
                steps.stream().map(step -> step.path("type").asText("none")).toList();
        if (types.equals(List.of("ByteLevel"))) {
            return new ByteLevel();
        }
        boolean strips = types.size() == 4 && types.get(3).equals("Strip");
        if (types.subList(0, Math.min(3, types.size())).equals(List.of("Replace", "ByteFallback", "Fuse"))
                && types.size() == (strips ? 4 : 3)
                && isSpaceReplacement(steps.get(0))
                && (!strips || isLeadingSpaceStrip(steps.get(3)))) {
            return new SentencePiece(strips ? steps.get(3).path("start").asInt() : 0);
        }
        throw new ModelFormatException("tokenizer.json has a decoder that is not supported: " + types
                + " (supported: ByteLevel; Replace, ByteFallback, Fuse and perhaps Strip)");
    }

    private static boolean isSpaceReplacement(JsonNode step) {
        return step.path("pattern").path("String").asText().equals(SentencePiece.SPACE)
                && step.path("content").asText().equals(" ");
    }

    private static boolean isLeadingSpaceStrip(JsonNode step) {
        return step.path("content").asText().equals(" ") && step.path("stop").asInt() == 0;
    }

    /** Each character of a token stands for one byte. */
    record ByteLevel() implements TokenSpelling {

        @Override
        public byte[] bytes(String token) {
            return ByteAlphabet.spells(token) ? ByteAlphabet.bytes(token) : addedBytes(token);
        }

        @Override
        public byte[] addedBytes(String token) {
            return token.getBytes(StandardCharsets.UTF_8);
        }

        @Override
        public int leadingSpaces() {
            return 0;
        }
    }

    /** {@code ▁} stands for a space, {@code <0x0A>} for a byte that has no token of its own, the rest for itself. */
    record SentencePiece(int leadingSpaces) implements TokenSpelling {

        static final String SPACE = "\u2581";
        private static final Pattern BYTE = Pattern.compile("<0x[0-9A-Fa-f]{2}>");

        @Override
        public byte[] bytes(String token) {
            if (BYTE.matcher(token).matches()) {
                return new byte[] {(byte) Integer.parseInt(token.substring(3, 5), 16)};
            }
            return token.replace(SPACE, " ").getBytes(StandardCharsets.UTF_8);
        }

        /** As for the others: this kind of vocabulary writes spaces in added tokens as {@code ▁} too. */
        @Override
        public byte[] addedBytes(String token) {
            return bytes(token);
        }
    }
}
