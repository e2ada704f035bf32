package io.vitrine.server.api;

import java.util.ArrayList;
import java.util.List;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import io.vitrine.server.api.CompletionRequest.Prompt;
import io.vitrine.server.api.CompletionRequest.TextPrompt;
import io.vitrine.server.api.CompletionRequest.TokenPrompt;

/** Reads {@code prompt}: a string, a list of strings, token ids, or a list of lists of token ids. */
final class PromptReader {

    private static final String RULE =
            "a string, a list of strings, a list of token ids or a list of such lists, and not empty";

    private final int maxPrompts;

    PromptReader(int maxPrompts) {
        this.maxPrompts = maxPrompts;
    }

    List<Prompt> read(JsonNode prompt) {
        if (!(prompt instanceof ArrayNode array)) {
            return List.of(text("prompt", prompt, RULE));
        }
        if (array.isEmpty()) {
            throw JsonFields.wrong("prompt", RULE, prompt);
        }
        return array.get(0).isNumber() ? List.of(tokens("prompt", array)) : several(array);
    }

    private List<Prompt> several(ArrayNode array) {
        JsonFields.requireAtMost("prompt", array.size(), maxPrompts);
        boolean texts = array.get(0).isTextual();
        List<Prompt> prompts = new ArrayList<>(array.size());
        for (int index = 0; index < array.size(); index++) {
            String path = "prompt[" + index + "]";
            prompts.add(texts ? text(path, array.get(index), "a string, not empty") : tokens(path, array.get(index)));
        }
        return prompts;
    }

    private static Prompt text(String path, JsonNode node, String rule) {
        if (!node.isTextual() || node.textValue().isEmpty()) {
            throw JsonFields.wrong(path, rule, node);
        }
        return new TextPrompt(JsonFields.text(path, node));
    }

    private static Prompt tokens(String path, JsonNode node) {
        if (node.isEmpty()) {
            throw JsonFields.wrong(path, "a list of token ids, not empty", node);
        }
        return new TokenPrompt(tokenIds(path, node));
    }

    /** A list of token ids; may be empty. */
    static List<Integer> tokenIds(String path, JsonNode node) {
        if (!(node instanceof ArrayNode array)) {
            throw JsonFields.wrong(path, "a list of token ids", node);
        }
        List<Integer> ids = new ArrayList<>(array.size());
        for (int index = 0; index < array.size(); index++) {
            ids.add(tokenId(path + "[" + index + "]", array.get(index)));
        }
        return ids;
    }

    private static int tokenId(String path, JsonNode node) {
        return (int) JsonFields.whole(path, node, 0, Integer.MAX_VALUE, "a token id, a whole number from 0");
    }
}
