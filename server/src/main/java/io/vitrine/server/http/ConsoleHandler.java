package io.vitrine.server.http;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.Cookie;
import io.vertx.core.http.CookieSameSite;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vitrine.observability.LifecycleListener;
import io.vitrine.server.api.ApiException;
import io.vitrine.server.api.ApiJson;
import io.vitrine.server.api.ErrorReason;
import io.vitrine.server.http.ConsoleFiles.ConsoleFile;
import io.vitrine.server.http.ConsoleSessions.Session;
import io.vitrine.server.tenancy.Credentials;
import io.vitrine.server.tenancy.Operator;
import io.vitrine.server.tenancy.Operator.Role;
import io.vitrine.server.tenancy.Tenancy;
import io.vitrine.tenants.keys.Scope;

/** The console's pages, and its sessions. On the management port's event loop; files on a worker. */
final class ConsoleHandler {

    static final String PATH = "/console";

    private static final int MAX_BODY_BYTES = 4_096;

    private final Vertx vertx;
    private final Tenancy tenancy;
    private final ManagementAccess access;
    private final ConsoleSessions sessions;
    private final LoginLimit logins;
    private final HostRule hosts;
    private final BodyReader bodies;
    private final LifecycleListener events;
    private final ConsoleFiles files;
    private final ConsoleParts parts;

    ConsoleHandler(
            BodyReaders bodies,
            Tenancy tenancy,
            ManagementAccess access,
            ConsoleSessions sessions,
            HostRule hosts,
            LifecycleListener events,
            ConsoleParts parts) {
        this.vertx = bodies.vertx();
        this.tenancy = tenancy;
        this.access = access;
        this.sessions = sessions;
        this.logins = new LoginLimit(parts.config().loginFailures(), parts.clock()::nanoTime);
        this.hosts = hosts;
        this.bodies = bodies.upTo(MAX_BODY_BYTES);
        this.events = events;
        this.files = new ConsoleFiles(parts.config().directory());
        this.parts = parts;
    }

    void addTo(Router router) {
        router.get(PATH + "/session").handler(this::showSession);
        router.post(PATH + "/login").handler(this::login);
        router.post(PATH + "/logout").handler(this::logout);
        for (String path : List.of(PATH, PATH + "/*")) {
            router.route(path).method(HttpMethod.GET).method(HttpMethod.HEAD).handler(this::file);
        }
    }

    private void showSession(RoutingContext context) {
        Optional<Session> session = access.session(context.request());
        noStore(context.response());
        Responses.json(context.response(), 200, session(session));
    }

    private Map<String, Object> session(Optional<Session> session) {
        Optional<Operator> operator = session.flatMap(access::operator);
        boolean needed = tenancy.operatorsNeedKeys();
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("sign_in_needed", needed);
        body.put("signed_in", operator.isPresent());
        body.put(
                "role",
                operator.map(Operator::role)
                        .or(() -> needed ? Optional.empty() : Optional.of(Role.ADMIN))
                        .map(role -> role.name().toLowerCase(Locale.ROOT))
                        .orElse(null));
        body.put(
                "tenant_id",
                operator.filter(one -> one.role() == Role.TENANT)
                        .map(Operator::tenantId)
                        .orElse(null));
        body.put("key", operator.map(Operator::keyPrefix).orElse(null));
        body.put("can_infer", operator.map(Operator::infers).orElse(!needed));
        body.put("csrf", session.map(Session::csrfToken).orElse(null));
        body.put(
                "expires_at",
                session.map(one -> Instant.now().plus(sessions.left(one)).toString())
                        .orElse(null));
        body.put("version", parts.version());
        body.put("model", parts.model().get().orElse(null));
        body.put("api_port", parts.apiPort().getAsInt());
        body.put("now", Instant.now().toString());
        return body;
    }

    private void login(RoutingContext context) {
        HttpServerRequest request = context.request();
        SameSite.require(request, hosts);
        String address =
                request.remoteAddress() == null ? "" : request.remoteAddress().hostAddress();
        logins.require(address);
        bodies.read(request, body -> Future.succeededFuture(signIn(ApiJson.readObject(body), address)))
                .onSuccess(session -> {
                    noStore(context.response());
                    context.response().addCookie(cookie(request, session.token()));
                    Responses.json(context.response(), 200, session(Optional.of(session)));
                })
                .onFailure(context::fail);
    }

