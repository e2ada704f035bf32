package io.vitrine.server;

import java.util.function.BooleanSupplier;

import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.metrics.MetricsOptions;
import io.vertx.core.net.SocketAddress;
import io.vertx.core.spi.VertxMetricsFactory;
import io.vertx.core.spi.metrics.EventBusMetrics;
import io.vertx.core.spi.metrics.HttpServerMetrics;
import io.vertx.core.spi.metrics.PoolMetrics;
import io.vertx.core.spi.metrics.VertxMetrics;
import io.vertx.core.spi.observability.HttpRequest;
import io.vertx.core.spi.observability.HttpResponse;
import org.jspecify.annotations.Nullable;

/**
 * Vert.x's own meters while metrics are on. A request or task that is counted at its beginning is counted at its end,
 * whatever is switched meanwhile. Connections are always counted: they outlive many requests.
 */
final class SwitchedVertxMetrics implements VertxMetrics {

    private final VertxMetrics metrics;
    private final BooleanSupplier on;

    private SwitchedVertxMetrics(VertxMetrics metrics, BooleanSupplier on) {
        this.metrics = metrics;
        this.on = on;
    }

    /** Makes the meters of {@code factory}, switched. */
    static VertxMetricsFactory factory(VertxMetricsFactory factory, BooleanSupplier on) {
        return new VertxMetricsFactory() {

            @Override
            public @Nullable VertxMetrics metrics(VertxOptions options) {
                VertxMetrics made = factory.metrics(options);
                return made == null ? null : new SwitchedVertxMetrics(made, on);
            }

            @Override
            public MetricsOptions newOptions() {
                return factory.newOptions();
            }

            @Override
            public MetricsOptions newOptions(MetricsOptions options) {
                return factory.newOptions(options);
            }
        };
    }

    /** Few messages, none of them a request's: not switched. */
    @Override
    public EventBusMetrics<?> createEventBusMetrics() {
        return metrics.createEventBusMetrics();
    }

    @Override
    public @Nullable HttpServerMetrics<?, ?, ?> createHttpServerMetrics(
            HttpServerOptions options, SocketAddress address) {
        HttpServerMetrics<?, ?, ?> made = metrics.createHttpServerMetrics(options, address);
        return made == null ? null : new Http<>(made, on);
    }

    @Override
    public @Nullable PoolMetrics<?, ?> createPoolMetrics(String type, String name, int size) {
        PoolMetrics<?, ?> made = metrics.createPoolMetrics(type, name, size);
        return made == null ? null : new Pool<>(made, on);
    }

    @Override
    public void vertxCreated(Vertx vertx) {
        metrics.vertxCreated(vertx);
    }

    @Override
    public boolean isMetricsEnabled() {
        return metrics.isMetricsEnabled();
    }

    @Override
    public void close() {
        metrics.close();
    }

    private record Http<R, W, S>(HttpServerMetrics<R, W, S> metrics, BooleanSupplier on)
            implements HttpServerMetrics<R, W, S> {

        @Override
        public @Nullable R requestBegin(S socket, HttpRequest request) {
            return on.getAsBoolean() ? metrics.requestBegin(socket, request) : null;
        }

        @Override
        public void requestEnd(@Nullable R request, HttpRequest head, long bytes) {
            if (request != null) {
                metrics.requestEnd(request, head, bytes);
            }
        }

        @Override
        public void requestReset(@Nullable R request) {
            if (request != null) {
                metrics.requestReset(request);
            }
        }

        @Override
        public void requestRouted(@Nullable R request, String route) {
            if (request != null) {
                metrics.requestRouted(request, route);
            }
        }

        @Override
        public void responseBegin(@Nullable R request, HttpResponse response) {
            if (request != null) {
                metrics.responseBegin(request, response);
            }
        }

        @Override
        public @Nullable R responsePushed(S socket, HttpMethod method, String uri, HttpResponse response) {
            return on.getAsBoolean() ? metrics.responsePushed(socket, method, uri, response) : null;
        }

        @Override
        public void responseEnd(@Nullable R request, HttpResponse response, long bytes) {
            if (request != null) {
                metrics.responseEnd(request, response, bytes);
            }
        }

        @Override
        public @Nullable W connected(S socket, @Nullable R request, ServerWebSocket webSocket) {
            return request == null ? null : metrics.connected(socket, request, webSocket);
        }

        @Override
        public void disconnected(@Nullable W webSocket) {
            if (webSocket != null) {
                metrics.disconnected(webSocket);
            }
        }

        @Override
        public S connected(SocketAddress remote, String name) {
            return metrics.connected(remote, name);
        }

        @Override
        public void disconnected(S socket, SocketAddress remote) {
            metrics.disconnected(socket, remote);
        }

        @Override
        public void bytesRead(S socket, SocketAddress remote, long bytes) {
            if (on.getAsBoolean()) {
                metrics.bytesRead(socket, remote, bytes);
            }
        }

        @Override
        public void bytesWritten(S socket, SocketAddress remote, long bytes) {
            if (on.getAsBoolean()) {
                metrics.bytesWritten(socket, remote, bytes);
            }
        }

        @Override
        public void exceptionOccurred(S socket, SocketAddress remote, Throwable failure) {
            if (on.getAsBoolean()) {
                metrics.exceptionOccurred(socket, remote, failure);
            }
        }

        @Override
        public void close() {
            metrics.close();
        }
    }

    private record Pool<Q, T>(PoolMetrics<Q, T> metrics, BooleanSupplier on) implements PoolMetrics<Q, T> {

        @Override
        public @Nullable Q enqueue() {
            return on.getAsBoolean() ? metrics.enqueue() : null;
        }

        @Override
        public void dequeue(@Nullable Q waiting) {
            if (waiting != null) {
                metrics.dequeue(waiting);
            }
        }

        @Override
        public @Nullable T begin() {
            return on.getAsBoolean() ? metrics.begin() : null;
        }

        @Override
        public void end(@Nullable T running) {
            if (running != null) {
                metrics.end(running);
            }
        }

        @Override
        public void close() {
            metrics.close();
        }
    }
}
