package io.vitrine.server.http;

import io.vertx.core.Handler;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import io.vitrine.observability.LifecycleListener;
import io.vitrine.server.api.ApiException;
import io.vitrine.server.tenancy.Tenancy;
import io.vitrine.tenants.keys.Scope;

/**
 * Asks operators for their key: to read telemetry one with the scope {@code read-telemetry}, for everything else one with {@code
 * admin}. None is needed where the management port is on a loopback address and the API needs none either; but then the request
 * must be for a loopback address as well, or a page that a browser on this machine shows could have its own name point here. On
 * the management port's event loop.
 */
final class ManagementAccess {

    /** Who makes a change without a key: somebody on this machine. */
    private static final String NOBODY = "management port";

    private static final String ACTOR = ManagementAccess.class.getName();

    private final Tenancy tenancy;
    private final LifecycleListener events;
    private final HostRule hosts;

    ManagementAccess(Tenancy tenancy, HostRule hosts, LifecycleListener events) {
        this.hosts = hosts;
        this.tenancy = tenancy;
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
        return context.get(ACTOR);
    }

    private static boolean reads(RoutingContext context) {
        HttpMethod method = context.request().method();
        return method.equals(HttpMethod.GET) || method.equals(HttpMethod.HEAD);
    }

    private void require(RoutingContext context, Scope scope) {
        context.put(ACTOR, actor(context.request(), scope));
        if (!reads(context)) {
            SameSite.require(context.request(), hosts);
        }
        context.next();
    }

    private String actor(HttpServerRequest request, Scope scope) {
        try {
            return tenancy.authenticateOperator(RequestGate.credentials(request), scope)
                    .orElseGet(() -> nobodyFor(request));
        } catch (ApiException refusal) {
            events.operatorRefused(scope.label(), ErrorMapper.errorType(refusal.reason()));
            throw refusal;
        }
    }

    private String nobodyFor(HttpServerRequest request) {
        hosts.require(request);
        return NOBODY;
    }
}
