package io.vitrine.observability.metrics;

import java.nio.file.Path;

import io.vitrine.observability.ResourceAttributes;

/** Meters for tests. */
public final class TestMetrics {

    private TestMetrics() {}

    static Metrics start() {
        return new Metrics(settings());
    }

    public static MetricSettings settings() {
        return MetricSettings.in(Path.of("target"), ResourceAttributes.of("", "1.2.3", "instance-1", "host-1", ""));
    }
}
