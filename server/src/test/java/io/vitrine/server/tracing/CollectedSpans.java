package io.vitrine.server.tracing;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;

import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import io.vitrine.observability.ResourceAttributes;
import io.vitrine.observability.TelemetrySettings;
import io.vitrine.observability.logging.LogSettings;
import io.vitrine.observability.tracing.TracingRules;
import io.vitrine.observability.tracing.TracingSettings;
import io.vitrine.server.TestTelemetry;
import io.vitrine.server.config.ServerConfig.OtelConfig;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** A back-end in memory, and what it was sent. */
public final class CollectedSpans implements SpanExporter {

    private static final Duration LIMIT = Duration.ofSeconds(20);

    private final List<SpanData> spans = new CopyOnWriteArrayList<>();

    /** Traces only, sent here. */
    TelemetrySettings telemetry(double ratio) {
        return telemetry(ratio, false, LogSettings.in(Path.of("unused")), false);
    }

    TelemetrySettings telemetry(double ratio, boolean metrics, LogSettings logs, boolean logsEnabled) {
        return TestTelemetry.settings(
                metrics, logsEnabled, logs, tracing(rules(ratio), 1 << 20, OtelConfig.NONE, this));
    }

    /** Sends spans to the back-ends of {@code otel}, and to {@code exporters}. */
    public static TracingSettings tracing(
            TracingRules rules, int queueSpans, OtelConfig otel, SpanExporter... exporters) {
        ResourceAttributes resource =
                ResourceAttributes.of(otel.serviceName(), "test", "instance-1", "host-1", otel.resourceAttributes());
        return new TracingSettings(rules, queueSpans, otel.traces(), otel.zipkin(), List.of(exporters), resource);
    }

    public static TracingRules rules(double ratio) {
        return new TracingRules(
                ratio,
                0,
                Integer.MAX_VALUE,
                Duration.ofHours(1),
                Duration.ofHours(1),
                Set.of(),
                Set.of("*"),
                Set.of(),
                Set.of(),
                0);
    }

    public List<SpanData> all() {
        return List.copyOf(spans);
    }

    List<SpanData> roots() {
        return spans.stream().filter(span -> span.getKind() == SpanKind.SERVER).toList();
    }

    /** The traces of requests, once there are {@code count}. */
    List<TraceView> awaitRequests(int count) {
        await().atMost(LIMIT).until(() -> roots().size() >= count);
        assertThat(roots()).hasSize(count);
        return roots().stream()
                .map(root -> new TraceView(
                        root,
                        all().stream()
                                .filter(span -> span.getTraceId().equals(root.getTraceId()))
                                .toList()))
                .toList();
    }

    List<SpanData> awaitNamed(String name, int atLeast) {
        await().atMost(LIMIT).until(() -> named(name).size() >= atLeast);
        return named(name);
    }

    List<SpanData> named(String name) {
        return spans.stream().filter(span -> span.getName().equals(name)).toList();
    }

    @Override
    public CompletableResultCode export(Collection<SpanData> batch) {
        spans.addAll(batch);
        return CompletableResultCode.ofSuccess();
    }

    @Override
    public CompletableResultCode flush() {
        return CompletableResultCode.ofSuccess();
    }

    @Override
    public CompletableResultCode shutdown() {
        return CompletableResultCode.ofSuccess();
    }
}
