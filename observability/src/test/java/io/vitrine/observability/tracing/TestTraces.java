package io.vitrine.observability.tracing;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;

import io.opentelemetry.api.trace.TraceState;
import io.vitrine.model.engine.FinishReason;
import io.vitrine.observability.ErrorType;
import io.vitrine.observability.Outcome;
import io.vitrine.observability.RequestSummary;
import io.vitrine.observability.RequestSummary.Tokens;
import io.vitrine.observability.Route;
import io.vitrine.observability.TenantTraces;

/** Rules and requests for tests of the sampler. */
final class TestTraces {

    static final Duration SLOW_FIRST_TOKEN = Duration.ofSeconds(1);
    static final Duration SLOW_REQUEST = Duration.ofSeconds(10);

    private TestTraces() {}

    static TracingRules rules(double ratio) {
        return rules(ratio, 0, Integer.MAX_VALUE);
    }

    static TracingRules rules(double ratio, double adaptiveRatio, int spansPerSecond) {
        return new TracingRules(
                ratio,
                adaptiveRatio,
                spansPerSecond,
                SLOW_FIRST_TOKEN,
                SLOW_REQUEST,
                Set.of("gold"),
                Set.of("*"),
                Set.of("mesh"),
                Set.of(),
                0);
    }

    /** Answered well and in time. */
    static RequestSummary good(long endNanos) {
        return request(endNanos, Outcome.COMPLETED, 200, Duration.ofMillis(80), Duration.ofMillis(500));
    }

    static RequestSummary failed(long endNanos) {
        return request(endNanos, Outcome.FAILED, 500, Duration.ofMillis(80), Duration.ofMillis(500));
    }

    static RequestSummary request(long endNanos, Outcome outcome, int status, Duration firstToken, Duration duration) {
        return request("default", endNanos, outcome, status, firstToken, duration);
    }

    static RequestSummary request(
            String tenant, long endNanos, Outcome outcome, int status, Duration firstToken, Duration duration) {
        boolean bad = outcome != Outcome.COMPLETED && outcome != Outcome.CANCELLED;
        return new RequestSummary(
                "r",
                Route.CHAT_COMPLETIONS,
                Optional.of("m"),
                tenant,
                outcome,
                status,
                false,
                endNanos - duration.toNanos(),
                endNanos,
                OptionalLong.of(0),
                firstToken.isZero() ? OptionalLong.empty() : OptionalLong.of(firstToken.toNanos()),
                new Tokens(3, 2, 0),
                1,
                Optional.of(FinishReason.STOP),
                bad ? Optional.of(ErrorType.MODEL_FAILED) : Optional.empty(),
                OptionalInt.empty(),
                Optional.empty(),
                Optional.empty());
    }

    static TraceFacts facts(String traceId, RequestSummary summary) {
        return new TraceFacts(
                traceId, TraceState.getDefault(), CallerSampling.NONE, false, false, TenantTraces.SAMPLED, 10, summary);
    }
}
