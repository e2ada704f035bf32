package io.vitrine.observability.metrics;

import java.util.Locale;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Timer;
import io.vitrine.model.engine.FinishReason;
import io.vitrine.model.engine.GenerationListener;
import io.vitrine.observability.Route;
import io.vitrine.observability.catalogue.Meters;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

/**
 * Turns the life of one sequence into meters, as it happens: nothing is made per token, and what is kept is a few numbers
 * in plain fields.
 */
final class GenerationMetrics implements GenerationListener {

    private final Instrumented meters;

    private long queuedNanos;
    private long admittedNanos;
    private long firstTokenNanos;
    private long lastTokenNanos;
    private int tokenCount;

    private GenerationMetrics(Instrumented meters) {
        this.meters = meters;
    }

    /** Listeners of one model's sequences that came by one route; they share their meters. */
    static GenerationListener.Factory factory(Instruments instruments, String modelName, Route route) {
        Instrumented meters = new Instrumented(instruments, modelName, route);
        return request -> new GenerationMetrics(meters);
    }

    @Override
    public void queued(long atNanos) {
        queuedNanos = atNanos;
    }

    @Override
    public void admitted(int slot, long atNanos) {
        admittedNanos = atNanos;
        meters.queueTime.record(atNanos - queuedNanos, NANOSECONDS);
    }

    @Override
    public void prefillEnded(int promptTokens, long atNanos) {
        meters.prefillTime.record(atNanos - admittedNanos, NANOSECONDS);
    }

    @Override
    public void tokenGenerated(int tokenId, long atNanos) {
        if (tokenCount == 0) {
            firstTokenNanos = atNanos;
        } else {
            meters.interTokenLatency.record(atNanos - lastTokenNanos, NANOSECONDS);
        }
        lastTokenNanos = atNanos;
        tokenCount++;
    }

    @Override
    public void ended(FinishReason reason, long atNanos) {
        meters.generations.of(reason).increment();
        boolean well = reason == FinishReason.STOP || reason == FinishReason.LENGTH;
        if (well && tokenCount > 1) {
            meters.timePerOutputToken.record((lastTokenNanos - firstTokenNanos) / (tokenCount - 1), NANOSECONDS);
        }
    }

    /** The meters of one model and route, looked up once. */
    private static final class Instrumented {

        private final Timer queueTime;
        private final Timer prefillTime;
        private final Timer interTokenLatency;
        private final Timer timePerOutputToken;
        private final PerValue<FinishReason, Counter> generations;

        Instrumented(Instruments instruments, String modelName, Route route) {
            queueTime = instruments.timer(Meters.QUEUE_TIME, modelName);
            prefillTime = instruments.timer(Meters.PREFILL_TIME, modelName);
            interTokenLatency = instruments.timer(Meters.INTER_TOKEN_LATENCY, modelName);
            timePerOutputToken = instruments.timer(
                    Meters.TIME_PER_OUTPUT_TOKEN, route.operation().orElse(""), Meters.PROVIDER, modelName);
            generations = new PerValue<>(
                    FinishReason.class,
                    reason -> instruments.counter(
                            Meters.GENERATIONS, modelName, reason.name().toLowerCase(Locale.ROOT)));
        }
    }
}
