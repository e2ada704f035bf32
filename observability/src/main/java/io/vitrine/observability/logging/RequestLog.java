package io.vitrine.observability.logging;

import java.util.Locale;
import java.util.Optional;

import io.vitrine.model.engine.FinishReason;
import io.vitrine.observability.ErrorType;
import io.vitrine.observability.FeedbackGiven;
import io.vitrine.observability.InferenceEnd;
import io.vitrine.observability.InferenceStart;
import io.vitrine.observability.Outcome;
import io.vitrine.observability.RequestCharge;
import io.vitrine.observability.RequestIdentity;
import io.vitrine.observability.RequestListener;
import io.vitrine.observability.RequestSummary;
import io.vitrine.observability.RequestSummary.Tokens;
import io.vitrine.observability.Route;
import io.vitrine.observability.TraceIds;
import io.vitrine.observability.catalogue.EventName;
import io.vitrine.observability.catalogue.LogField;
import org.apache.logging.log4j.Level;

/**
 * Writes the story of each request: its one terminal line, and at DEBUG the steps on the way there, which double or triple
 * the volume. No line holds what was asked or answered.
 */
final class RequestLog implements RequestListener {

    private final EventLog log;

    RequestLog(EventLog log) {
        this.log = log;
    }

    @Override
    public void received(RequestIdentity request) {
        if (request.route() != Route.HEALTH && log.writes(Level.DEBUG, EventName.REQUEST_RECEIVED)) {
            log.write(Level.DEBUG, line(EventName.REQUEST_RECEIVED, request));
        }
    }

    @Override
    public void authSucceeded(RequestIdentity request) {
        if (log.writes(Level.DEBUG, EventName.AUTH_SUCCEEDED)) {
            log.write(Level.DEBUG, line(EventName.AUTH_SUCCEEDED, request));
        }
    }

    @Override
    public void authFailed(RequestIdentity request, ErrorType reason) {
        log.write(Level.WARN, line(EventName.AUTH_FAILED, request).set(LogField.ERROR_TYPE, reason.label()));
    }

    @Override
    public void limitExceeded(RequestIdentity request, ErrorType reason) {
        EventName event =
                reason == ErrorType.BUDGET_EXCEEDED ? EventName.BUDGET_EXCEEDED : EventName.RATE_LIMIT_EXCEEDED;
        log.write(Level.WARN, line(event, request).set(LogField.ERROR_TYPE, reason.label()));
    }

    @Override
    public void queueFull(RequestIdentity request, String modelName) {
        log.write(
                Level.WARN,
                line(EventName.QUEUE_FULL, request)
                        .set(LogField.MODEL_NAME, modelName)
                        .set(LogField.ERROR_TYPE, ErrorType.QUEUE_FULL.label()));
    }

    @Override
    public void feedbackGiven(RequestIdentity request, FeedbackGiven feedback) {
        log.write(
                Level.INFO,
                line(EventName.FEEDBACK_GIVEN, request)
                        .set(LogField.MODEL_NAME, feedback.modelName())
                        .set(LogField.RATED_REQUEST_ID, feedback.ratedRequestId())
                        .set(LogField.RATED_TRACE_ID, feedback.ratedTraceId())
                        .set(LogField.SCORE, feedback.score()));
    }

    @Override
    public void inferenceStarted(InferenceStart inference) {
        if (log.writes(Level.DEBUG, EventName.INFERENCE_STARTED)) {
            log.write(
                    Level.DEBUG,
                    line(EventName.INFERENCE_STARTED, inference)
                            .setMillis(LogField.QUEUE_TIME_MS, inference.queueNanos())
                            .set(LogField.BATCH_SIZE, inference.batchSize()));
        }
    }

    @Override
    public void inferenceCompleted(InferenceEnd inference) {
        if (log.writes(Level.DEBUG, EventName.INFERENCE_COMPLETED)) {
            EventMessage line = line(EventName.INFERENCE_COMPLETED, inference.start())
                    .setMillis(LogField.DURATION_MS, inference.durationNanos());
            inference.timeToFirstTokenNanos().ifPresent(nanos -> line.setMillis(LogField.TTFT_MS, nanos));
            addGeneration(line, inference.tokens(), inference.choices(), inference.finishReason());
            log.write(Level.DEBUG, line);
        }
    }

