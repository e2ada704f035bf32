package io.vitrine.observability;

import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;

import io.vitrine.model.engine.FinishReason;
import io.vitrine.observability.RequestSummary.Tokens;

/** Requests as they end, one for each outcome. */
public final class Summaries {

    public static final String MODEL = "smollm2-135m-instruct";

    private Summaries() {}

    /** 1 234.567891 ms, 12.5 ms of it in the queue, first token after 80 ms; 20 tokens in, 8 of them cached, 16 out. */
    public static RequestSummary completed() {
        return new RequestSummary(
                "req-1",
                Route.CHAT_COMPLETIONS,
                Optional.of(MODEL),
                RequestSummary.DEFAULT_TENANT,
                Outcome.COMPLETED,
                200,
                true,
                1_000,
                1_234_568_891,
                OptionalLong.of(12_500_000),
                OptionalLong.of(80_000_000),
                new Tokens(20, 16, 8),
                1,
                Optional.of(FinishReason.STOP),
                Optional.empty(),
                OptionalInt.of(3),
                Optional.empty(),
                Optional.of(charge()));
    }

    /** 0.0125 euros charged, 0.003 spent; 40 ms of the engine. */
    public static RequestCharge charge() {
        return new RequestCharge(
                "EUR",
                OptionalLong.of(12_500_000),
                OptionalLong.of(3_000_000),
                40_000_000,
                1_000_000,
                OptionalDouble.of(2));
    }

    /** Never reached a model. */
    public static RequestSummary refused() {
        return withoutGeneration(Route.UNMATCHED, Outcome.REFUSED, 404, Optional.of(ErrorType.NOT_FOUND));
    }

    /** An orchestrator asked for the health, and got it. */
    public static RequestSummary probe() {
        return withoutGeneration(Route.HEALTH, Outcome.COMPLETED, 200, Optional.empty());
    }

    private static RequestSummary withoutGeneration(
            Route route, Outcome outcome, int status, Optional<ErrorType> errorType) {
        return new RequestSummary(
                "req-2",
                route,
                Optional.empty(),
                RequestSummary.DEFAULT_TENANT,
                outcome,
                status,
                false,
                0,
                2_000_000,
                OptionalLong.empty(),
                OptionalLong.empty(),
                Tokens.NONE,
                0,
                Optional.empty(),
                errorType,
                OptionalInt.empty(),
                Optional.empty(),
                Optional.empty());
    }

    /** Left while waiting. */
    public static RequestSummary cancelled() {
        return generation(Outcome.CANCELLED, RequestSummary.STATUS_CLIENT_GONE, FinishReason.CANCELLED, null);
    }

    public static RequestSummary timedOut() {
        return generation(Outcome.TIMED_OUT, 504, FinishReason.TIMED_OUT, ErrorType.DEADLINE_EXCEEDED);
    }

    public static RequestSummary failed() {
        return generation(Outcome.FAILED, 500, FinishReason.FAILED, ErrorType.MODEL_FAILED);
    }

    /** The completed one under another id. */
    public static RequestSummary completed(String requestId) {
        RequestSummary summary = completed();
        return new RequestSummary(
                requestId,
                summary.route(),
                summary.modelName(),
                summary.tenantId(),
                summary.outcome(),
                summary.status(),
                summary.streamed(),
                summary.startNanos(),
                summary.endNanos(),
                summary.queueNanos(),
                summary.timeToFirstTokenNanos(),
                summary.tokens(),
                summary.choices(),
                summary.finishReason(),
                summary.errorType(),
                summary.batchSize(),
                summary.gpuId(),
                Optional.empty());
    }

    /** What the completed one was before, on a GPU. */
    public static RequestIdentity head(String requestId) {
        return new RequestIdentity(requestId, Route.CHAT_COMPLETIONS, RequestSummary.DEFAULT_TENANT, Optional.empty());
    }

    public static InferenceStart inferenceStart(String requestId) {
        return new InferenceStart(head(requestId), MODEL, Optional.of("cuda:0"), 12_500_000, 3);
    }

    public static InferenceEnd inferenceEnd(String requestId) {
        return new InferenceEnd(
                inferenceStart(requestId),
                1_200_000_000,
                OptionalLong.of(80_000_000),
                new Tokens(20, 16, 8),
                1,
                Optional.of(FinishReason.STOP));
    }

    private static RequestSummary generation(
            Outcome outcome, int status, FinishReason finishReason, ErrorType errorType) {
        return new RequestSummary(
                "req-3",
                Route.COMPLETIONS,
                Optional.of(MODEL),
                RequestSummary.DEFAULT_TENANT,
                outcome,
                status,
                false,
                0,
                5_000_000,
                OptionalLong.empty(),
                OptionalLong.empty(),
                new Tokens(7, 0, 0),
                1,
                Optional.of(finishReason),
                Optional.ofNullable(errorType),
                OptionalInt.empty(),
                Optional.empty(),
                Optional.empty());
    }
}
