package io.vitrine.observability;

import java.util.Optional;

/**
 * Somebody has said what they think of an answer.
 *
 * @param ratedRequestId of the request that was answered
 * @param ratedTraceId the trace of that request, kept or not; empty if there was none
 * @param score 0 for bad to 1 for good
 */
public record FeedbackGiven(String ratedRequestId, String modelName, Optional<String> ratedTraceId, double score) {}
