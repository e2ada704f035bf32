package io.vitrine.server.http;

import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.tracing.TracingPolicy;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vitrine.observability.ConnectionCounts;
import io.vitrine.observability.Telemetry;
import io.vitrine.server.alerting.AlertLoop;
import io.vitrine.server.api.ApiException;
import io.vitrine.server.api.ErrorReason;
import io.vitrine.server.config.ServerConfig.HttpConfig;
import io.vitrine.server.health.Health;
import io.vitrine.server.history.TelemetryHistory;
import io.vitrine.server.incidents.IncidentDesk;
import io.vitrine.server.machine.MachineView;
import io.vitrine.server.tenancy.Tenancy;
import org.jspecify.annotations.Nullable;

/** The server for operators, on a port of its own: metrics, probes, and what may be changed at run time. */
public final class ManagementVerticle extends VerticleBase {

    private static final int FLUSH_SECONDS = 1;

    private final HttpConfig http;
    private final Health health;
    private final Telemetry telemetry;
    private final Tenancy tenancy;
    private final MachineView machine;
    private final Optional<TelemetryHistory> history;
    private final IncidentDesk incidents;
    private final Optional<AlertLoop> alerts;
    private final ConnectionCounts connections;
    private final BodyMemory bodyMemory;
    private final ConsoleParts console;
    private @Nullable HttpServer server;

    /**
     * Not started yet.
     *
     * @param history absent if telemetry is not stored
     * @param alerts absent if they are not evaluated
     */
    public ManagementVerticle(
            HttpConfig http,
            Health health,
            Telemetry telemetry,
            Tenancy tenancy,
            MachineView machine,
            Optional<TelemetryHistory> history,
            IncidentDesk incidents,
            Optional<AlertLoop> alerts,
            ConnectionCounts connections,
            BodyMemory bodyMemory,
            ConsoleParts console) {
        this.http = http;
        this.health = health;
        this.telemetry = telemetry;
        this.tenancy = tenancy;
        this.machine = machine;
        this.history = history;
        this.incidents = incidents;
        this.alerts = alerts;
        this.connections = connections;
        this.bodyMemory = bodyMemory;
        this.console = console;
    }

    @Override
    public Future<?> start() {
        ConnectionGuard guard = new ConnectionGuard(vertx, http, connections);
        Router router = router();
        HttpServerOptions options = options();
        Optional<TlsReload> tls = http.tls().management() ? TlsReload.of(http.tls()) : Optional.empty();
        tls.ifPresent(files -> files.applyTo(options));
        HttpServer created = vertx.createHttpServer(options)
                .connectionHandler(guard::opened)
                .invalidRequestHandler(request -> refuseInvalid(guard, request))
                .requestHandler(request -> {
                    begin(guard, request);
                    router.handle(request);
                });
        server = created;
        return created.listen()
                .onSuccess(listening -> tls.ifPresent(files -> files.keepFresh(vertx, created, telemetry.events())));
    }

    private static void begin(ConnectionGuard guard, HttpServerRequest request) {
        guard.requestStarted(request);
        request.response().endHandler(ended -> guard.requestEnded(request));
    }

    private void refuseInvalid(ConnectionGuard guard, HttpServerRequest request) {
        begin(guard, request);
        Responses.error(
                request.response(), InvalidHttp.of(request.decoderResult().cause(), http.maxHeaderBytes()));
        ConnectionGuard.closeAfterAnswer(request);
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
                // Who watches is not watched: probes and scrapes are no requests.
                .setTracingPolicy(TracingPolicy.IGNORE)
                .setHttp2ClearTextEnabled(false);
    }

