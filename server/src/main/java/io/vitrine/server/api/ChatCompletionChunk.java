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
    public record Delta(@Nullable String role, @Nullable String content) {}
}
