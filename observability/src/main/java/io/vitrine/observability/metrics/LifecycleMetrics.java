package io.vitrine.observability.metrics;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import io.micrometer.core.instrument.Counter;
import io.vitrine.observability.LifecycleListener;
import io.vitrine.observability.catalogue.DeliveryMeters;
import io.vitrine.observability.catalogue.DeliveryOutcome;
import io.vitrine.observability.catalogue.Meters;
import io.vitrine.observability.catalogue.ReceiverKind;

/** Turns what happens to the server itself into meters. Any thread. */
final class LifecycleMetrics implements LifecycleListener {

    private static final double NANOS_PER_SECOND = 1e9;

    private final Instruments instruments;
    private final Counter faults;
    private final Map<String, Duration> loadTimes = new ConcurrentHashMap<>();

    LifecycleMetrics(Instruments instruments) {
        this.instruments = instruments;
        faults = instruments.counter(Meters.FAULTS);
    }

    @Override
    public void modelLoaded(String modelName, Duration took) {
        if (loadTimes.put(modelName, took) == null) {
            instruments.gauge(Meters.MODEL_LOAD_TIME, () -> seconds(modelName), modelName);
        }
    }

    @Override
    public void notificationAttempted(ReceiverKind kind, DeliveryOutcome outcome, Duration took, Duration age) {
        instruments
                .counter(DeliveryMeters.ATTEMPTS, kind.label(), outcome.label())
                .increment();
        instruments.timer(DeliveryMeters.ATTEMPT_TIME, kind.label()).record(took);
        if (outcome == DeliveryOutcome.DELIVERED) {
            instruments.timer(DeliveryMeters.DELAY, kind.label()).record(age);
        }
    }

    @Override
    public void faulted(String where, Throwable cause) {
        faults.increment();
    }

    private double seconds(String modelName) {
        Duration took = loadTimes.getOrDefault(modelName, Duration.ZERO);
        return took.toNanos() / NANOS_PER_SECOND;
    }
}
