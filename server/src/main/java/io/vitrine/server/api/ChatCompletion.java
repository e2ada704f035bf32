package io.vitrine.server.api;

import java.util.List;

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

    /** What the assistant says; {@code refusal} is always null, for clients that look for it. */
    public record Message(
            String role, String content, @Nullable String refusal) {

        public static Message of(String content) {
            return new Message("assistant", content, null);
        }
    }
}
