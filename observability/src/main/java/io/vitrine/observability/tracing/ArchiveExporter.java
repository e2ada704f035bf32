package io.vitrine.observability.tracing;

import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.data.EventData;
import io.opentelemetry.sdk.trace.data.LinkData;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import io.vitrine.observability.Archive;
import io.vitrine.observability.KeptSpan;
import io.vitrine.observability.catalogue.SpanAttributes;

/**
 * A back-end that is an archive: gives it spans as plain values, each with the request it belongs to, which only a trace's root says. A
 * queue hands over whole traces, so the root is in the same batch. What the archive loses is its own to count.
 */
final class ArchiveExporter implements SpanExporter {

    private final Archive archive;

    ArchiveExporter(Archive archive) {
        this.archive = archive;
    }

    @Override
    public CompletableResultCode export(Collection<SpanData> spans) {
        if (!archive.isOn()) {
            return CompletableResultCode.ofSuccess();
        }
        Map<String, Attributes> roots = new HashMap<>();
        for (SpanData span : spans) {
            if (span.getAttributes().get(SpanAttributes.REQUEST_ID) != null) {
                roots.put(span.getTraceId(), span.getAttributes());
            }
        }
        archive.keep(spans.stream()
                .map(span -> kept(span, roots.getOrDefault(span.getTraceId(), Attributes.empty())))
                .toList());
        return CompletableResultCode.ofSuccess();
    }

    private static KeptSpan kept(SpanData span, Attributes root) {
        SpanContext parent = span.getParentSpanContext();
        Optional<String> parentId = parent.isValid() ? Optional.of(parent.getSpanId()) : Optional.empty();
        return new KeptSpan(
                span.getTraceId(),
                span.getSpanId(),
                parent.isRemote() ? Optional.empty() : parentId,
                parent.isRemote() ? parentId : Optional.empty(),
                span.getName(),
                span.getStartEpochNanos(),
                span.getEndEpochNanos() - span.getStartEpochNanos(),
                Optional.ofNullable(root.get(SpanAttributes.TENANT)),
                Optional.ofNullable(root.get(SpanAttributes.REQUEST_ID)),
                span.getStatus().getStatusCode() == StatusCode.ERROR,
                plain(span.getAttributes()),
                span.getEvents().stream().map(ArchiveExporter::event).toList(),
                span.getLinks().stream().map(ArchiveExporter::link).toList());
    }

    private static KeptSpan.Event event(EventData event) {
        return new KeptSpan.Event(event.getName(), event.getEpochNanos(), plain(event.getAttributes()));
    }

    private static KeptSpan.Link link(LinkData link) {
        SpanContext other = link.getSpanContext();
        return new KeptSpan.Link(other.getTraceId(), other.getSpanId(), plain(link.getAttributes()));
    }

    private static Map<String, Object> plain(Attributes attributes) {
        Map<String, Object> plain = new LinkedHashMap<>();
        attributes.forEach((key, value) -> plain.put(key.getKey(), value));
        return plain;
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
