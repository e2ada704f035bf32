package io.vitrine.server.http;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;
import java.util.Optional;

import io.vertx.core.Handler;
import io.vertx.core.http.Cookie;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import io.vitrine.observability.LifecycleListener;
import io.vitrine.server.api.ApiException;
import io.vitrine.server.api.ErrorReason;
import io.vitrine.server.http.ConsoleSessions.Session;
import io.vitrine.server.tenancy.Credentials;
import io.vitrine.server.tenancy.Operator;
import io.vitrine.server.tenancy.Operator.Role;
import io.vitrine.server.tenancy.Tenancy;
import io.vitrine.tenants.keys.Scope;

/**
 * Asks operators for their key, or for the session that they began with one: to read telemetry one with the scope {@code
 * read-telemetry}, for everything else one with {@code admin}. A key with {@code read-tenant} alone reads the routes that show one
 * tenant. None is needed where the management port is on a loopback address and the API needs none either; but then the request
 * must be for a loopback address as well, or a page that a browser on this machine shows could have its own name point here. On
 * the management port's event loop.
 */
final class ManagementAccess {

    /** What a changing request of a session repeats the session's token in: a page of another site cannot read it. */
    static final String CSRF_HEADER = "x-vitrine-csrf";

    /** Who makes a change without a key: somebody on this machine. */
    private static final String NOBODY = "management port";

    private static final String MISSING_SCOPE = "missing_scope";
    private static final String COOKIE = "vitrine_session_";

    /** Reads that show one tenant; their handlers hold them to it. Every other route is closed to tenants. */
    private static final List<String> TENANT_ROUTES = List.of(
            "/api/search/",
            "/api/traces/",
            "/api/requests/",
            "/api/traces",
            "/api/logs",
            "/api/costs",
            "/api/live",
            "/api/business");

    private final Tenancy tenancy;
    private final ConsoleSessions sessions;
    private final LifecycleListener events;
    private final HostRule hosts;

    ManagementAccess(Tenancy tenancy, ConsoleSessions sessions, HostRule hosts, LifecycleListener events) {
        this.hosts = hosts;
        this.tenancy = tenancy;
        this.sessions = sessions;
        this.events = events;
    }

    /** For telemetry: reading is one thing, changing what is told of it another. */
    Handler<RoutingContext> telemetry() {
        return context -> require(context, reads(context) ? Scope.READ_TELEMETRY : Scope.ADMIN);
    }

    /** For tenants and keys. */
    Handler<RoutingContext> admin() {
        return context -> require(context, Scope.ADMIN);
    }

    /** Who asks, for the audit log; after one of the two. */
    static String actor(RoutingContext context) {
        return ConsoleAccess.of(context).actor();
    }

    /** The name of the session's cookie: cookies do not know ports, and a machine may have several servers. */
    static String cookieName(HttpServerRequest request) {
        return COOKIE
                + (request.localAddress() == null ? 0 : request.localAddress().port());
    }

    /** The session of a request; empty if it has none, or one that has ended, also by its key's end. */
    Optional<Session> session(HttpServerRequest request) {
        Cookie cookie = request.getCookie(cookieName(request));
        if (cookie == null) {
            return Optional.empty();
        }
        Optional<Session> session = sessions.find(cookie.getValue());
        session.filter(one -> tenancy.operator(one.keyPrefix()).isEmpty()).ifPresent(sessions::end);
        return session.filter(one -> tenancy.operator(one.keyPrefix()).isPresent());
    }

    /** The operator of a session whose key can still be used. */
    Optional<Operator> operator(Session session) {
        return tenancy.operator(session.keyPrefix());
    }

    /** Whether who began to read may go on; a use of the session. */
    boolean isStillAllowed(RoutingContext context) {
        try {
            Credentials credentials = RequestGate.credentials(context.request());
            Optional<Session> session = credentials.haveKey() ? Optional.empty() : session(context.request());
            ConsoleAccess now = session.isPresent()
                    ? ofSession(context, session.get(), Scope.READ_TELEMETRY)
                    : ofKey(context, credentials, Scope.READ_TELEMETRY);
            return now.equals(ConsoleAccess.of(context));
        } catch (ApiException refusal) {
            return false;
        }
    }

