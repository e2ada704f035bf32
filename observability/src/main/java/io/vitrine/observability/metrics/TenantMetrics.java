package io.vitrine.observability.metrics;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import io.micrometer.core.instrument.Counter;
import io.vitrine.observability.Outcome;
import io.vitrine.observability.RequestCharge;
import io.vitrine.observability.RequestIdentity;
import io.vitrine.observability.RequestSummary;
import io.vitrine.observability.Route;
import io.vitrine.observability.catalogue.BusinessMeters;
import io.vitrine.observability.catalogue.MeterDefinition;
import io.vitrine.observability.catalogue.Meters;

/** Counts requests, tokens and money of the busiest tenants, each on its own, and of all others together. Any thread. */
final class TenantMetrics {

    private final Instruments instruments;
    private final TopTenants top;
    private final Map<String, Series> byLabel = new ConcurrentHashMap<>();
    private final Map<String, Integer> requestsInside = new ConcurrentHashMap<>();

    TenantMetrics(Instruments instruments, int limit) {
        this.instruments = instruments;
        this.top = new TopTenants(limit, this::remove);
        instruments.gauge(Meters.ACTIVE_TENANTS, requestsInside::size);
    }

    /** A health probe is nobody's: it comes without a key, from an orchestrator. */
    void received(RequestIdentity request) {
        if (request.route() == Route.HEALTH) {
            return;
        }
        request.knownTenant().ifPresent(tenant -> requestsInside.merge(tenant, 1, Integer::sum));
    }

    void ended(RequestSummary summary) {
        if (summary.route() == Route.HEALTH) {
            return;
        }
        summary.knownTenant()
                .ifPresent(tenant ->
                        requestsInside.computeIfPresent(tenant, (same, inside) -> inside == 1 ? null : inside - 1));
        // Health probes, unknown paths and requests without a good key belong to nobody.
        summary.knownTenant().ifPresent(tenant -> count(tenant, summary));
    }

    private void count(String tenant, RequestSummary summary) {
        Series series = byLabel.computeIfAbsent(top.label(tenant), this::series);
        series.requests.of(summary.outcome()).increment();
        series.inputTokens.increment(summary.tokens().input());
        series.outputTokens.increment(summary.tokens().output());
        summary.charge().ifPresent(charge -> series.money(instruments, charge));
    }

    private Series series(String label) {
        return new Series(
                new PerValue<>(
                        Outcome.class, outcome -> instruments.counter(Meters.TENANT_REQUESTS, label, outcome.label())),
                instruments.counter(Meters.TENANT_INPUT_TOKENS, label),
                instruments.counter(Meters.TENANT_OUTPUT_TOKENS, label),
                label,
                new ConcurrentHashMap<>());
    }

    private void remove(String label) {
        Series series = byLabel.remove(label);
        if (series != null) {
            for (Outcome outcome : Outcome.values()) {
                instruments.remove(series.requests.of(outcome));
            }
            instruments.remove(series.inputTokens);
            instruments.remove(series.outputTokens);
            series.money.values().forEach(instruments::remove);
        }
    }

    private record Series(
            PerValue<Outcome, Counter> requests,
            Counter inputTokens,
            Counter outputTokens,
            String label,
            Map<MeterDefinition, Counter> money) {

        /** Only where there is a price: a series of zeros would say that nothing costs anything. */
        void money(Instruments instruments, RequestCharge charge) {
            charge.price().ifPresent(price -> counter(instruments, BusinessMeters.TENANT_REVENUE, charge)
                    .increment(price));
            charge.infrastructure()
                    .ifPresent(cost -> counter(instruments, BusinessMeters.TENANT_INFRASTRUCTURE_COST, charge)
                            .increment(cost));
        }

        private Counter counter(Instruments instruments, MeterDefinition meter, RequestCharge charge) {
            return money.computeIfAbsent(meter, unknown -> instruments.counter(meter, label, charge.currency()));
        }
    }
}
