package io.vitrine.observability.metrics;

import java.util.function.DoubleSupplier;

import io.vitrine.gpu.host.HostMetric;
import io.vitrine.gpu.host.HostReading;
import io.vitrine.gpu.host.HostWatch;
import io.vitrine.observability.catalogue.HostViewMeters;
import io.vitrine.observability.catalogue.MeterDefinition;
import io.vitrine.observability.catalogue.MeterKind;

/** Meters of the host, all of one scrape from one reading; what this machine does not tell has no series. */
final class HostViewMetrics {

    private final Instruments instruments;
    private final HostWatch host;

    HostViewMetrics(Instruments instruments, HostWatch host) {
        this.instruments = instruments;
        this.host = host;
    }

    void bind() {
        HostReading first = host.reading();
        for (HostMetric metric : HostMetric.values()) {
            if (first.tells(metric)) {
                HostViewMeters.of(metric).ifPresent(meter -> bind(meter, metric));
            }
        }
    }

    /** A model runs on the processor. */
    void countStepBytes(StepReads reads) {
        host.countStepBytes(reads::bytes);
        HostMetric bandwidth = HostMetric.MEMORY_BANDWIDTH_BYTES_PER_SECOND;
        HostViewMeters.of(bandwidth).ifPresent(meter -> bind(meter, bandwidth));
    }

    private void bind(MeterDefinition meter, HostMetric metric) {
        DoubleSupplier value = () -> host.reading().value(metric).orElse(Double.NaN);
        if (meter.kind() == MeterKind.COUNTER) {
            instruments.counted(meter, value);
        } else {
            instruments.gauge(meter, value);
        }
    }
}
