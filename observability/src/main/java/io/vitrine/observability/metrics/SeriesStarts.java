package io.vitrine.observability.metrics;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.opentelemetry.sdk.common.Clock;

/**
 * When each series of a registry began, in nanoseconds since the epoch: a reader sees by it that a counter has begun again at 0.
 * Made before the registry's first meter. Any thread.
 */
final class SeriesStarts {

    private final Clock clock = Clock.getDefault();
    private final Map<Meter.Id, Long> nanosById = new ConcurrentHashMap<>();

    SeriesStarts(MeterRegistry registry) {
        registry.config()
                .onMeterAdded(meter -> nanosById.put(meter.getId(), clock.now()))
                .onMeterRemoved(meter -> nanosById.remove(meter.getId()));
    }

    long nanos(Meter meter) {
        return nanosById.computeIfAbsent(meter.getId(), id -> clock.now());
    }
}