    private static boolean reads(RoutingContext context) {
        HttpMethod method = context.request().method();
        return method.equals(HttpMethod.GET) || method.equals(HttpMethod.HEAD);
    }

    private void require(RoutingContext context, Scope scope) {
        // What is shown here is a person's, and may quote what clients sent.
        context.response()
                .putHeader(HttpHeaders.CACHE_CONTROL, "no-store")
                .putHeader("x-content-type-options", "nosniff");
        access(context, scope).attachTo(context);
        if (!reads(context)) {
            SameSite.require(context.request(), hosts);
        }
        context.next();
    }

    private ConsoleAccess access(RoutingContext context, Scope scope) {
        HttpServerRequest request = context.request();
        Credentials credentials = RequestGate.credentials(request);
        try {
            Optional<Session> session = credentials.haveKey() ? Optional.empty() : session(request);
            if (session.isPresent()) {
                return ofSession(context, session.get(), scope);
            }
            return ofKey(context, credentials, scope);
        } catch (ApiException refusal) {
            events.operatorRefused(scope.label(), ErrorMapper.errorType(refusal.reason()));
            throw refusal;
        }
    }

    private ConsoleAccess ofSession(RoutingContext context, Session session, Scope scope) {
        Operator operator = operator(session).orElseThrow();
        if (!reads(context)) {
            requireCsrfToken(context.request(), session);
        }
        if (operator.role() == Role.TENANT) {
            return ofTenant(context, operator, scope);
        }
        if (scope == Scope.ADMIN && operator.role() != Role.ADMIN) {
            throw new ApiException(
                    ErrorReason.PERMISSION_DENIED,
                    operator.keyPrefix() + " does not have the scope admin",
                    null,
                    MISSING_SCOPE);
        }
        return new ConsoleAccess(operator.keyPrefix(), operator.role(), Optional.empty());
    }

    static void requireCsrfToken(HttpServerRequest request, Session session) {
        List<String> given = request.headers().getAll(CSRF_HEADER);
        boolean same = given.size() == 1
                && MessageDigest.isEqual(
                        given.get(0).getBytes(StandardCharsets.UTF_8),
                        session.csrfToken().getBytes(StandardCharsets.UTF_8));
        if (!same) {
            throw new ApiException(
                    ErrorReason.PERMISSION_DENIED,
                    "a change must repeat the session's token in the header " + CSRF_HEADER,
                    null,
                    "csrf_failed");
        }
    }

    private ConsoleAccess ofKey(RoutingContext context, Credentials credentials, Scope scope) {
        try {
            String actor =
                    tenancy.authenticateOperator(credentials, scope).orElseGet(() -> nobodyFor(context.request()));
            Role role = scope == Scope.ADMIN || actor.equals(NOBODY) ? Role.ADMIN : Role.VIEWER;
            return new ConsoleAccess(actor, role, Optional.empty());
        } catch (ApiException refusal) {
            if (refusal.code().equals(MISSING_SCOPE) && scope == Scope.READ_TELEMETRY) {
                return tenancy.tenantReader(credentials)
                        .map(operator -> ofTenant(context, operator, scope))
                        .orElseThrow(() -> refusal);
            }
            throw refusal;
        }
    }

    private static ConsoleAccess ofTenant(RoutingContext context, Operator operator, Scope scope) {
        String path = context.normalizedPath();
        boolean open = scope == Scope.READ_TELEMETRY
                && TENANT_ROUTES.stream()
                        .anyMatch(route -> route.endsWith("/") ? path.startsWith(route) : path.equals(route));
        if (!open) {
            throw new ApiException(
                    ErrorReason.PERMISSION_DENIED,
                    operator.keyPrefix() + " sees its own tenant alone",
                    null,
                    "tenant_scope");
        }
        return new ConsoleAccess(operator.keyPrefix(), Role.TENANT, Optional.of(operator.tenantId()));
    }

    private String nobodyFor(HttpServerRequest request) {
        hosts.require(request);
        return NOBODY;
    }
}
