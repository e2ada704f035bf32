package io.vitrine.model.text;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

import com.fasterxml.jackson.databind.JsonNode;
import io.vitrine.model.weights.ModelFormatException;
import org.jspecify.annotations.Nullable;

/**
 * What each token id is: its spelling, its bytes, whether it is special. Made once, immutable, one array access a lookup.
 *
 * <p>Ids need not be dense: a hole is an id that no token has, and asking for it is an error.
 */
final class TokenTable {

    /** Far above any vocabulary there is; a larger id is a damaged file, not a reason to reserve gigabytes. */
    static final int MAX_TOKEN_ID = 4_194_303;

    private final List<@Nullable Token> tokens = new ArrayList<>();

    private record Token(String spelling, byte[] bytes, boolean added, boolean special) {}

    private TokenTable() {}

    /**
     * The table of a parsed tokenizer.json.
     *
     * @throws ModelFormatException if the file has no vocabulary, an id out of range, or a decoder that is not supported
     */
    static TokenTable of(JsonNode tokenizerJson) {
        TokenSpelling spelling = TokenSpelling.of(tokenizerJson.path("decoder"));
        TokenTable table = new TokenTable();
        JsonNode vocabulary = tokenizerJson.path("model").path("vocab");
        if (!vocabulary.isObject() || vocabulary.isEmpty()) {
            throw new ModelFormatException(
                    "tokenizer.json has no vocabulary of the form {token: id} under model.vocab (model" + " type "
                            + tokenizerJson.path("model").path("type").asText("unknown") + ")");
        }
        vocabulary
                .properties()
                .forEach(entry -> table.put(
                        id(entry.getValue(), entry.getKey()),
                        new Token(entry.getKey(), spelling.bytes(entry.getKey()), false, false)));
        for (JsonNode added : tokenizerJson.path("added_tokens")) {
            String content = added.path("content").asText();
            boolean special = added.path("special").asBoolean();
            table.put(
                    id(added.path("id"), content),
                    new Token(content, special ? new byte[0] : spelling.addedBytes(content), true, special));
        }
        return table;
    }

    /** One more than the largest id. */
    int size() {
        return tokens.size();
    }

    /** Whether a token has this id. */
    boolean has(int id) {
        return id >= 0 && id < tokens.size() && tokens.get(id) != null;
    }

    /** Whether it was added beside the vocabulary. */
    boolean isAdded(int id) {
        return token(id).added();
    }

    byte[] bytes(int id) {
        return token(id).bytes().clone();
    }

    String spelling(int id) {
        return token(id).spelling();
    }

    boolean isSpecial(int id) {
        return token(id).special();
    }

    /** Spellings of the special tokens. */
    Set<String> specialSpellings() {
        return tokens.stream()
                .filter(Objects::nonNull)
                .filter(Token::special)
                .map(Token::spelling)
                .collect(Collectors.toUnmodifiableSet());
    }

    private Token token(int id) {
        if (id < 0 || id >= tokens.size()) {
            throw new IllegalArgumentException("token id must be from 0 to " + (tokens.size() - 1) + ": " + id);
        }
        Token token = tokens.get(id);
        if (token == null) {
            throw new IllegalArgumentException("the vocabulary has no token with id " + id);
        }
        return token;
    }

    private void put(int id, Token token) {
        while (tokens.size() <= id) {
            tokens.add(null);
        }
        tokens.set(id, token);
    }

    private static int id(JsonNode node, String token) {
        if (!node.isIntegralNumber()
                || !node.canConvertToInt()
                || node.intValue() < 0
                || node.intValue() > MAX_TOKEN_ID) {
            throw new ModelFormatException("tokenizer.json gives token \"" + token + "\" the id " + node
                    + "; an id is a whole number from 0 to " + MAX_TOKEN_ID);
        }
        return node.intValue();
    }
}
