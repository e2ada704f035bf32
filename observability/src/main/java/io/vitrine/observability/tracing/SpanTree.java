package io.vitrine.observability.tracing;

import java.util.ArrayList;
import java.util.List;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.common.InstrumentationScopeInfo;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.data.EventData;
import io.opentelemetry.sdk.trace.data.LinkData;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.data.StatusData;
import io.vitrine.observability.catalogue.SpanAttributes;
import io.vitrine.observability.catalogue.SpanEvent;
import io.vitrine.observability.catalogue.SpanName;

/** Spans of one trace in the making: knows the trace, its clock and its source, and takes the rest as it comes. For one thread. */
final class SpanTree {

    private final Resource resource;
    private final WallClock clock;
    private final List<SpanData> spans = new ArrayList<>();

    SpanTree(Resource resource, WallClock clock) {
        this.resource = resource;
        this.clock = clock;
    }

    List<SpanData> spans() {
        return List.copyOf(spans);
    }

    /** A span to be filled; nothing is in the tree before it is {@linkplain Draft#add added}. */
    Draft draft(SpanName name, InstrumentationScopeInfo scope, SpanContext parent, long startNanos, long endNanos) {
        return new Draft(name, scope, SpanIds.childOf(parent), parent, startNanos, endNanos);
    }

    /** The first span of this server, whose ids are known already. */
    Draft rootDraft(SpanName name, SpanContext context, SpanContext parent, long startNanos, long endNanos) {
        Draft draft = new Draft(name, Scopes.GATEWAY, context, parent, startNanos, endNanos);
        draft.kind = SpanKind.SERVER;
        return draft;
    }

    /** The one span of a trace of its own. */
    Draft traceDraft(SpanName name, long startNanos, long endNanos) {
        return new Draft(name, Scopes.INFERENCE, SpanIds.newTrace(), SpanContext.getInvalid(), startNanos, endNanos);
    }

    void add(SpanData span) {
        spans.add(span);
    }

    EventData event(Moment moment) {
        Attributes attributes = moment.tokens() == 0
                ? Attributes.empty()
                : Attributes.of(SpanAttributes.TOKENS, (long) moment.tokens());
        return event(moment.event(), clock.epoch(moment.atNanos()), attributes);
    }

    EventData event(SpanEvent event, long epochNanos, Attributes attributes) {
        return EventData.create(epochNanos, event.label(), attributes);
    }

    /** One span. */
    final class Draft {

        final AttributesBuilder attributes = Attributes.builder();
        final List<EventData> events = new ArrayList<>();
        final List<LinkData> links = new ArrayList<>();
        private final SpanName name;
        private final InstrumentationScopeInfo scope;
        private final SpanContext context;
        private final SpanContext parent;
        private final long startNanos;
        private final long endNanos;
        private SpanKind kind = SpanKind.INTERNAL;
        private StatusData status = StatusData.unset();

        private Draft(
                SpanName name,
                InstrumentationScopeInfo scope,
                SpanContext context,
                SpanContext parent,
                long startNanos,
                long endNanos) {
            this.name = name;
            this.scope = scope;
            this.context = context;
            this.parent = parent;
            this.startNanos = startNanos;
            this.endNanos = endNanos;
        }

        SpanContext context() {
            return context;
        }

        /** It ended badly: {@code errorType} says how. */
        Draft failed(String errorType) {
            attributes.put(SpanAttributes.ERROR_TYPE, errorType);
            status = StatusData.create(StatusCode.ERROR, errorType);
            return this;
        }

        Draft linkTo(SpanContext other) {
            if (links.size() < RequestRecord.MAX_LINKS) {
                links.add(LinkData.create(other));
            }
            return this;
        }

        void add() {
            spans.add(new FinishedSpan(
                    resource,
                    scope,
                    name.label(),
                    kind,
                    context,
                    parent,
                    clock.epoch(startNanos),
                    clock.epoch(endNanos),
                    status,
                    attributes.build(),
                    List.copyOf(events),
                    List.copyOf(links)));
        }
    }
}
