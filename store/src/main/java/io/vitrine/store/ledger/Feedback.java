package io.vitrine.store.ledger;

import org.jspecify.annotations.Nullable;

/**
 * What a user thought of one answer.
 *
 * @param entryId key of the answer's entry
 * @param score 0 (bad) to 1 (good)
 * @param comment in the user's words, or null
 */
public record Feedback(
        String entryId,
        long atEpochMillis,
        String tenantId,
        double score,
        @Nullable String comment) {
    /** Characters of a comment at most. */
    public static final int COMMENT_LIMIT = 10_000;

    public Feedback {
        if (!(score >= 0 && score <= 1)) {
            throw new IllegalArgumentException("score must be from 0 to 1: " + score);
        }
        if (comment != null && comment.length() > COMMENT_LIMIT) {
            throw new IllegalArgumentException(
                    "comment must be at most " + COMMENT_LIMIT + " characters: " + comment.length());
        }
    }
}
