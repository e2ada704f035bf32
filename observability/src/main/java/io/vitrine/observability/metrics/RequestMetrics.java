package io.vitrine.observability.metrics;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.UnaryOperator;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Timer;
import io.vitrine.observability.ErrorType;
import io.vitrine.observability.Outcome;
import io.vitrine.observability.RequestIdentity;
import io.vitrine.observability.RequestListener;
import io.vitrine.observability.RequestSummary;
import io.vitrine.observability.RequestSummary.Tokens;
import io.vitrine.observability.Route;
import io.vitrine.observability.catalogue.Meters;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

/**
 * Counts each request once, when it is over, from the same summary that its log line is made from. Meters are looked up
 * once for each set of labels, of which there are few. Any thread.
 */
final class RequestMetrics implements RequestListener {

    private final Instruments instruments;
    private final ExemplarSource exemplars;
    private final UnaryOperator<String> boundedModelName;
    private final TenantMetrics tenants;
    private final BusinessMetrics business;
    private final LongAdder active = new LongAdder();
    private final Map<Labels, Counter> requests = new ConcurrentHashMap<>();
    private final Map<GenerationLabels, Generated> generated = new ConcurrentHashMap<>();

    /** @param boundedModelName gives a model's name, or one for all that are not in the configuration */
    RequestMetrics(
            Instruments instruments,
            ExemplarSource exemplars,
            UnaryOperator<String> boundedModelName,
            int tenantLimit) {
        this.instruments = instruments;
        this.exemplars = exemplars;
        this.boundedModelName = boundedModelName;
        this.tenants = new TenantMetrics(instruments, tenantLimit);
        this.business = new BusinessMetrics(instruments);
        instruments.gauge(Meters.ACTIVE_REQUESTS, active::sum);
    }

    @Override
    public void received(RequestIdentity request) {
        active.increment();
        tenants.received(request);
    }

    @Override
    public void ended(RequestSummary summary) {
        summary.trace()
                .filter(ids -> summary.traceKept())
                .ifPresentOrElse(ids -> exemplars.during(ids, () -> count(summary)), () -> count(summary));
    }

    private void count(RequestSummary summary) {
        active.decrement();
        String modelName = summary.modelName().map(boundedModelName).orElse("");
        Labels labels =
                new Labels(summary.route(), modelName, summary.outcome(), summary.status() / 100, summary.errorType());
        requests.computeIfAbsent(labels, this::counter).increment();
        tenants.ended(summary);
        business.ended(summary, modelName);
        if (summary.route().operation().isPresent()) {
            generated
                    .computeIfAbsent(
                            new GenerationLabels(summary.route(), modelName, summary.errorType()),
                            key -> new Generated(instruments, key))
                    .record(summary);
        }
    }

    private Counter counter(Labels labels) {
        return instruments.counter(
                Meters.REQUESTS,
                labels.route.template(),
                labels.modelName,
                labels.outcome.label(),
                labels.hundreds + "xx",
                label(labels.errorType));
    }

    private static String label(Optional<ErrorType> errorType) {
        return errorType.map(ErrorType::label).orElse("");
    }

    private record Labels(
            Route route, String modelName, Outcome outcome, int hundreds, Optional<ErrorType> errorType) {}

    private record GenerationLabels(Route route, String modelName, Optional<ErrorType> errorType) {}

    /** The meters of a route that generates. */
    private static final class Generated {

        private final Timer duration;
        private final Timer timeToFirstToken;
        private final Counter inputTokens;
        private final Counter cachedTokens;
        private final Counter outputTokens;
        private final DistributionSummary input;
        private final DistributionSummary output;

        Generated(Instruments instruments, GenerationLabels labels) {
            String operation = labels.route.operation().orElse("");
            String modelName = labels.modelName;
            duration = instruments.timer(
                    Meters.REQUEST_DURATION, operation, Meters.PROVIDER, modelName, label(labels.errorType));
            timeToFirstToken = instruments.timer(Meters.TIME_TO_FIRST_TOKEN, operation, Meters.PROVIDER, modelName);
            inputTokens = instruments.counter(Meters.INPUT_TOKENS, modelName);
            cachedTokens = instruments.counter(Meters.CACHED_TOKENS, modelName);
            outputTokens = instruments.counter(Meters.OUTPUT_TOKENS, modelName);
            input = instruments.summary(
                    Meters.TOKEN_USAGE, operation, Meters.PROVIDER, modelName, Meters.TOKEN_TYPE_INPUT);
            output = instruments.summary(
                    Meters.TOKEN_USAGE, operation, Meters.PROVIDER, modelName, Meters.TOKEN_TYPE_OUTPUT);
        }

        void record(RequestSummary summary) {
            duration.record(summary.durationNanos(), NANOSECONDS);
            if (summary.timeToFirstTokenNanos().isPresent()) {
                timeToFirstToken.record(summary.timeToFirstTokenNanos().getAsLong(), NANOSECONDS);
            }
            if (summary.choices() > 0) {
                tokens(summary.tokens());
            }
        }

        private void tokens(Tokens tokens) {
            inputTokens.increment(tokens.input());
            cachedTokens.increment(tokens.cached());
            outputTokens.increment(tokens.output());
            input.record(tokens.input());
            output.record(tokens.output());
        }
    }
}
