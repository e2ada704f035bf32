package io.vitrine.observability.metrics;

import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

import io.vitrine.observability.ErrorType;
import io.vitrine.observability.FeedbackGiven;
import io.vitrine.observability.Outcome;
import io.vitrine.observability.RequestIdentity;
import io.vitrine.observability.RequestListener;
import io.vitrine.observability.RequestSummary;
import io.vitrine.observability.catalogue.MeterDefinition;
import io.vitrine.observability.catalogue.SliMeters;

/** Counts what objectives are set on, by model and class of tenant. Any thread. */
final class SliMetrics implements RequestListener {

    private static final int SERVER_ERROR = 500;
    private static final double GOOD_SCORE = 0.5;

    private final Instruments instruments;
    private final UnaryOperator<String> boundedModelName;
    private volatile UnaryOperator<String> tenantClass = tenantId -> "";

    SliMetrics(Instruments instruments, UnaryOperator<String> boundedModelName) {
        this.instruments = instruments;
        this.boundedModelName = boundedModelName;
    }

    /** Classes of tenants by id from now on. */
    void classify(UnaryOperator<String> byTenant) {
        tenantClass = byTenant;
    }

    @Override
    public void ended(RequestSummary summary) {
        if (summary.route().operation().isEmpty() || summary.modelName().isEmpty()) {
            return;
        }
        String model = boundedModelName.apply(summary.modelName().orElseThrow());
        String tenants = summary.knownTenant().map(tenantClass).orElse("");
        boolean good = summary.outcome() == Outcome.COMPLETED;
        if (good || isOurs(summary)) {
            instruments
                    .counter(SliMeters.REQUESTS, model, tenants, good ? SliMeters.GOOD : SliMeters.BAD)
                    .increment();
        }
        record(SliMeters.FIRST_TOKEN, summary.timeToFirstTokenNanos(), model, tenants);
        record(SliMeters.OUTPUT_TOKEN, summary.longest().perOutputTokenNanos(), model, tenants);
        record(SliMeters.LONGEST_GAP, summary.longest().tokenGapNanos(), model, tenants);
        record(SliMeters.QUEUE_TIME, summary.longest().queueNanos(), model, tenants);
    }

    /** Whether the server failed it, and neither its client nor its tenant's limits. */
    private static boolean isOurs(RequestSummary summary) {
        return summary.outcome() != Outcome.CANCELLED
                && (summary.status() >= SERVER_ERROR
                        || summary.outcome() == Outcome.FAILED
                        || summary.outcome() == Outcome.TIMED_OUT
                        || summary.errorType().equals(Optional.of(ErrorType.QUEUE_FULL)));
    }

    private void record(MeterDefinition meter, OptionalLong nanos, String model, String tenants) {
        if (nanos.isPresent()) {
            instruments.timer(meter, model, tenants).record(nanos.getAsLong(), TimeUnit.NANOSECONDS);
        }
    }

    @Override
    public void feedbackGiven(RequestIdentity request, FeedbackGiven feedback) {
        instruments
                .counter(
                        SliMeters.RATINGS,
                        boundedModelName.apply(feedback.modelName()),
                        request.knownTenant().map(tenantClass).orElse(""),
                        feedback.score() >= GOOD_SCORE ? SliMeters.GOOD : SliMeters.BAD)
                .increment();
    }
}
