package io.vitrine.server.http;

import java.util.List;
import java.util.Optional;
import java.util.function.IntSupplier;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.tracing.TracingPolicy;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vitrine.observability.RequestHead;
import io.vitrine.server.api.ApiException;
import io.vitrine.server.api.ErrorReason;
import io.vitrine.server.config.ServerConfig.HttpConfig;
import io.vitrine.server.http.ConsoleSessions.Session;
import io.vitrine.server.tenancy.Operator;
import io.vitrine.server.tenancy.Tenancy;

/**
 * Forwards the console's chats to the API of this process, as the tenant of the session's key: the page needs no key and no other
 * origin. The answer is passed on as it comes, as fast as the page reads; a page that leaves cancels its request. On the management
 * port's event loop.
 */
final class ConsoleChat {

    private static final List<String> PASSED_ON =
            List.of("content-type", "x-request-id", "retry-after", CostHeader.NAME, "cache-control");
    private static final int MOST_AT_ONCE = 64;

    private final HttpClient client;
    private final HttpConfig http;
    private final IntSupplier apiPort;
    private final Tenancy tenancy;
    private final ConsoleTickets tickets;
    private final ManagementAccess access;
    private final HostRule hosts;
    private final BodyReader bodies;

    ConsoleChat(
            BodyReaders bodies,
            HttpConfig http,
            IntSupplier apiPort,
            Tenancy tenancy,
            ConsoleTickets tickets,
            ManagementAccess access,
            HostRule hosts) {
        Vertx vertx = bodies.vertx();
        this.client = vertx.httpClientBuilder()
                // The other end is this process, by an address that its certificate need not name.
                .with(new HttpClientOptions()
                        .setTracingPolicy(TracingPolicy.IGNORE)
                        .setTrustAll(true)
                        .setVerifyHost(false))
                .with(new PoolOptions().setHttp1MaxSize(MOST_AT_ONCE))
                .build();
        this.http = http;
        this.apiPort = apiPort;
        this.tenancy = tenancy;
        this.tickets = tickets;
        this.access = access;
        this.hosts = hosts;
        this.bodies = bodies.upTo(http.maxBodyBytes());
    }

    void addTo(Router router) {
        router.post(ConsoleHandler.PATH + "/chat").handler(this::chat);
        router.get(ConsoleHandler.PATH + "/models").handler(context -> forward(
                        context, HttpMethod.GET, "/v1/models", Buffer.buffer(), ticket(context.request()))
                .onFailure(context::fail));
    }

    private void chat(RoutingContext context) {
        HttpServerRequest request = context.request();
        SameSite.require(request, hosts);
        access.session(request).ifPresent(session -> ManagementAccess.requireCsrfToken(request, session));
        Optional<String> ticket = ticket(request);
        bodies.read(
                        request,
                        body -> forward(context, HttpMethod.POST, "/v1/chat/completions", Buffer.buffer(body), ticket))
                .onFailure(context::fail);
    }

    /** Empty where the API needs no key. */
    private Optional<String> ticket(HttpServerRequest request) {
        Optional<Session> session = access.session(request);
        if (session.isEmpty()) {
            if (tenancy.operatorsNeedKeys()) {
                throw new ApiException(ErrorReason.INVALID_API_KEY, "sign in to the console first");
            }
            hosts.require(request);
            return Optional.empty();
        }
        Operator operator = access.operator(session.get()).orElseThrow();
        if (!operator.infers()) {
            throw new ApiException(
                    ErrorReason.PERMISSION_DENIED,
                    operator.keyPrefix() + " does not have the scope infer",
                    null,
                    "missing_scope");
        }
        return Optional.of(tenancy.callerOf(operator)
                .flatMap(tickets::issue)
                .orElseThrow(() -> new ApiException(ErrorReason.OVERLOADED, "too many chats begin at once")));
    }

    private Future<Void> forward(
            RoutingContext context, HttpMethod method, String path, Buffer body, Optional<String> ticket) {
        RequestOptions options = new RequestOptions()
                .setMethod(method)
                .setHost(host())
                .setPort(apiPort.getAsInt())
                .setSsl(http.tls().certificate().isPresent())
                .setURI(path)
                .putHeader(HttpHeaders.CONTENT_TYPE, "application/json")
                .putHeader(RequestHead.TRACE_HEADER, RequestHead.DETAILED)
                .putHeader(HttpHeaders.USER_AGENT, "vitrine-console");
        ticket.ifPresent(value -> options.putHeader(ConsoleTickets.HEADER, value));
        return client.request(options).compose(forwarded -> {
            cancelIfLeft(context.response(), forwarded);
            return forwarded.send(body).compose(answer -> passOn(answer, context.response()));
        });
    }

    /** The server listens on one address; any is reached through loopback. */
    private String host() {
        String host = http.host();
        return host.equals("0.0.0.0") || host.equals("::") ? "127.0.0.1" : host;
    }

    private static void cancelIfLeft(HttpServerResponse response, HttpClientRequest forwarded) {
        response.closeHandler(closed -> forwarded.reset());
        if (response.closed()) {
            forwarded.reset();
        }
    }

    private static Future<Void> passOn(HttpClientResponse answer, HttpServerResponse response) {
        if (response.closed()) {
            return Future.succeededFuture();
        }
        response.setStatusCode(answer.statusCode());
        for (String name : PASSED_ON) {
            String value = answer.getHeader(name);
            if (value != null) {
                response.putHeader(name, value);
            }
        }
        String length = answer.getHeader(HttpHeaders.CONTENT_LENGTH);
        if (length == null) {
            response.setChunked(true);
        } else {
            response.putHeader(HttpHeaders.CONTENT_LENGTH, length);
        }
        return answer.pipeTo(response);
    }
}
