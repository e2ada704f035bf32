package io.vitrine.server;

import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

import io.micrometer.core.instrument.MeterRegistry;
import io.opentelemetry.api.OpenTelemetry;
import io.vertx.core.Vertx;
import io.vertx.core.VertxBuilder;
import io.vertx.core.VertxOptions;
import io.vertx.micrometer.Label;
import io.vertx.micrometer.MetricsDomain;
import io.vertx.micrometer.MicrometerMetricsFactory;
import io.vertx.micrometer.MicrometerMetricsOptions;
import io.vertx.tracing.opentelemetry.OpenTelemetryTracingFactory;
import io.vitrine.observability.TelemetryPart;
import io.vitrine.observability.TelemetrySwitches;

/** Makes the one Vert.x there is, with HTTP meters of its own if there is a registry for them, and contexts of traces. */
final class VertxFactory {

    private static final Set<MetricsDomain> DOMAINS =
            EnumSet.of(MetricsDomain.HTTP_SERVER, MetricsDomain.EVENT_BUS, MetricsDomain.NAMED_POOLS);
    private static final EnumSet<Label> LABELS =
            EnumSet.of(Label.LOCAL, Label.HTTP_METHOD, Label.HTTP_CODE, Label.POOL_TYPE, Label.POOL_NAME);

    private VertxFactory() {}

    static Vertx create(
            Optional<MeterRegistry> registry, Optional<OpenTelemetry> openTelemetry, TelemetrySwitches switches) {
        VertxBuilder builder = Vertx.builder();
        registry.ifPresent(meters -> builder.withMetrics(SwitchedVertxMetrics.factory(
                new MicrometerMetricsFactory(meters), () -> switches.isOn(TelemetryPart.METRICS))));
        openTelemetry.ifPresent(traces -> builder.withTracer(SwitchedTracer.factory(
                new OpenTelemetryTracingFactory(traces), () -> switches.isOn(TelemetryPart.TRACES))));
        return builder.with(new VertxOptions().setMetricsOptions(metrics(registry.isPresent())))
                .build();
    }

    /**
     * Of HTTP servers, which are told apart by their own address, of the event bus as a whole and of thread pools by their
     * names; nothing that a client can make up is a label.
     */
    private static MicrometerMetricsOptions metrics(boolean enabled) {
        MicrometerMetricsOptions options =
                new MicrometerMetricsOptions().setEnabled(enabled).setLabels(LABELS);
        for (MetricsDomain domain : MetricsDomain.values()) {
            if (!DOMAINS.contains(domain)) {
                options.addDisabledMetricsCategory(domain.toCategory());
            }
        }
        return options;
    }
}
