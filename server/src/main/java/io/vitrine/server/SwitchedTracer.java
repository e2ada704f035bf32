package io.vitrine.server;

import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;

import io.vertx.core.Context;
import io.vertx.core.spi.VertxTracerFactory;
import io.vertx.core.spi.tracing.SpanKind;
import io.vertx.core.spi.tracing.TagExtractor;
import io.vertx.core.spi.tracing.VertxTracer;
import io.vertx.core.tracing.TracingOptions;
import io.vertx.core.tracing.TracingPolicy;
import org.jspecify.annotations.Nullable;

/** Vert.x's tracer while traces are on. A span that has begun is ended, whatever is switched meanwhile. */
final class SwitchedTracer<I, O> implements VertxTracer<I, O> {

    private final VertxTracer<I, O> tracer;
    private final BooleanSupplier on;

    private SwitchedTracer(VertxTracer<I, O> tracer, BooleanSupplier on) {
        this.tracer = tracer;
        this.on = on;
    }

    /** Makes the tracer of {@code factory}, switched. */
    static VertxTracerFactory factory(VertxTracerFactory factory, BooleanSupplier on) {
        return new VertxTracerFactory() {

            @Override
            @SuppressWarnings("unchecked") // the factory's type says nothing
            public VertxTracer<?, ?> tracer(TracingOptions options) {
                return new SwitchedTracer<>((VertxTracer<Object, Object>) factory.tracer(options), on);
            }

            @Override
            public TracingOptions newOptions() {
                return factory.newOptions();
            }
        };
    }

    @Override
    @SuppressWarnings("NullAway") // Vert.x hands a null on to the other method
    public <R> @Nullable I receiveRequest(
            Context context,
            SpanKind kind,
            TracingPolicy policy,
            R request,
            String operation,
            Iterable<Map.Entry<String, String>> headers,
            TagExtractor<R> tags) {
        return on.getAsBoolean()
                ? tracer.receiveRequest(context, kind, policy, request, operation, headers, tags)
                : null;
    }

    @Override
    public <R> void sendResponse(
            Context context, R response, @Nullable I payload, Throwable failure, TagExtractor<R> tags) {
        if (payload != null) {
            tracer.sendResponse(context, response, payload, failure, tags);
        }
    }

    @Override
    @SuppressWarnings("NullAway") // likewise
    public <R> @Nullable O sendRequest(
            Context context,
            SpanKind kind,
            TracingPolicy policy,
            R request,
            String operation,
            BiConsumer<String, String> headers,
            TagExtractor<R> tags) {
        return on.getAsBoolean() ? tracer.sendRequest(context, kind, policy, request, operation, headers, tags) : null;
    }

    @Override
    public <R> void receiveResponse(
            Context context, R response, @Nullable O payload, Throwable failure, TagExtractor<R> tags) {
        if (payload != null) {
            tracer.receiveResponse(context, response, payload, failure, tags);
        }
    }

    @Override
    public void close() {
        tracer.close();
    }
}