    private Router router() {
        Router router = Router.router(vertx);
        // What Vert.x-web refuses or fails at by itself must look like every other error.
        List.of(400, 404, 405, 500).forEach(status -> router.errorHandler(status, this::fail));
        router.route()
                .handler(context -> {
                    Paths.requireReadable(context.request());
                    context.next();
                })
                .failureHandler(this::fail);
        HostRule hosts = new HostRule(http.allowedHosts());
        ConsoleSessions sessions = new ConsoleSessions(console.config(), console.clock()::nanoTime);
        ManagementAccess access = new ManagementAccess(tenancy, sessions, hosts, telemetry.events());
        Handler<RoutingContext> readings = http.managementOnLoopback()
                ? context -> {
                    if (hosts.allows(context.request())) {
                        context.next();
                    } else {
                        access.telemetry().handle(context);
                    }
                }
                : access.telemetry();
        router.route("/metrics").handler(readings);
        router.route("/health").handler(readings);
        BodyReaders bodies = new BodyReaders(vertx, bodyMemory, http.requestReadTimeout(), http.contendedReadTimeout());
        read(router, "/metrics").handler(this::metrics);
        HealthHandler probes = new HealthHandler(health);
        read(router, "/health").handler(probes::report);
        read(router, "/health/live").handler(probes::live);
        read(router, "/health/ready").handler(probes::ready);
        addTenants(router, access, bodies);
        IncidentsHandler incidentRoutes = new IncidentsHandler(bodies, incidents);
        incidentRoutes.addAdministratorsTo(router, access.admin());
        router.route("/api/*").handler(access.telemetry());
        incidentRoutes.addTo(router);
        read(router, CostsHandler.PATH).handler(new CostsHandler(vertx, tenancy, Clock.systemUTC()));
        LoggingHandler logging = new LoggingHandler(bodies, telemetry.logLevels());
        read(router, LoggingHandler.PATH).handler(logging::show);
        router.route(HttpMethod.PUT, LoggingHandler.PATH).handler(logging::change);
        TracingHandler tracing = new TracingHandler(bodies, telemetry.tracingControl());
        read(router, TracingHandler.PATH).handler(tracing::show);
        router.route(HttpMethod.PUT, TracingHandler.PATH).handler(tracing::change);
        SwitchesHandler switches = new SwitchesHandler(bodies, telemetry, tenancy, Clock.systemUTC());
        read(router, SwitchesHandler.PATH).handler(switches::show);
        router.route(HttpMethod.PUT, SwitchesHandler.PATH).handler(switches::change);
        MachineHandler machines = new MachineHandler(vertx, machine);
        machines.startSampling();
        read(router, MachineHandler.GPU_PATH).handler(machines::showGpus);
        read(router, MachineHandler.CAPACITY_PATH).handler(machines::showCapacity);
        read(router, MachineHandler.PROCESS_PATH).handler(machines::showProcess);
        Questions questions = new Questions(vertx, history);
        new TraceRoutes(questions).addTo(router);
        new HistoryRoutes(questions).addTo(router);
        new SearchRoutes(questions, console.config().searchRows()).addTo(router);
        new AlertsHandler(bodies, tenancy, alerts).addTo(router);
        new EngineRoutes(questions).addTo(router);
        new ServerFactsRoutes(vertx, telemetry, console).addTo(router);
        new BusinessRoutes(vertx, tenancy, history, console.config().searchRows(), Clock.systemUTC()).addTo(router);
        if (console.config().enabled()) {
            new ProfileRoutes(
                            bodies,
                            console.profiler(),
                            history,
                            tenancy,
                            console.config().profileTime())
                    .addTo(router);
            new LiveRoutes(vertx, console.live(), access, http, console.config().maxStreams()).addTo(router);
            new ConsoleChat(bodies, http, console.apiPort(), tenancy, console.tickets(), access, hosts).addTo(router);
            new ConsoleHandler(bodies, tenancy, access, sessions, hosts, telemetry.events(), console).addTo(router);
        }
        router.route().handler(context -> {
            throw notFound();
        });
        return router;
    }

    private static ApiException notFound() {
        return new ApiException(ErrorReason.NOT_FOUND, "there is nothing at this path, or not with this method");
    }

    /** Ends what begins with these paths, so that no route after it sees them. */
    private void addTenants(Router router, ManagementAccess access, BodyReaders bodies) {
        List.of("/api/tenants", "/api/tenants/*", "/api/keys", "/api/keys/*", "/api/audit")
                .forEach(path -> router.route(path).handler(access.admin()));
        TenantsHandler tenants = new TenantsHandler(bodies, tenancy);
        read(router, TenantsHandler.PATH).handler(tenants::list);
        read(router, TenantsHandler.PATH + "/:id").handler(tenants::show);
        router.put(TenantsHandler.PATH + "/:id").handler(tenants::put);
        router.delete(TenantsHandler.PATH + "/:id").handler(tenants::remove);
        KeysHandler keys = new KeysHandler(bodies, tenancy);
        read(router, KeysHandler.PATH).handler(keys::list);
        router.post(KeysHandler.PATH).handler(keys::create);
        router.post(KeysHandler.PATH + "/:prefix/revoke").handler(keys::revoke);
        read(router, "/api/audit").handler(new AuditHandler(vertx, tenancy));
    }

    private static io.vertx.ext.web.Route read(Router router, String path) {
        return router.route(path).method(HttpMethod.GET).method(HttpMethod.HEAD);
    }

    /** Reads a meter after the other, some from the operating system: on a worker. */
    private void metrics(RoutingContext context) {
        String accept = context.request().getHeader(HttpHeaders.ACCEPT);
        boolean gzip = ContentCoding.acceptsGzip(context.request().getHeader(HttpHeaders.ACCEPT_ENCODING));
        vertx.executeBlocking(() -> telemetry.scrape(accept).map(text -> Scrape.of(text, gzip)), false)
                .onSuccess(scrape -> scrape.ifPresentOrElse(
                        answer -> answer.writeTo(context.response()),
                        () -> context.fail(new ApiException(
                                ErrorReason.NOT_FOUND, "metrics are switched off (telemetry.metrics.enabled)"))))
                .onFailure(context::fail);
    }

    private void fail(RoutingContext context) {
        if (context.failure() instanceof ApiException error) {
            Responses.error(context.response(), error);
            return;
        }
        if (context.statusCode() == 404) {
            Responses.error(context.response(), notFound());
            return;
        }
        if (context.statusCode() >= 400 && context.statusCode() < 500) {
            Responses.error(context.response(), InvalidHttp.path());
            return;
        }
        telemetry.events().faulted("management", context.failure());
        Responses.error(context.response(), new ApiException(ErrorReason.INTERNAL_ERROR, "the server made a mistake"));
    }
}
