package io.vitrine.server.api;

import java.util.List;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/** A whole chat answer. */
public record ChatCompletion(
        String id,
        String object,
        long created,
        String model,
        String systemFingerprint,
        List<Choice> choices,
        Usage usage) {

    public static final String OBJECT = "chat.completion";

    /**
     * One answer.
     *
     * @param stopReason the stop string, or the id of the stop token, that ended it; null for another end
     */
    public record Choice(
            int index,
            Message message,
            @Nullable ChatLogprobs logprobs,
            String finishReason,
            @Nullable Object stopReason) {}

    /**
     * What the assistant says.
     *
     * @param content null if there are only reasoning or calls
     * @param refusal always null, for clients that look for it
     * @param reasoningContent absent if there is none
     * @param toolCalls absent if there are none
     */
    public record Message(
            String role,
            @Nullable String content,
            @Nullable String refusal,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            String reasoningContent,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            List<ToolCall> toolCalls) {}

    /** A call of a function. */
    public record ToolCall(String id, String type, Function function) {

        public static ToolCall of(String id, String name, String arguments) {
            return new ToolCall(id, "function", new Function(name, arguments));
        }
    }

    /**
     * The function that is called.
     *
     * @param arguments text of a JSON object
     */
    public record Function(String name, String arguments) {}
}
