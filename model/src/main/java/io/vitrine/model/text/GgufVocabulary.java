package io.vitrine.model.text;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import io.vitrine.model.weights.GgufMetadata;
import io.vitrine.model.weights.ModelFormatException;

/**
 * The tokens of a GGUF file and what kind each is; the id of a token is its place in the list.
 *
 * @param types one a token, by the numbers of the GGUF specification; lent, not copied
 */
record GgufVocabulary(List<String> tokens, int[] types) {

    /** As in {@code tokenizer.ggml.bos_token_id}. */
    private static final List<String> ROLES = List.of("bos", "eos", "eot", "eom", "padding", "seperator", "unknown");

    /** {@code <|im_end|>}, {@code </s>}, {@code [INST]}. */
    private static final Pattern MARKER = Pattern.compile("<[^<>\\s]{1,62}>|\\[/?[A-Z_]{2,60}]");

    private static final int UNKNOWN = 2;
    private static final int CONTROL = 3;
    private static final int USER_DEFINED = 4;
    private static final int UNUSED = 5;
    private static final int NORMAL = 1;

    static GgufVocabulary of(GgufMetadata metadata) {
        List<String> tokens = required(metadata.strings("tokenizer.ggml.tokens"), "tokenizer.ggml.tokens");
        int[] types = required(metadata.integers("tokenizer.ggml.token_type"), "tokenizer.ggml.token_type");
        if (tokens.isEmpty() || tokens.size() != types.length) {
            throw new ModelFormatException(
                    "GGUF metadata has " + tokens.size() + " tokenizer.ggml.tokens and " + types.length
                            + " tokenizer.ggml.token_type; there must be one type a token, and at least one token");
        }
        for (int id : mistypedControls(metadata, tokens, types)) {
            types[id] = CONTROL;
        }
        return new GgufVocabulary(tokens, types);
    }

    /**
     * Tokens that the file types as normal and that are control tokens by everything else it says. Some converters type all alike: in
     * such a file, tokens that the metadata or the chat template use as markers are taken as control tokens.
     *
     * @return their spellings; empty if the file types any token as a control token
     */
    static List<String> mistypedControls(GgufMetadata metadata) {
        List<String> tokens = required(metadata.strings("tokenizer.ggml.tokens"), "tokenizer.ggml.tokens");
        int[] types = required(metadata.integers("tokenizer.ggml.token_type"), "tokenizer.ggml.token_type");
        return mistypedControls(metadata, tokens, types).stream()
                .map(tokens::get)
                .toList();
    }

    private static List<Integer> mistypedControls(GgufMetadata metadata, List<String> tokens, int[] types) {
        if (IntStream.of(types).anyMatch(type -> type == CONTROL)) {
            return List.of();
        }
        Set<Long> named = ROLES.stream()
                .map(role -> metadata.integer("tokenizer.ggml." + role + "_token_id"))
                .flatMap(Optional::stream)
                .collect(Collectors.toSet());
        String template = metadata.string("tokenizer.chat_template").orElse("");
        return IntStream.range(0, types.length)
                .filter(id -> types[id] == NORMAL)
                .filter(id -> named.contains((long) id) || isMarkerOf(template, tokens.get(id)))
                .boxed()
                .toList();
    }

    private static boolean isMarkerOf(String template, String token) {
        return MARKER.matcher(token).matches() && template.contains(token);
    }

    /** Special: never part of the text (control tokens, and the token for what is unknown). */
    boolean isSpecial(int id) {
        return types[id] == CONTROL || types[id] == UNKNOWN;
    }

    /** Found in a text as a whole, before anything is split or merged. */
    boolean isAdded(int id) {
        return isSpecial(id) || types[id] == USER_DEFINED;
    }

    /** A row that pads the embedding; its spelling ({@code [PAD151665]}) is a placeholder, and no text. */
    boolean isUnused(int id) {
        return types[id] == UNUSED;
    }

    boolean isNormal(int id) {
        return types[id] == NORMAL;
    }

    /** The token a metadata key names by its id. */
    String token(GgufMetadata metadata, String key) {
        long id = required(metadata.integer(key), key);
        if (id < 0 || id >= tokens.size()) {
            throw new ModelFormatException(
                    "GGUF metadata " + key + " is " + id + "; there are " + tokens.size() + " tokens");
        }
        return tokens.get((int) id);
    }

    static <T> T required(Optional<T> value, String key) {
        return value.orElseThrow(() -> new ModelFormatException("GGUF metadata has no " + key));
    }
}
