package io.vitrine.observability.logging;

import java.util.Locale;

import io.vitrine.observability.ErrorType;
import io.vitrine.observability.Outcome;
import io.vitrine.observability.RequestListener;
import io.vitrine.observability.RequestSummary;
import io.vitrine.observability.RequestSummary.Tokens;
import io.vitrine.observability.Route;
import io.vitrine.observability.TraceReference;
import io.vitrine.observability.catalogue.EventName;
import io.vitrine.observability.catalogue.LogField;
import org.apache.logging.log4j.Level;

/** Writes the one line of each request. It never holds what was asked or answered. */
final class RequestLog implements RequestListener {

    private final EventLog log;

    RequestLog(EventLog log) {
        this.log = log;
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
                .set(LogField.REQUEST_ID, summary.requestId())
                .set(LogField.TENANT_ID, summary.tenantId())
                .set(LogField.TRACE_ID, summary.trace().map(TraceReference::traceId))
                .set(LogField.SPAN_ID, summary.trace().map(TraceReference::spanId))
                .set(LogField.MODEL_NAME, summary.modelName())
                .set(LogField.ROUTE, summary.route().template())
                .set(LogField.OUTCOME, summary.outcome().label())
                .set(LogField.STATUS, summary.status())
                .set(LogField.STREAMED, summary.streamed())
                .set(LogField.ERROR_TYPE, summary.errorType().map(ErrorType::label))
                .setMillis(LogField.DURATION_MS, summary.durationNanos());
        summary.queueNanos().ifPresent(nanos -> line.setMillis(LogField.QUEUE_TIME_MS, nanos));
        summary.timeToFirstTokenNanos().ifPresent(nanos -> line.setMillis(LogField.TTFT_MS, nanos));
        if (summary.choices() > 0) {
            addGeneration(line, summary);
        }
        return line;
    }

    private static void addGeneration(EventMessage line, RequestSummary summary) {
        Tokens tokens = summary.tokens();
        line.set(LogField.INPUT_TOKENS, tokens.input())
                .set(LogField.OUTPUT_TOKENS, tokens.output())
                .set(LogField.CACHED_TOKENS, tokens.cached())
                .set(LogField.CACHED, tokens.cached() > 0)
                .set(LogField.CHOICES, summary.choices())
                .set(LogField.FINISH_REASON, summary.finishReason().map(reason -> reason.name()
                        .toLowerCase(Locale.ROOT)));
    }
}
