package io.vitrine.observability.metrics;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Timer;
import io.vitrine.observability.ConstraintCompiled;
import io.vitrine.observability.LongestTimes;
import io.vitrine.observability.Outcome;
import io.vitrine.observability.RequestIdentity;
import io.vitrine.observability.RequestListener;
import io.vitrine.observability.RequestSummary;
import io.vitrine.observability.RequestSummary.Tokens;
import io.vitrine.observability.ToolCalls;
import io.vitrine.observability.TraceIds;
import io.vitrine.observability.catalogue.CacheLookup;
import io.vitrine.observability.catalogue.ConstraintKeyword;
import io.vitrine.observability.catalogue.ConstraintMeters;
import io.vitrine.observability.catalogue.MeterDefinition;
import io.vitrine.observability.catalogue.Meters;
import io.vitrine.observability.catalogue.ToolCallOutcome;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

/**
 * Counts each request once, when it is over, from the same summary that its log line is made from. Meters are looked up
 * once for each set of labels, of which there are few. Any thread.
 */
final class RequestMetrics implements RequestListener {

    private static final double NANOS_PER_SECOND = 1e9;

    private final Instruments instruments;
    private final ExemplarSource exemplars;
    private final LateExemplars late;
    private final UnaryOperator<String> boundedModelName;
    private final TenantMetrics tenants;
    private final BusinessMetrics business;
    private final RequestCounts counts;
    private final PerValue<Outcome, Timer> byOutcome;
    private final Map<GenerationLabels, Timer> durations = new ConcurrentHashMap<>();
    private final Map<GenerationLabels, Timer> firstTokens = new ConcurrentHashMap<>();
    private final Map<GenerationLabels, Usage> usages = new ConcurrentHashMap<>();

    /** @param boundedModelName gives a model's name, or one for all that are not in the configuration */
    RequestMetrics(
            Instruments instruments,
            RequestCounts counts,
            ExemplarSource exemplars,
            LateExemplars late,
            UnaryOperator<String> boundedModelName,
            int tenantLimit) {
        this.instruments = instruments;
        this.counts = counts;
        this.exemplars = exemplars;
        this.late = late;
        this.boundedModelName = boundedModelName;
        this.byOutcome = new PerValue<>(
                Outcome.class, outcome -> instruments.timer(Meters.DURATION_BY_OUTCOME, outcome.label()));
        this.tenants = new TenantMetrics(instruments, tenantLimit);
        this.business = new BusinessMetrics(instruments);
    }

    @Override
    public void offered(String requestId) {
        counts.offered(requestId);
    }

    @Override
    public void received(RequestIdentity request) {
        tenants.received(request);
    }

    @Override
    public void constraintCompiled(RequestIdentity request, ConstraintCompiled constraint) {
        CacheLookup result = constraint.cacheHit() ? CacheLookup.HIT : CacheLookup.MISSED;
        instruments
                .timer(ConstraintMeters.COMPILE_TIME, boundedModelName.apply(constraint.modelName()), result.label())
                .record(constraint.endNanos() - constraint.startNanos(), NANOSECONDS);
    }

    @Override
    public void constraintRefused(RequestIdentity request, String keyword) {
        instruments
                .counter(ConstraintMeters.REFUSED, ConstraintKeyword.bounded(keyword))
                .increment();
    }

    @Override
    public void toolsCalled(RequestIdentity request, String modelName, ToolCalls calls) {
        count(modelName, ToolCallOutcome.COMPLETED, calls.completed());
        count(modelName, ToolCallOutcome.CUT_OFF, calls.cutOff());
        count(modelName, ToolCallOutcome.MALFORMED, calls.malformed());
    }

    private void count(String modelName, ToolCallOutcome outcome, int calls) {
        if (calls > 0) {
            instruments
                    .counter(ConstraintMeters.TOOL_CALLS, boundedModelName.apply(modelName), outcome.label())
                    .increment(calls);
        }
    }

