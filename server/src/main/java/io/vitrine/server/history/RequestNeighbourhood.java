package io.vitrine.server.history;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vitrine.observability.catalogue.EventName;
import io.vitrine.observability.catalogue.LogField;
import io.vitrine.observability.catalogue.SpanAttributes;
import io.vitrine.observability.catalogue.SpanName;
import io.vitrine.store.telemetry.LogFilter;
import io.vitrine.store.telemetry.LogRow;
import io.vitrine.store.telemetry.SpanRow;
import io.vitrine.store.telemetry.StepRow;
import io.vitrine.store.telemetry.TelemetryQueries;
import io.vitrine.store.telemetry.TimeRange;
import org.jspecify.annotations.Nullable;

/** What was in the batch beside one request, and when its tokens came. For one question. */
final class RequestNeighbourhood {

    private static final int MOST_REQUESTS = 10_000;
    private static final int SHOWN_REQUESTS = 200;
    private static final int MOST_STEPS = 5_000;
    private static final long MARGIN = Duration.ofSeconds(1).toNanos();
    private static final long LONGEST = Duration.ofHours(1).toNanos();

    private final TelemetryQueries queries;
    private final RequestFacts request;
    private final List<SpanRow> spans;

    private RequestNeighbourhood(TelemetryQueries queries, RequestFacts request, List<SpanRow> spans) {
        this.queries = queries;
        this.request = request;
        this.spans = spans;
    }

    /** Empty if nothing is stored of the request. */
    static Optional<RequestNeighbourhood> of(TelemetryQueries queries, String requestId, @Nullable String tenantId) {
        return new RequestLookup(queries).find(requestId, tenantId).flatMap(found -> {
            if (found.root().isPresent()) {
                SpanRow root = found.root().get();
                long start = root.startEpochNanos();
                TimeRange around = new TimeRange(start - MARGIN, start + root.durationNanos() + MARGIN);
                List<SpanRow> spans = queries.trace(root.traceId(), around).rows();
                return Optional.of(new RequestNeighbourhood(queries, RequestFacts.of(root, spans), spans));
            }
            return RequestFacts.of(found.log()).map(facts -> new RequestNeighbourhood(queries, facts, List.of()));
        });
    }

    Neighbours neighbours(Predicate<@Nullable String> sees) {
        long from = request.admittedEpochNanos();
        long to = request.endEpochNanos();
        LogFilter ended = new LogFilter(null, null, null, EventName.REQUEST_COMPLETED.label());
        List<Neighbours.Neighbour> others = new ArrayList<>();
        for (LogRow row : queries.firstLogs(new TimeRange(from, to + LONGEST), ended, MOST_REQUESTS)
                .rows()) {
            RequestFacts other = RequestFacts.of(row);
            long first = Math.max(from, other.admittedEpochNanos());
            long last = Math.min(to, other.endEpochNanos());
            ObjectNode fields = Attributes.read(row.attributesJson());
            if (last > first && fields.has(LogField.OUTPUT_TOKENS.key()) && !other.isSameAs(request)) {
                others.add(new Neighbours.Neighbour(
                        other.requestId(),
                        other.tenantId(),
                        Moments.millis(last - first),
                        Moments.millis(other.admittedEpochNanos() - request.startEpochNanos()),
                        Moments.millis(other.endEpochNanos() - request.startEpochNanos()),
                        fields.path(LogField.INPUT_TOKENS.key()).asLong(),
                        fields.path(LogField.OUTPUT_TOKENS.key()).asLong()));
            }
        }
        others.sort(Comparator.comparingDouble(Neighbours.Neighbour::overlapMs).reversed());
        return new Neighbours(
                        request.requestId(),
                        Moments.text(request.startEpochNanos()),
                        others.subList(0, Math.min(SHOWN_REQUESTS, others.size())),
                        steps().stream().map(this::shared).toList())
                .seenBy(sees);
    }

    private List<StepRow> steps() {
        long from = request.admittedEpochNanos();
        long to = request.endEpochNanos();
        return to <= from
                ? List.of()
                : queries.steps(new TimeRange(from, to), MOST_STEPS).rows();
    }

    private Neighbours.SharedStep shared(StepRow step) {
        ObjectNode values = Attributes.read(step.attributesJson());
        return new Neighbours.SharedStep(
                Moments.millis(step.atEpochNanos() - request.startEpochNanos()),
                Moments.millis(step.durationNanos()),
                step.phase(),
                step.batchSize(),
                values.path("prefill_tokens").asInt(),
                values.path("decode_tokens").asInt());
    }

    TokenTimes tokens() {
        List<SpanRow> own = spans.stream()
                .filter(span -> span.name().equals(SpanName.DECODE.label()))
                .filter(span -> span.attributesJson().contains('"' + SpanAttributes.STEP_INDEX.getKey() + '"'))
                .sorted(Comparator.comparingLong(SpanRow::startEpochNanos))
                .toList();
        return own.isEmpty() ? tokensOfSteps() : tokensOf(own);
    }

    private TokenTimes tokensOf(List<SpanRow> decodes) {
        List<TokenTimes.Token> tokens = new ArrayList<>();
        long before = 0;
        for (SpanRow span : decodes) {
            long end = span.startEpochNanos() + span.durationNanos();
            long batch = Attributes.number(Attributes.read(span.attributesJson()), SpanAttributes.BATCH_SIZE);
            tokens.add(token(end, before, (int) batch, 0));
            before = end;
        }
        return new TokenTimes(request.requestId(), "trace", tokens);
    }

    private TokenTimes tokensOfSteps() {
        List<TokenTimes.Token> tokens = new ArrayList<>();
        long before = 0;
        for (StepRow step : steps()) {
            ObjectNode values = Attributes.read(step.attributesJson());
            if (values.path("decode_tokens").asInt() > 0) {
                long end = step.atEpochNanos() + step.durationNanos();
                tokens.add(token(
                        end,
                        before,
                        step.batchSize(),
                        values.path("prefill_tokens").asInt()));
                before = end;
            }
        }
        return new TokenTimes(request.requestId(), "steps", tokens);
    }

    private TokenTimes.Token token(long end, long before, int batchSize, int prefillTokens) {
        return new TokenTimes.Token(
                Moments.millis(end - request.startEpochNanos()),
                before == 0 ? 0 : Moments.millis(end - before),
                batchSize,
                prefillTokens);
    }
}
