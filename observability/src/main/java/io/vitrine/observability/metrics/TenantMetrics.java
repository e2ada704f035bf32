package io.vitrine.observability.metrics;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import io.micrometer.core.instrument.Counter;
import io.vitrine.observability.Outcome;
import io.vitrine.observability.RequestSummary;
import io.vitrine.observability.catalogue.Meters;

/** Counts requests and tokens of the busiest tenants, each on its own, and of all others together. Any thread. */
final class TenantMetrics {

    private final Instruments instruments;
    private final TopTenants top;
    private final Map<String, Series> byLabel = new ConcurrentHashMap<>();

    TenantMetrics(Instruments instruments, int limit) {
        this.instruments = instruments;
        this.top = new TopTenants(limit, this::remove);
    }

    void ended(RequestSummary summary) {
        Series series = byLabel.computeIfAbsent(top.label(summary.tenantId()), this::series);
        series.requests.of(summary.outcome()).increment();
        series.inputTokens.increment(summary.tokens().input());
        series.outputTokens.increment(summary.tokens().output());
    }

    private Series series(String label) {
        return new Series(
                new PerValue<>(
                        Outcome.class, outcome -> instruments.counter(Meters.TENANT_REQUESTS, label, outcome.label())),
                instruments.counter(Meters.TENANT_INPUT_TOKENS, label),
                instruments.counter(Meters.TENANT_OUTPUT_TOKENS, label));
    }

    private void remove(String label) {
        Series series = byLabel.remove(label);
        if (series != null) {
            for (Outcome outcome : Outcome.values()) {
                instruments.remove(series.requests.of(outcome));
            }
            instruments.remove(series.inputTokens);
            instruments.remove(series.outputTokens);
        }
    }

    private record Series(PerValue<Outcome, Counter> requests, Counter inputTokens, Counter outputTokens) {}
}
