package io.vitrine.server.archive;

import java.util.List;
import java.util.function.Supplier;

import io.vitrine.observability.MeterReading;
import io.vitrine.store.telemetry.SampleRow;
import io.vitrine.store.telemetry.TelemetryStore;

/** Makes a row of every series of the catalogue's meters. */
final class MeterSampler {

    private static final String TENANT = "tenant";

    private final TelemetryStore store;
    private final Supplier<List<MeterReading>> meters;

    MeterSampler(TelemetryStore store, Supplier<List<MeterReading>> meters) {
        this.store = store;
        this.meters = meters;
    }

    void sample() {
        long now = TimeOfDay.epochNanos();
        for (MeterReading reading : meters.get()) {
            store.record(new SampleRow(
                    now,
                    reading.name(),
                    Json.object(reading.labels()),
                    reading.value(),
                    reading.labels().get(TENANT)));
        }
    }
}
