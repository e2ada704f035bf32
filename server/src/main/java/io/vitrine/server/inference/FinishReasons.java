package io.vitrine.server.inference;

import io.vitrine.model.engine.FinishReason;
import org.jspecify.annotations.Nullable;

/** OpenAI's words for the ends of an answer. */
final class FinishReasons {

    private FinishReasons() {}

    /** Of a chat: one that calls functions waits for their results. */
    static String chatName(AnswerEvent.Ended end) {
        return end.reason() == FinishReason.STOP && end.toolCalls().completed() > 0 ? "tool_calls" : name(end.reason());
    }

    static String name(FinishReason reason) {
        return switch (reason) {
            case STOP -> "stop";
            case LENGTH -> "length";
            case CANCELLED, REFUSED, TIMED_OUT, FAILED, UNUSABLE_LOGITS, CONSTRAINT_LIMIT ->
                throw new IllegalArgumentException("not the end of an answer: " + reason);
        };
    }

    /** Null for an event that is not the last. */
    static @Nullable String nameAtEnd(AnswerEvent event) {
        return event instanceof AnswerEvent.Ended ended ? name(ended.reason()) : null;
    }

    /** The stop string, or the id of the stop token, that ended an answer; null for another end. */
    static @Nullable Object stopReason(AnswerEvent event) {
        if (event instanceof AnswerEvent.Ended ended) {
            return ended.stopTokenId().isPresent()
                    ? ended.stopTokenId().getAsInt()
                    : ended.stopString().orElse(null);
        }
        return null;
    }
}
