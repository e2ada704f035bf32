package io.vitrine.model.text;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.vitrine.model.weights.GgufMetadata;

/** Small vocabularies, and the ids that other programs give for tricky texts; each file says in {@code source} which. */
final class TokenizerCases {

    /** One text and its ids, without and with special tokens around it. */
    record Case(String text, int[] ids, int[] idsWithSpecialTokens) {
        @Override
        public String toString() {
            return '"' + text.replace("\n", "\\n") + '"';
        }
    }

    private final JsonNode file;

    private TokenizerCases(JsonNode file) {
        this.file = file;
    }

    static TokenizerCases read(String resource) {
        try (InputStream stream = TokenizerCases.class.getResourceAsStream("/text/" + resource)) {
            return new TokenizerCases(new ObjectMapper().readTree(stream));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    List<Case> of(String kind) {
        return StreamSupport.stream(file.path("cases").path(kind).spliterator(), false)
                .map(node -> new Case(
                        node.path("text").asText(), ids(node.path("ids")), ids(node.path("idsWithSpecialTokens"))))
                .toList();
    }

    /** The vocabulary of the file as a GGUF file would describe it; the caller may change the map. */
    Map<String, Object> gguf(String model, String pre) {
        Map<String, Object> values = new HashMap<>();
        values.put("tokenizer.ggml.model", model);
        values.put("tokenizer.ggml.pre", pre);
        values.put("tokenizer.ggml.tokens", strings(file.path("tokens")));
        values.put("tokenizer.ggml.token_type", ids(file.path("token_type")));
        values.put("tokenizer.ggml.bos_token_id", file.path("bos").asLong());
        values.put("tokenizer.ggml.eos_token_id", file.path("eos").asLong());
        if (file.has("merges")) {
            values.put("tokenizer.ggml.merges", strings(file.path("merges")));
        }
        if (file.has("scores")) {
            values.put("tokenizer.ggml.scores", floats(file.path("scores")));
            values.put("tokenizer.ggml.unknown_token_id", file.path("unknown").asLong());
        }
        return values;
    }

    static Map<String, Object> byteLevel() {
        return read("gguf-byte-level-bpe.json").gguf("gpt2", "smollm");
    }

    static Map<String, Object> sentencePiece() {
        return read("gguf-sentencepiece.json").gguf("llama", "default");
    }

    static Tokenizer open(Map<String, Object> gguf) {
        return Tokenizers.fromGguf(new GgufMetadata(gguf));
    }

    private static int[] ids(JsonNode array) {
        return IntStream.range(0, array.size()).map(i -> array.get(i).asInt()).toArray();
    }

    private static float[] floats(JsonNode array) {
        float[] floats = new float[array.size()];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = (float) array.get(i).asDouble();
        }
        return floats;
    }

    private static List<String> strings(JsonNode array) {
        List<String> strings = new ArrayList<>();
        array.forEach(node -> strings.add(node.asText()));
        return strings;
    }
}
