package io.vitrine.server.inference;

import java.util.Optional;

import io.vitrine.model.engine.FinishReason;
import io.vitrine.server.api.ApiException;
import io.vitrine.server.api.ErrorReason;

/** Ends of a choice that are no answers, as what the client is told. */
public final class AnswerErrors {

    private AnswerErrors() {}

    /** Empty for a good end. */
    public static Optional<ApiException> of(FinishReason reason) {
        return switch (reason) {
            case STOP, LENGTH -> Optional.empty();
            case TIMED_OUT ->
                Optional.of(new ApiException(
                        ErrorReason.DEADLINE_EXCEEDED,
                        "the request took longer than a request may (limits.request-timeout)"));
            // The client's own cancels reach nobody, so this is the server's.
            case CANCELLED ->
                Optional.of(
                        new ApiException(ErrorReason.DRAINING, "the server stopped before the answer was complete"));
            case REFUSED, FAILED ->
                Optional.of(new ApiException(ErrorReason.MODEL_FAILED, "the model failed to answer this request"));
            case UNUSABLE_LOGITS ->
                Optional.of(
                        new ApiException(
                                ErrorReason.UNUSABLE_LOGITS,
                                "the model gave no usable logits for this request (NaN or infinity), so no token can be drawn"));
            case CONSTRAINT_LIMIT ->
                Optional.of(new ApiException(
                        ErrorReason.CONSTRAINT_LIMIT_EXCEEDED,
                        "the constraint on the answer takes more work than one token may (limits of structured output);"
                                + " a simpler schema, expression or grammar does the same with less"));
        };
    }
}
