package io.vitrine.server.tracing;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;

import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import io.vitrine.observability.OpenTelemetrySettings;
import io.vitrine.observability.TelemetrySettings;
import io.vitrine.observability.logging.LogSettings;
import io.vitrine.observability.tracing.TracingRules;
import io.vitrine.observability.tracing.TracingSettings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** A back-end in memory, and what it was sent. */
final class CollectedSpans implements SpanExporter {

    private static final Duration LIMIT = Duration.ofSeconds(20);

    private final List<SpanData> spans = new CopyOnWriteArrayList<>();

    /** Traces only, sent here. */
    TelemetrySettings telemetry(double ratio) {
        return telemetry(ratio, false, LogSettings.in(java.nio.file.Path.of("unused")), false);
    }

    TelemetrySettings telemetry(double ratio, boolean metrics, LogSettings logs, boolean logsEnabled) {
        TracingSettings tracing =
                new TracingSettings(rules(ratio), 1 << 20, OpenTelemetrySettings.none(), List.of(this));
        return new TelemetrySettings("test", metrics, logsEnabled, logs, java.util.Optional.of(tracing));
    }

    static TracingRules rules(double ratio) {
        return new TracingRules(
                ratio,
                0,
                Integer.MAX_VALUE,
                Duration.ofHours(1),
                Duration.ofHours(1),
                Set.of(),
                Set.of("*"),
                Set.of(),
                0);
    }

    List<SpanData> all() {
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
