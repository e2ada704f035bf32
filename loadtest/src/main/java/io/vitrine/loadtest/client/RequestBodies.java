package io.vitrine.loadtest.client;

import java.nio.charset.StandardCharsets;
import java.util.List;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vitrine.loadtest.workload.PlannedRequest;

/**
 * Writes request bodies.
 *
 * @param extensions whether fields beyond OpenAI's API are sent: {@code ignore_eos}, {@code continuous_usage_stats}
 * @param extra fields added to every body
 */
public record RequestBodies(String model, boolean chat, boolean stream, boolean extensions, ObjectNode extra) {

    public String path() {
        return chat ? "/v1/chat/completions" : "/v1/completions";
    }

    /** @param history texts of the conversation so far, prompt and answer alternating */
    byte[] body(PlannedRequest request, List<String> history) {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.put("model", model);
        String prompt = request.prompt().text();
        if (chat) {
            ArrayNode messages = body.putArray("messages");
            for (int index = 0; index < history.size(); index++) {
                addMessage(messages, index % 2 == 0 ? "user" : "assistant", history.get(index));
            }
            addMessage(messages, "user", prompt);
        } else {
            body.put("prompt", history.isEmpty() ? prompt : String.join("\n", history) + "\n" + prompt);
        }
        body.put("max_tokens", request.outputTokens());
        body.put("stream", stream);
        if (stream) {
            ObjectNode options = body.putObject("stream_options");
            options.put("include_usage", true);
            if (extensions) {
                options.put("continuous_usage_stats", true);
            }
        }
        if (extensions) {
            body.put("ignore_eos", true);
        }
        body.setAll(extra);
        return body.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static void addMessage(ArrayNode messages, String role, String content) {
        messages.addObject().put("role", role).put("content", content);
    }
}
