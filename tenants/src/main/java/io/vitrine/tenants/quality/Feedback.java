package io.vitrine.tenants.quality;

import java.time.Instant;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

/**
 * What someone thought of an answer.
 *
 * @param requestId of the answer, at most {@value #MAX_ID_LENGTH} characters
 * @param score 0 for bad to 1 for good
 * @param text in their own words, at most {@value #MAX_COMMENT_LENGTH} characters; null if they said nothing. Content, as
 *     prompts are: to be written down only where the tenant allows it
 */
public record Feedback(
        String requestId, double score, @Nullable String text, Instant at) {

    static final int MAX_ID_LENGTH = 128;
    static final int MAX_COMMENT_LENGTH = 2_000;

    public Feedback {
        if (requestId.isEmpty() || requestId.length() > MAX_ID_LENGTH) {
            throw new IllegalArgumentException(
                    "a request id must have 1 to " + MAX_ID_LENGTH + " characters: " + requestId.length());
        }
        if (!(score >= 0 && score <= 1)) {
            throw new IllegalArgumentException("score must be from 0 to 1: " + score);
        }
        if (text != null && text.length() > MAX_COMMENT_LENGTH) {
            throw new IllegalArgumentException(
                    "a comment must have at most " + MAX_COMMENT_LENGTH + " characters: " + text.length());
        }
    }

    /** Thumbs up, or down. */
    public static Feedback thumbs(String requestId, boolean up, @Nullable String text, Instant at) {
        return new Feedback(requestId, up ? 1 : 0, text, at);
    }

    /** The same, of the answer that the server itself calls so. */
    public Feedback about(String id) {
        return new Feedback(id, score, text, at);
    }

    public Optional<String> comment() {
        return Optional.ofNullable(text);
    }

    /** Without the comment, since it may hold anything. */
    @Override
    public String toString() {
        return "Feedback[requestId=" + requestId + ", score=" + score + ", at=" + at + "]";
    }
}
