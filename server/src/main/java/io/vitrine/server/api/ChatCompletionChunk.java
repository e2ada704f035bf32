package io.vitrine.server.api;

import java.util.List;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * One event of a chat answer.
 *
 * @param usage null unless the client asked for it
 */
public record ChatCompletionChunk(
        String id,
        String object,
        long created,
        String model,
        String systemFingerprint,
        List<Choice> choices,
        @Nullable Usage usage) {

    public static final String OBJECT = "chat.completion.chunk";

    /**
     * What one answer gained.
     *
     * @param finishReason not null exactly once, last
     */
    public record Choice(
            int index,
            Delta delta,
            @Nullable ChatLogprobs logprobs,
            @Nullable String finishReason,
            @Nullable Object stopReason) {}

    /** New text; the role only in an answer's first event. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Delta(
            @Nullable String role,
            @Nullable String content,
            @Nullable String reasoningContent,
            @Nullable List<ToolCall> toolCalls) {

        public static final Delta NOTHING = new Delta(null, null, null, null);

        public static Delta opening() {
            return new Delta("assistant", "", null, null);
        }

        public static Delta text(String text) {
            return new Delta(null, text, null, null);
        }

        public static Delta reasoning(String text) {
            return new Delta(null, null, text, null);
        }

        public static Delta call(ToolCall call) {
            return new Delta(null, null, null, List.of(call));
        }
    }

    /**
     * The beginning of a call, or more of its arguments.
     *
     * @param id absent but at the beginning, and so is {@code type}
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record ToolCall(
            int index, @Nullable String id, @Nullable String type, Function function) {

        public static ToolCall started(int index, String id, String name) {
            return new ToolCall(index, id, "function", new Function(name, ""));
        }

        public static ToolCall arguments(int index, String json) {
            return new ToolCall(index, null, null, new Function(null, json));
        }
    }

    /** The name only at the beginning. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Function(@Nullable String name, String arguments) {}
}