    @Override
    public void ended(RequestSummary summary) {
        summary.trace()
                .filter(ids -> summary.traceKept())
                .ifPresentOrElse(ids -> countKept(summary, ids), () -> count(summary));
    }

    private void countKept(RequestSummary summary, TraceIds trace) {
        exemplars.during(trace, () -> count(summary));
        String modelName = modelName(summary);
        String operation = summary.route().operation().orElse("");
        LongestTimes longest = summary.longest();
        longest.queueNanos()
                .ifPresent(nanos -> late.add(Meters.QUEUE_TIME, nanos / NANOS_PER_SECOND, trace, modelName));
        longest.tokenGapNanos()
                .ifPresent(nanos -> late.add(Meters.INTER_TOKEN_LATENCY, nanos / NANOS_PER_SECOND, trace, modelName));
        longest.perOutputTokenNanos()
                .ifPresent(nanos -> late.add(
                        Meters.TIME_PER_OUTPUT_TOKEN,
                        nanos / NANOS_PER_SECOND,
                        trace,
                        operation,
                        Meters.PROVIDER,
                        modelName));
    }

    private String modelName(RequestSummary summary) {
        return summary.modelName().map(boundedModelName).orElse("");
    }

    private void count(RequestSummary summary) {
        String modelName = modelName(summary);
        counts.ended(
                summary.requestId(),
                new RequestCounts.Labels(
                        summary.route(), modelName, summary.outcome(), summary.status() / 100, summary.errorType()));
        tenants.ended(summary);
        business.ended(summary, modelName);
        if (summary.route().operation().isPresent()) {
            generation(summary, new GenerationLabels(summary.route().operation().orElseThrow(), modelName));
        }
    }

    /** A series is made when there is a value for it: a model that nobody has never answers. */
    private void generation(RequestSummary summary, GenerationLabels labels) {
        byOutcome.of(summary.outcome()).record(summary.durationNanos(), NANOSECONDS);
        if (summary.outcome() == Outcome.COMPLETED) {
            durations
                    .computeIfAbsent(labels, key -> key.timer(instruments, Meters.REQUEST_DURATION))
                    .record(summary.durationNanos(), NANOSECONDS);
        }
        if (summary.timeToFirstTokenNanos().isPresent()) {
            firstTokens
                    .computeIfAbsent(labels, key -> key.timer(instruments, Meters.TIME_TO_FIRST_TOKEN))
                    .record(summary.timeToFirstTokenNanos().getAsLong(), NANOSECONDS);
        }
        if (summary.choices() > 0) {
            usages.computeIfAbsent(labels, key -> new Usage(instruments, key)).add(summary.tokens());
        }
    }

    private record GenerationLabels(String operation, String modelName) {

        Timer timer(Instruments instruments, MeterDefinition meter) {
            return instruments.timer(meter, operation, Meters.PROVIDER, modelName);
        }

        DistributionSummary usage(Instruments instruments, String tokenType) {
            return instruments.summary(Meters.TOKEN_USAGE, operation, Meters.PROVIDER, modelName, tokenType);
        }
    }

    /** Counts tokens of a route and model. */
    private static final class Usage {

        private final Counter inputTokens;
        private final Counter cachedTokens;
        private final Counter outputTokens;
        private final DistributionSummary input;
        private final DistributionSummary output;

        Usage(Instruments instruments, GenerationLabels labels) {
            inputTokens = instruments.counter(Meters.INPUT_TOKENS, labels.modelName);
            cachedTokens = instruments.counter(Meters.CACHED_TOKENS, labels.modelName);
            outputTokens = instruments.counter(Meters.OUTPUT_TOKENS, labels.modelName);
            input = labels.usage(instruments, Meters.TOKEN_TYPE_INPUT);
            output = labels.usage(instruments, Meters.TOKEN_TYPE_OUTPUT);
        }

        void add(Tokens tokens) {
            inputTokens.increment(tokens.input());
            cachedTokens.increment(tokens.cached());
            outputTokens.increment(tokens.output());
            input.record(tokens.input());
            output.record(tokens.output());
        }
    }
}
