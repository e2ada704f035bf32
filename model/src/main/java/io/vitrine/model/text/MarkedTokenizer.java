package io.vitrine.model.text;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vitrine.model.text.ChatPrompt.Marker;
import io.vitrine.model.weights.ModelFormatException;
import org.jspecify.annotations.Nullable;

/**
 * The same vocabulary with another spelling for each special token, one that no text contains: so the usual spelling is text, and
 * everything else (normalizer, words, merges, whitespace that a token takes with it) is as the tokenizer.json says.
 *
 * <p>The Rust library has a switch for this ({@code encode_special_tokens}), which DJL does not pass on. The second native tokenizer
 * is made when the first message that spells a control token comes: it takes as much memory as the first one, about twenty bytes a
 * byte of tokenizer.json.
 */
final class MarkedTokenizer implements AutoCloseable {

    /** Noncharacters of Unicode around a number. {@link TemplateMarkers} takes them out of messages. */
    private static final char OPEN = '\uFDD0';

    private static final char CLOSE = '\uFDD1';
    private static final char REPLACEMENT = '\uFFFD';

    private byte @Nullable [] json;
    private final Map<String, String> markBySpelling = new HashMap<>();
    /** Where the library numbers an added token otherwise than the file does. */
    private final Map<Integer, Integer> idByRustId = new HashMap<>();

    private @Nullable HuggingFaceTokenizer rust;

    MarkedTokenizer(String json) {
        this.json = json.getBytes(StandardCharsets.UTF_8);
    }

    /** Ids of a prompt that says where its markers are. */
    int[] encode(ChatPrompt prompt) {
        HuggingFaceTokenizer opened = opened();
        int[] ids = RustTokenizer.encode(opened, marked(prompt), false);
        for (int i = 0; i < ids.length; i++) {
            ids[i] = idByRustId.getOrDefault(ids[i], ids[i]);
        }
        return ids;
    }

    private String marked(ChatPrompt prompt) {
        StringBuilder marked = new StringBuilder(prompt.text().length());
        int from = 0;
        for (Marker marker : prompt.markers().orElse(List.of())) {
            marked.append(text(prompt, from, marker.start()));
            String spelling = prompt.text().substring(marker.start(), marker.end());
            String mark = markBySpelling.get(spelling);
            if (mark == null) {
                throw new IllegalArgumentException("a marker must be a special token of the vocabulary: " + spelling);
            }
            marked.append(mark);
            from = marker.end();
        }
        return marked.append(text(prompt, from, prompt.text().length())).toString();
    }

    private static String text(ChatPrompt prompt, int from, int to) {
        return prompt.text().substring(from, to).replace(OPEN, REPLACEMENT);
    }

    private synchronized HuggingFaceTokenizer opened() {
        if (rust == null) {
            if (json == null) {
                throw new IllegalStateException("the tokenizer is closed");
            }
            rust = open(new String(json, StandardCharsets.UTF_8));
            json = null;
        }
        return rust;
    }

    private HuggingFaceTokenizer open(String text) {
        JsonNode root = RustTokenizer.parse(text);
        Map<String, Integer> ids = new HashMap<>();
        for (JsonNode added : root.path("added_tokens")) {
            String spelling = added.path("content").asText();
            if (added.path("special").asBoolean()) {
                String mark = OPEN + Integer.toString(added.path("id").asInt()) + CLOSE;
                markBySpelling.put(spelling, mark);
                ((ObjectNode) added).put("content", mark);
                spelling = mark;
            }
            ids.put(spelling, added.path("id").asInt());
        }
        ((ObjectNode) root).putNull("post_processor"); // names special tokens by their usual spelling, and is not asked
        HuggingFaceTokenizer opened = RustTokenizer.open(root.toString());
        ids.forEach((spelling, id) -> noteId(opened, spelling, id));
        return opened;
    }

    private void noteId(HuggingFaceTokenizer opened, String spelling, int id) {
        int[] rustIds = RustTokenizer.encode(opened, spelling, false);
        // More than one: a token that the library does not look for where it stands alone, such as an empty one.
        if (rustIds.length == 1 && rustIds[0] != id) {
            idByRustId.put(rustIds[0], id);
        } else if (rustIds.length != 1 && markBySpelling.containsValue(spelling)) {
            throw new ModelFormatException("the tokenizer does not find the special token with id " + id);
        }
    }

    @Override
    public synchronized void close() {
        json = null;
        if (rust != null) {
            rust.close();
            rust = null;
        }
    }
}
