package io.vitrine.observability.metrics;

import java.util.Locale;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Timer;
import io.vitrine.model.engine.FinishReason;
import io.vitrine.model.engine.GenerationListener;
import io.vitrine.observability.Route;
import io.vitrine.observability.catalogue.ConstraintMeters;
import io.vitrine.observability.catalogue.Meters;
import io.vitrine.observability.catalogue.ToolCallOutcome;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

/**
 * Turns the life of one sequence into meters, as it happens: nothing is made per token, and what is kept is a few numbers
 * in plain fields.
 */
final class GenerationMetrics implements GenerationListener {

    private final Instrumented meters;

    private boolean queued;
    private boolean admitted;
    private boolean preempted;
    private long queuedNanos;
    private long admittedNanos;
    private long preemptedNanos;
    private long requeuedNanos;
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
        queued = true;
        queuedNanos = atNanos;
    }

    @Override
    public void admitted(int slot, long atNanos) {
        admitted = true;
        admittedNanos = atNanos;
        meters.queueTime.record(atNanos - queuedNanos, NANOSECONDS);
    }

    @Override
    public void preempted(long atNanos) {
        preempted = true;
        preemptedNanos = atNanos;
        meters.preemptions.increment();
    }

    @Override
    public void resumed(int slot, long atNanos) {
        requeueEnded(atNanos);
    }

    @Override
    public void prefillEnded(int promptTokens, long atNanos) {
        meters.prefillTime.record(atNanos - admittedNanos, NANOSECONDS);
    }

    @Override
    public void tokenConstrained(long nanos, boolean forced) {
        meters.constraintTime.record(nanos, NANOSECONDS);
        if (forced) {
            meters.forcedTokens.increment();
        }
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
        if (reason == FinishReason.CONSTRAINT_LIMIT) {
            meters.limitsExceeded.increment();
        }
        if (queued) {
            times(atNanos);
        }
        boolean well = reason == FinishReason.STOP || reason == FinishReason.LENGTH;
        if (well && tokenCount > 1) {
            meters.timePerOutputToken.record((lastTokenNanos - firstTokenNanos) / (tokenCount - 1), NANOSECONDS);
        }
    }

    /** What of its life a sequence waited, waited again and ran: nothing is left over. */
    private void times(long atNanos) {
        meters.duration.record(atNanos - queuedNanos, NANOSECONDS);
        if (preempted) {
            requeueEnded(atNanos);
        }
        if (admitted) {
            meters.runTime.record(atNanos - admittedNanos - requeuedNanos, NANOSECONDS);
        } else {
            meters.queueTime.record(atNanos - queuedNanos, NANOSECONDS);
        }
    }

    private void requeueEnded(long atNanos) {
        preempted = false;
        requeuedNanos += atNanos - preemptedNanos;
        meters.requeueTime.record(atNanos - preemptedNanos, NANOSECONDS);
    }

    /** The meters of one model and route, looked up once. */
    private static final class Instrumented {

        private final Timer queueTime;
        private final Timer requeueTime;
        private final Timer runTime;
        private final Timer duration;
        private final Counter preemptions;
        private final Timer prefillTime;
        private final Timer interTokenLatency;
        private final Timer timePerOutputToken;
        private final Timer constraintTime;
        private final Counter forcedTokens;
        private final Counter limitsExceeded;
        private final PerValue<FinishReason, Counter> generations;

        Instrumented(Instruments instruments, String modelName, Route route) {
            queueTime = instruments.timer(Meters.QUEUE_TIME, modelName);
            requeueTime = instruments.timer(Meters.REQUEUE_TIME, modelName);
            runTime = instruments.timer(Meters.RUN_TIME, modelName);
            duration = instruments.timer(Meters.SEQUENCE_DURATION, modelName);
            preemptions = instruments.counter(Meters.PREEMPTIONS, modelName);
            prefillTime = instruments.timer(Meters.PREFILL_TIME, modelName);
            interTokenLatency = instruments.timer(Meters.INTER_TOKEN_LATENCY, modelName);
            timePerOutputToken = instruments.timer(
                    Meters.TIME_PER_OUTPUT_TOKEN, route.operation().orElse(""), Meters.PROVIDER, modelName);
            constraintTime = instruments.timer(ConstraintMeters.MASK_TIME, modelName);
            forcedTokens = instruments.counter(ConstraintMeters.FORCED_TOKENS, modelName);
            limitsExceeded = instruments.counter(ConstraintMeters.LIMITS_EXCEEDED, modelName);
            // From 0 on: a rate needs the value before the first call.
            for (ToolCallOutcome outcome : ToolCallOutcome.values()) {
                instruments.counter(ConstraintMeters.TOOL_CALLS, modelName, outcome.label());
            }
            generations = new PerValue<>(
                    FinishReason.class,
                    reason -> instruments.counter(
                            Meters.GENERATIONS, modelName, reason.name().toLowerCase(Locale.ROOT)));
        }
    }
}