    private static EventMessage line(EventName event, RequestIdentity request) {
        return new EventMessage(event)
                .set(LogField.REQUEST_ID, request.requestId())
                .set(LogField.TENANT_ID, request.knownTenant())
                .set(LogField.TRACE_ID, request.trace().map(TraceIds::traceId))
                .set(LogField.SPAN_ID, request.trace().map(TraceIds::spanId))
                .set(LogField.ROUTE, request.route().template());
    }

    private static EventMessage line(EventName event, InferenceStart inference) {
        return line(event, inference.request())
                .set(LogField.MODEL_NAME, inference.modelName())
                .set(LogField.GPU_ID, inference.gpuId());
    }

    @Override
    public void ended(RequestSummary summary) {
        if (isProbe(summary)) {
            return;
        }
        log.write(level(summary.outcome()), line(summary));
    }

    /** Orchestrators ask every second; the answer they got is no news, and a refusal is told by what caused it. */
    private static boolean isProbe(RequestSummary summary) {
        return summary.route() == Route.HEALTH && summary.outcome() != Outcome.FAILED;
    }

    private static Level level(Outcome outcome) {
        return switch (outcome) {
            case COMPLETED, REFUSED, CANCELLED -> Level.INFO;
            case TIMED_OUT, FAILED -> Level.WARN;
        };
    }

    private static EventMessage line(RequestSummary summary) {
        EventMessage line = new EventMessage(EventName.REQUEST_COMPLETED)
                .setOfKeptTrace(summary.traceKept())
                .set(LogField.REQUEST_ID, summary.requestId())
                .set(LogField.TENANT_ID, summary.knownTenant())
                .set(LogField.TRACE_ID, summary.trace().map(TraceIds::traceId))
                .set(LogField.SPAN_ID, summary.trace().map(TraceIds::spanId))
                .set(LogField.MODEL_NAME, summary.modelName())
                .set(LogField.ROUTE, summary.route().template())
                .set(LogField.OUTCOME, summary.outcome().label())
                .set(LogField.STATUS, summary.status())
                .set(LogField.STREAMED, summary.streamed())
                .set(LogField.ERROR_TYPE, summary.errorType().map(ErrorType::label))
                .set(LogField.GPU_ID, summary.gpuId())
                .setMillis(LogField.DURATION_MS, summary.durationNanos());
        summary.batchSize().ifPresent(size -> line.set(LogField.BATCH_SIZE, size));
        summary.queueNanos().ifPresent(nanos -> line.setMillis(LogField.QUEUE_TIME_MS, nanos));
        summary.timeToFirstTokenNanos().ifPresent(nanos -> line.setMillis(LogField.TTFT_MS, nanos));
        summary.charge().ifPresent(charge -> addCharge(line, charge));
        if (summary.choices() > 0) {
            addGeneration(line, summary.tokens(), summary.choices(), summary.finishReason());
        }
        return line;
    }

    private static void addCharge(EventMessage line, RequestCharge charge) {
        charge.priceBillionths().ifPresent(price -> line.setBillionths(LogField.COST, price));
        charge.infrastructureBillionths().ifPresent(cost -> line.setBillionths(LogField.INFRASTRUCTURE_COST, cost));
        if (charge.hasAmount()) {
            line.set(LogField.CURRENCY, charge.currency());
        }
    }

    private static void addGeneration(
            EventMessage line, Tokens tokens, int choices, Optional<FinishReason> finishReason) {
        line.set(LogField.INPUT_TOKENS, tokens.input())
                .set(LogField.OUTPUT_TOKENS, tokens.output())
                .set(LogField.CACHED_TOKENS, tokens.cached())
                .set(LogField.CACHED, tokens.cached() > 0)
                .set(LogField.CHOICES, choices)
                .set(LogField.FINISH_REASON, finishReason.map(reason -> reason.name()
                        .toLowerCase(Locale.ROOT)));
    }
}
