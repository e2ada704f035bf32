package io.vitrine.observability.metrics;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.DoubleAdder;
import java.util.concurrent.atomic.LongAdder;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.vitrine.observability.RequestCharge;
import io.vitrine.observability.RequestSummary;
import io.vitrine.observability.RequestSummary.Tokens;
import io.vitrine.observability.catalogue.BusinessMeters;

/** Adds up what requests earn and cost, by model. What has no price has no series. Any thread. */
final class BusinessMetrics {

    private final Instruments instruments;
    private final Map<String, Counter> engineTime = new ConcurrentHashMap<>();
    private final Map<String, Counter> energy = new ConcurrentHashMap<>();
    private final Map<Key, Revenue> revenues = new ConcurrentHashMap<>();
    private final Map<Key, Cost> costs = new ConcurrentHashMap<>();

    private record Key(String modelName, String currency) {}

    BusinessMetrics(Instruments instruments) {
        this.instruments = instruments;
    }

    void ended(RequestSummary summary, String modelName) {
        summary.charge().ifPresent(charge -> add(charge, modelName, summary.tokens()));
    }

    private void add(RequestCharge charge, String modelName, Tokens tokens) {
        engineTime
                .computeIfAbsent(modelName, name -> instruments.counter(BusinessMeters.ENGINE_TIME, name))
                .increment(charge.engineNanos() / 1e9);
        charge.joules().ifPresent(joules -> energy.computeIfAbsent(
                        modelName, name -> instruments.counter(BusinessMeters.ENERGY, name))
                .increment(joules));
        Key key = new Key(modelName, charge.currency());
        charge.price()
                .ifPresent(price -> revenues.computeIfAbsent(key, this::revenue).add(price));
        charge.infrastructure()
                .ifPresent(cost -> costs.computeIfAbsent(key, this::cost).add(cost, tokens));
    }

    private Revenue revenue(Key key) {
        return new Revenue(
                instruments.counter(BusinessMeters.REVENUE, key.modelName, key.currency),
                instruments.summary(BusinessMeters.REQUEST_REVENUE, key.modelName, key.currency));
    }

    private Cost cost(Key key) {
        Cost cost = new Cost(
                instruments.counter(BusinessMeters.INFRASTRUCTURE_COST, key.modelName, key.currency),
                instruments.summary(BusinessMeters.REQUEST_COST, key.modelName, key.currency),
                new DoubleAdder(),
                new LongAdder(),
                new LongAdder());
        instruments.gauge(BusinessMeters.TOKEN_COST, cost::perToken, key.modelName, key.currency);
        instruments.gauge(BusinessMeters.OUTPUT_TOKEN_COST, cost::perOutputToken, key.modelName, key.currency);
        return cost;
    }

    private record Revenue(Counter sum, DistributionSummary perRequest) {

        void add(double price) {
            sum.increment(price);
            perRequest.record(price);
        }
    }

    private record Cost(
            Counter sum, DistributionSummary perRequest, DoubleAdder total, LongAdder tokens, LongAdder outputTokens) {

        void add(double cost, Tokens used) {
            sum.increment(cost);
            perRequest.record(cost);
            total.add(cost);
            tokens.add((long) used.input() + used.output());
            outputTokens.add(used.output());
        }

        /** Not a number before there is a token: nothing to divide by is not free. */
        double perToken() {
            return quotient(tokens.sum());
        }

        double perOutputToken() {
            return quotient(outputTokens.sum());
        }

        private double quotient(long count) {
            return count == 0 ? Double.NaN : total.sum() / count;
        }
    }
}