    private Session signIn(ObjectNode body, String address) {
        if (body.size() != 1 || !body.path("key").isTextual()) {
            throw ApiException.invalid("key", "the body must be {\"key\": \"vt_…\"}");
        }
        try {
            Credentials credentials =
                    Credentials.of(List.of(), List.of(body.path("key").asText()));
            return sessions.begin(tenancy.signIn(credentials).keyPrefix());
        } catch (ApiException refusal) {
            logins.failed(address);
            events.operatorRefused(Scope.READ_TELEMETRY.label(), ErrorMapper.errorType(refusal.reason()));
            throw refusal;
        }
    }

    private void logout(RoutingContext context) {
        SameSite.require(context.request(), hosts);
        access.session(context.request()).ifPresent(session -> {
            ManagementAccess.requireCsrfToken(context.request(), session);
            sessions.end(session);
        });
        context.response()
                .addCookie(cookie(context.request(), "").setMaxAge(0))
                .setStatusCode(204)
                .end();
    }

    private static Cookie cookie(HttpServerRequest request, String value) {
        String origin = request.getHeader(HttpHeaders.ORIGIN);
        return Cookie.cookie(ManagementAccess.cookieName(request), value)
                .setPath("/")
                .setHttpOnly(true)
                .setSameSite(CookieSameSite.STRICT)
                // A proxy may end TLS: then only the page's origin knows of it.
                .setSecure(request.isSSL() || (origin != null && origin.startsWith("https:")));
    }

    private static void noStore(HttpServerResponse response) {
        response.putHeader(HttpHeaders.CACHE_CONTROL, "no-store");
    }

    private void file(RoutingContext context) {
        String path = context.request().path();
        if (path.equals(PATH)) {
            context.response()
                    .setStatusCode(302)
                    .putHeader(HttpHeaders.LOCATION, PATH + "/")
                    .end();
            return;
        }
        String name = path.substring(PATH.length() + 1);
        // A path of the page's own, such as /console/requests: the page reads it.
        boolean page =
                name.isEmpty() || !name.substring(name.lastIndexOf('/') + 1).contains(".");
        vertx.executeBlocking(() -> files.find(page ? ConsoleFiles.INDEX : name), false)
                .onSuccess(found -> found.ifPresentOrElse(
                        file -> send(context, file),
                        () -> context.fail(
                                new ApiException(ErrorReason.NOT_FOUND, "the console has no file of this name"))))
                .onFailure(context::fail);
    }

    private static void send(RoutingContext context, ConsoleFile file) {
        HttpServerRequest request = context.request();
        HttpServerResponse response = context.response();
        boolean gzip = ContentCoding.acceptsGzip(request.getHeader(HttpHeaders.ACCEPT_ENCODING));
        String tag = '"' + file.tag() + (gzip ? "-gzip" : "") + '"';
        response.putHeader(HttpHeaders.ETAG, tag)
                .putHeader(HttpHeaders.CACHE_CONTROL, "no-cache")
                .putHeader(HttpHeaders.VARY, "accept-encoding")
                .putHeader("content-security-policy", file.policy())
                .putHeader("x-content-type-options", "nosniff")
                .putHeader("referrer-policy", "no-referrer")
                .putHeader("cross-origin-opener-policy", "same-origin")
                .putHeader("cross-origin-resource-policy", "same-origin");
        String known = request.getHeader(HttpHeaders.IF_NONE_MATCH);
        if (known != null && List.of(known.split("\\s*,\\s*", -1)).contains(tag)) {
            response.setStatusCode(304).end();
            return;
        }
        response.putHeader(HttpHeaders.CONTENT_TYPE, file.type());
        byte[] content = gzip ? file.compressed() : file.content();
        if (gzip) {
            response.putHeader(HttpHeaders.CONTENT_ENCODING, "gzip");
        }
        if (request.method().equals(HttpMethod.HEAD)) {
            response.putHeader(HttpHeaders.CONTENT_LENGTH, String.valueOf(content.length))
                    .end();
        } else {
            response.end(Buffer.buffer(content));
        }
    }
}
