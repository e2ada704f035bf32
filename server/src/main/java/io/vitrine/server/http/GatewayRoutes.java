package io.vitrine.server.http;

import java.util.List;
import java.util.stream.Collectors;

import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vitrine.observability.RequestSummary;
import io.vitrine.observability.Route;
import io.vitrine.server.api.ApiException;
import io.vitrine.server.api.ErrorReason;
import io.vitrine.server.config.ServerConfig.HttpConfig;
import io.vitrine.server.inference.Tokenization;

/** The API's paths, and one shape of error for everything else. One for each instance of the gateway. */
final class GatewayRoutes {

    private static final List<HttpMethod> READ = List.of(HttpMethod.GET, HttpMethod.HEAD);
    private static final List<HttpMethod> CREATE = List.of(HttpMethod.POST);
    private static final int SHOWN_PATH_LENGTH = 100;

    private final Vertx vertx;
    private final GatewayParts parts;
    private final ConnectionGuard guard;
    private final RequestGate gate;
    private final RequestIds ids = new RequestIds();
    private final BodyReaders bodies;
    private final HostRule hosts;
    private final Cors cors;

    GatewayRoutes(Vertx vertx, GatewayParts parts, ConnectionGuard guard) {
        this.vertx = vertx;
        this.parts = parts;
        this.guard = guard;
        this.gate = new RequestGate(parts.tenancy(), parts.tickets(), parts.clock());
        HttpConfig http = parts.http();
        this.bodies =
                new BodyReaders(vertx, parts.bodyMemory(), http.requestReadTimeout(), http.contendedReadTimeout());
        this.hosts = new HostRule(http.allowedHosts());
        this.cors = new Cors(http.corsOrigins());
    }

    Router router() {
        ModelsHandler models = new ModelsHandler(parts.state());
        Router router = Router.router(vertx);
        // What Vert.x-web refuses or fails at by itself, before our first handler, must look like every other error.
        List.of(400, 404, 405, 500).forEach(status -> router.errorHandler(status, this::fail));
        router.route().handler(this::begin).failureHandler(this::fail);
        add(router, Route.HEALTH, "/health", READ, new HealthHandler(parts.health())::ready);
        add(router, Route.MODELS, "/v1/models", READ, guarded(models::list));
        // A model's name may have slashes.
        add(router, Route.MODEL, "/v1/models/*", READ, guarded(models::one));
        addGeneration(router, GenerationEndpoint.chat(parts.parser(), parts.planner()));
        addGeneration(router, GenerationEndpoint.completion(parts.parser(), parts.planner()));
        Tokenization tokenization = new Tokenization(parts.state());
        addTokenization(
                router,
                Route.TOKENIZE,
                (body, tenant) -> tokenization.tokenize(parts.parser().tokenize(body), tenant));
        addTokenization(
                router,
                Route.DETOKENIZE,
                (body, tenant) -> tokenization.detokenize(parts.parser().detokenize(body), tenant));
        add(router, Route.FEEDBACK, Route.FEEDBACK.template(), CREATE, guarded(new FeedbackHandler(bodies, parts)));
        router.route().handler(GatewayRoutes::notFound);
        return router;
    }

    private void addGeneration(Router router, GenerationEndpoint endpoint) {
        Route route = endpoint.route();
        add(
                router,
                route,
                route.template(),
                CREATE,
                guarded(new GenerationHandler(bodies, parts, endpoint, gate, ids)));
    }

    private void addTokenization(Router router, Route route, TokenizationHandler.Work work) {
        add(router, route, route.template(), CREATE, guarded(new TokenizationHandler(bodies, parts, gate, work)));
    }

    /** For those who are known only. */
    private Handler<RoutingContext> guarded(Handler<RoutingContext> handler) {
        return context -> {
            gate.authenticate(context);
            handler.handle(context);
        };
    }

    private void add(
            Router router, Route route, String path, List<HttpMethod> methods, Handler<RoutingContext> handler) {
        var matched = router.route(path).handler(context -> {
            RequestLife.of(context).routed(route);
            context.next();
        });
        matched.handler(context -> {
            if (methods.contains(context.request().method())) {
                handler.handle(context);
            } else {
                refuseMethod(context, methods);
            }
        });
    }

    private void refuseMethod(RoutingContext context, List<HttpMethod> methods) {
        String allowed = methods.stream().map(HttpMethod::name).collect(Collectors.joining(", ")) + ", OPTIONS";
        context.response().putHeader(HttpHeaders.ALLOW, allowed);
        if (context.request().method().equals(HttpMethod.OPTIONS)) {
            if (cors.isPreflight(context.request())) {
                cors.answerPreflight(context.request(), allowed);
            }
            context.response().setStatusCode(204).end();
            return;
        }
        throw new ApiException(ErrorReason.METHOD_NOT_ALLOWED, "the methods of this path are " + allowed);
    }

    private void begin(RoutingContext context) {
        newLife(context.request()).attachTo(context);
        Paths.requireReadable(context.request());
        if (!parts.tenancy().needsKeys() && !hosts.allows(context.request())) {
            if (!RequestGate.credentials(context.request()).haveKey()) {
                throw HostRule.foreign();
            }
            gate.authenticate(context);
        }
        context.next();
    }

    /** A path that cannot be decoded fails before {@link #begin}. */
    private RequestLife lifeOf(RoutingContext context) {
        RequestLife life = RequestLife.of(context);
        return life == null ? newLife(context.request()) : life;
    }

    private RequestLife newLife(HttpServerRequest request) {
        guard.requestStarted(request);
        cors.announce(request, request.response());
        RequestLife life = new RequestLife(
                ids.idFor(request.headers().getAll(RequestIds.HEADER)),
                request,
                RequestSummary.UNKNOWN_TENANT,
                parts.tenancy(),
                parts.tracing(),
                parts.requests(),
                parts.clock());
        request.response().endHandler(ended -> {
            life.responseEnded();
            guard.requestEnded(request);
        });
        return life;
    }

    private void fail(RoutingContext context) {
        ApiException error = errorOf(context);
        lifeOf(context).failed(error);
        Responses.error(context.response(), error);
        BodyReader.discardSlowly(vertx, context.request());
    }

    private ApiException errorOf(RoutingContext context) {
        Throwable failure = context.failure();
        if (failure instanceof ApiException error) {
            return error;
        }
        if (context.statusCode() >= 400 && context.statusCode() < 500) {
            return InvalidHttp.path();
        }
        parts.events().faulted("gateway", failure == null ? new IllegalStateException("unknown failure") : failure);
        return new ApiException(ErrorReason.INTERNAL_ERROR, "the server made a mistake");
    }

    private static void notFound(RoutingContext context) {
        String path = KeyShapes.masked(context.request().path());
        String shown = path.length() <= SHOWN_PATH_LENGTH ? path : path.substring(0, SHOWN_PATH_LENGTH) + "…";
        throw new ApiException(ErrorReason.NOT_FOUND, "there is no path " + shown);
    }

    /** What the HTTP decoder could not read: the connection cannot be used any more. */
    void handleInvalid(HttpServerRequest request) {
        RequestLife life = newLife(request);
        ApiException error =
                InvalidHttp.of(request.decoderResult().cause(), parts.http().maxHeaderBytes());
        life.failed(error);
        Responses.error(request.response(), error);
        request.connection().close();
    }
}
