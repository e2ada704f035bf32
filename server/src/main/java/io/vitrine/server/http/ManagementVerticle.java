package io.vitrine.server.http;

import java.util.Optional;
import java.util.concurrent.TimeUnit;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.tracing.TracingPolicy;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vitrine.observability.Telemetry;
import io.vitrine.server.api.ApiException;
import io.vitrine.server.api.ErrorReason;
import io.vitrine.server.api.HealthStatus;
import io.vitrine.server.config.ServerConfig.HttpConfig;
import io.vitrine.server.history.TelemetryHistory;
import io.vitrine.server.inference.ServingState;
import io.vitrine.server.machine.MachineView;
import org.jspecify.annotations.Nullable;

/** The server for operators, on a port of its own: metrics, probes, and what may be changed at run time. */
public final class ManagementVerticle extends VerticleBase {

    private static final int FLUSH_SECONDS = 1;

    private final HttpConfig http;
    private final ServingState state;
    private final Telemetry telemetry;
    private final MachineView machine;
    private final Optional<TelemetryHistory> history;
    private @Nullable HttpServer server;

    /** @param history absent if telemetry is not stored */
    public ManagementVerticle(
            HttpConfig http,
            ServingState state,
            Telemetry telemetry,
            MachineView machine,
            Optional<TelemetryHistory> history) {
        this.http = http;
        this.state = state;
        this.telemetry = telemetry;
        this.machine = machine;
        this.history = history;
    }

    @Override
    public Future<?> start() {
        server = vertx.createHttpServer(options()).requestHandler(router());
        return server.listen();
    }

    /** The port that is listened on; after the start. */
    public int port() {
        return server == null ? 0 : server.actualPort();
    }

    @Override
    public Future<?> stop() {
        return server == null ? Future.succeededFuture() : server.shutdown(FLUSH_SECONDS, TimeUnit.SECONDS);
    }

    private HttpServerOptions options() {
        return new HttpServerOptions()
                .setHost(http.managementHost())
                .setPort(http.managementPort())
                .setMaxHeaderSize(http.maxHeaderBytes())
                .setMaxInitialLineLength(http.maxHeaderBytes())
                .setIdleTimeoutUnit(TimeUnit.MILLISECONDS)
                .setIdleTimeout(Math.toIntExact(http.idleTimeout().toMillis()))
                // Who watches is not watched: probes and scrapes are no requests.
                .setTracingPolicy(TracingPolicy.IGNORE)
                .setHttp2ClearTextEnabled(false);
    }

    private Router router() {
        HealthHandler ready = new HealthHandler(state);
        Router router = Router.router(vertx);
        router.route().failureHandler(this::fail);
        read(router, "/metrics").handler(this::metrics);
        read(router, "/health/live").handler(context -> Responses.json(context.response(), 200, HealthStatus.OK));
        read(router, "/health/ready").handler(ready);
        LoggingHandler logging = new LoggingHandler(vertx, telemetry.logLevels());
        read(router, LoggingHandler.PATH).handler(logging::show);
        router.route(HttpMethod.PUT, LoggingHandler.PATH).handler(logging::change);
        TracingHandler tracing = new TracingHandler(vertx, telemetry.tracingControl());
        read(router, TracingHandler.PATH).handler(tracing::show);
        router.route(HttpMethod.PUT, TracingHandler.PATH).handler(tracing::change);
        MachineHandler machines = new MachineHandler(vertx, machine);
        machines.startSampling();
        read(router, MachineHandler.GPU_PATH).handler(machines::showGpus);
        read(router, MachineHandler.CAPACITY_PATH).handler(machines::showCapacity);
        new HistoryRoutes(vertx, history).addTo(router);
        router.route().handler(context -> {
            throw new ApiException(ErrorReason.NOT_FOUND, "there is nothing to read at this path");
        });
        return router;
    }

    private static io.vertx.ext.web.Route read(Router router, String path) {
        return router.route(path).method(HttpMethod.GET).method(HttpMethod.HEAD);
    }

    /** Reads a meter after the other, some from the operating system: on a worker. */
    private void metrics(RoutingContext context) {
        String accept = context.request().getHeader(HttpHeaders.ACCEPT);
        vertx.executeBlocking(() -> telemetry.scrape(accept), false)
                .onSuccess(exposition -> exposition.ifPresentOrElse(
                        text -> context.response()
                                .putHeader(HttpHeaders.CONTENT_TYPE, text.contentType())
                                .end(text.body()),
                        () -> context.fail(new ApiException(
                                ErrorReason.NOT_FOUND, "metrics are switched off (telemetry.metrics.enabled)"))))
                .onFailure(context::fail);
    }

    private void fail(RoutingContext context) {
        if (context.failure() instanceof ApiException error) {
            Responses.error(context.response(), error);
            return;
        }
        telemetry.events().faulted("management", context.failure());
        Responses.error(context.response(), new ApiException(ErrorReason.INTERNAL_ERROR, "the server made a mistake"));
    }
}
