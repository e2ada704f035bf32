package io.vitrine.observability.tracing;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.trace.ReadWriteSpan;
import io.opentelemetry.sdk.trace.ReadableSpan;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.vitrine.observability.catalogue.SpanAttributes;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of the spans that Vert.x makes. Those of HTTP servers only lend their ids to a request's root span. Others, of event
 * bus and clients, share the fate of the request they are part of, or have their own if there is none. Any thread.
 */
final class RequestsInFlight implements SpanProcessor {

    private final Map<String, RequestRecord> byTraceId = new ConcurrentHashMap<>();
    private final Consumer<ReadableSpan> ownerless;

    /** @param ownerless takes spans that belong to no request, once they have ended */
    RequestsInFlight(Consumer<ReadableSpan> ownerless) {
        this.ownerless = ownerless;
    }

    void add(RequestRecord record) {
        byTraceId.put(record.root.getTraceId(), record);
    }

    void remove(RequestRecord record) {
        byTraceId.remove(record.root.getTraceId(), record);
    }

    int size() {
        return byTraceId.size();
    }

    boolean isEmpty() {
        return byTraceId.isEmpty();
    }

    @Override
    public void onStart(Context parent, ReadWriteSpan span) {
        RequestRecord owner = ownerOf(span);
        if (owner != null && !ofHttpServer(span)) {
            span.setAttribute(SpanAttributes.REQUEST_ID, owner.head.requestId());
            owner.hop(span);
        }
    }

    /** Who answers on the event bus is a server to Vert.x, too. */
    private static boolean ofHttpServer(ReadableSpan span) {
        return span.getKind() == SpanKind.SERVER && span.getAttribute(SpanAttributes.HTTP_METHOD) != null;
    }

    private @Nullable RequestRecord ownerOf(ReadableSpan span) {
        return byTraceId.get(span.getSpanContext().getTraceId());
    }

    @Override
    public boolean isStartRequired() {
        return true;
    }

    @Override
    public void onEnd(ReadableSpan span) {
        if (!ofHttpServer(span) && span.getAttribute(SpanAttributes.REQUEST_ID) == null) {
            ownerless.accept(span);
        }
    }

    @Override
    public boolean isEndRequired() {
        return true;
    }
}
