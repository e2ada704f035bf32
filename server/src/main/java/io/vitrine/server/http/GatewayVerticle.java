package io.vitrine.server.http;

import java.util.Optional;
import java.util.concurrent.TimeUnit;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vitrine.observability.LoopWatch;
import io.vitrine.server.config.ServerConfig.HttpConfig;
import org.jspecify.annotations.Nullable;

/** One instance of the API's server, on an event loop of its own; all instances share the port. */
public final class GatewayVerticle extends VerticleBase {

    /** A free port, but the same one for every instance. */
    private static final int SHARED_FREE_PORT = -1;

    /** Time for answers that are complete to reach their clients. */
    private static final int FLUSH_SECONDS = 5;

    private final GatewayParts parts;
    private @Nullable HttpServer server;

    public GatewayVerticle(GatewayParts parts) {
        this.parts = parts;
    }

    @Override
    public Future<?> start() {
        ConnectionGuard guard = new ConnectionGuard(vertx, parts.http(), parts.connections());
        vertx.setPeriodic(LoopWatch.PERIOD_MILLIS, timer -> parts.loops()
                .beat(parts.clock().nanoTime()));
        GatewayRoutes routes = new GatewayRoutes(vertx, parts, guard);
        HttpServerOptions options = options(parts.http());
        Optional<TlsReload> tls = TlsReload.of(parts.http().tls());
        tls.ifPresent(files -> files.applyTo(options));
        HttpServer created = vertx.createHttpServer(options)
                .connectionHandler(guard::opened)
                .invalidRequestHandler(routes::handleInvalid)
                .requestHandler(routes.router());
        server = created;
        return created.listen().onSuccess(listening -> {
            boolean first = parts.boundPort().getAndSet(listening.actualPort()) == 0;
            if (first) { // the instances share one listener, and so one certificate
                tls.ifPresent(files -> files.keepFresh(vertx, created, parts.events()));
            }
        });
    }

    /** Answers under way are sent to their end. */
    @Override
    public Future<?> stop() {
        return server == null ? Future.succeededFuture() : server.shutdown(FLUSH_SECONDS, TimeUnit.SECONDS);
    }

    private static HttpServerOptions options(HttpConfig http) {
        return new HttpServerOptions()
                .setHost(http.host())
                .setPort(http.port() == 0 ? SHARED_FREE_PORT : http.port())
                .setMaxInitialLineLength(http.maxHeaderBytes())
                .setMaxHeaderSize(http.maxHeaderBytes())
                // No client of this API needs HTTP/2 in the clear, and ConnectionGuard counts on one request at a time.
                .setHttp2ClearTextEnabled(false);
    }
}
