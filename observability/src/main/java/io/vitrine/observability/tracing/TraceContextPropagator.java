package io.vitrine.observability.tracing;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.context.propagation.TextMapPropagator;
import io.opentelemetry.context.propagation.TextMapSetter;
import org.jspecify.annotations.Nullable;

/**
 * W3C trace context. Beside what OpenTelemetry's own propagator reads: several {@code tracestate} headers are one list, empty entries
 * are allowed, and a state that breaks the specification is discarded without the parent.
 */
final class TraceContextPropagator implements TextMapPropagator {

    private static final String TRACE_STATE = "tracestate";
    private static final TextMapPropagator PARENT = W3CTraceContextPropagator.getInstance();

    @Override
    public Collection<String> fields() {
        return PARENT.fields();
    }

    @Override
    public <C> void inject(Context context, @Nullable C carrier, TextMapSetter<C> setter) {
        PARENT.inject(context, carrier, setter);
    }

    @Override
    public <C> Context extract(Context context, @Nullable C carrier, TextMapGetter<C> getter) {
        Context extracted = PARENT.extract(context, carrier, new WithoutState<>(getter));
        SpanContext parent = Span.fromContext(extracted).getSpanContext();
        if (carrier == null || !parent.isRemote() || extracted == context) {
            return extracted;
        }
        TraceState state = TraceStates.parse(String.join(",", states(carrier, getter)));
        return extracted.with(Span.wrap(SpanContext.createFromRemoteParent(
                parent.getTraceId(), parent.getSpanId(), parent.getTraceFlags(), state)));
    }

    /** Vert.x hands headers over as entries, and its getter gives the first one of a name only. */
    private static <C> List<String> states(C carrier, TextMapGetter<C> getter) {
        List<String> states = new ArrayList<>();
        if (carrier instanceof Iterable<?> headers) {
            for (Object header : headers) {
                if (header instanceof Map.Entry<?, ?> entry
                        && entry.getValue() != null
                        && String.valueOf(entry.getKey())
                                .toLowerCase(Locale.ROOT)
                                .equals(TRACE_STATE)) {
                    states.add(String.valueOf(entry.getValue()));
                }
            }
        } else {
            getter.getAll(carrier, TRACE_STATE).forEachRemaining(states::add);
        }
        return states;
    }

    private record WithoutState<C>(TextMapGetter<C> getter) implements TextMapGetter<C> {

        @Override
        @SuppressWarnings("deprecation") // must be there as long as the interface has it
        public Iterable<String> keys(C carrier) {
            return getter.keys(carrier);
        }

        @Override
        public @Nullable String get(@Nullable C carrier, String key) {
            return key.equals(TRACE_STATE) ? null : getter.get(carrier, key);
        }
    }
}
