package io.vitrine.server.http;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vertx.core.Vertx;
import io.vertx.ext.web.RoutingContext;
import io.vitrine.server.api.ApiException;
import io.vitrine.server.api.ApiJson;
import io.vitrine.server.api.ErrorReason;
import io.vitrine.server.tenancy.Tenancy;
import io.vitrine.server.tenancy.TenantJson;
import io.vitrine.tenants.Tenant;
import io.vitrine.tenants.yaml.YamlException;

/**
 * Shows and changes tenants, for administrators; in JSON with the names of the tenants' YAML file. On the management port's event
 * loop; what writes goes to a worker.
 */
final class TenantsHandler {

    static final String PATH = "/api/tenants";

    private static final int MAX_BODY_BYTES = 65_536;

    private final Vertx vertx;
    private final Tenancy tenancy;
    private final BodyReader bodies;

    TenantsHandler(BodyReaders bodies, Tenancy tenancy) {
        this.vertx = bodies.vertx();
        this.tenancy = tenancy;
        this.bodies = bodies.upTo(MAX_BODY_BYTES);
    }

    void list(RoutingContext context) {
        List<ObjectNode> tenants = new TreeMap<>(tenancy.registry().tenants().all())
                .values().stream().map(TenantJson::of).toList();
        Responses.json(context.response(), 200, Map.of("tenants", tenants));
    }

    void show(RoutingContext context) {
        String id = context.pathParam("id");
        Tenant tenant = tenancy.registry().tenants().find(id).orElseThrow(TenantsHandler::notFound);
        Responses.json(context.response(), 200, TenantJson.of(tenant));
    }

    /** Puts the whole of a policy in force: what the body leaves out is unlimited. */
    void put(RoutingContext context) {
        String id = context.pathParam("id");
        String actor = ManagementAccess.actor(context);
        BodyReader.requireJson(context.request());
        bodies.read(context.request(), body -> {
                    Tenant tenant = tenant(id, body);
                    return vertx.executeBlocking(() -> put(tenant, actor), false);
                })
                .onSuccess(tenant -> Responses.json(context.response(), 200, TenantJson.of(tenant)))
                .onFailure(context::fail);
    }

    private static Tenant tenant(String id, byte[] body) {
        ObjectNode json = ApiJson.readObject(body);
        if (json.hasNonNull("id") && !json.get("id").asText().equals(id)) {
            throw ApiException.invalid("id", "the id must be the path's, or be left out");
        }
        try {
            return TenantJson.parse(json.put("id", id), "the body");
        } catch (YamlException | IllegalArgumentException e) {
            throw invalid(e);
        }
    }

    private Tenant put(Tenant tenant, String actor) {
        try {
            tenancy.registry().put(tenant, actor);
        } catch (IllegalArgumentException e) {
            throw invalid(e);
        }
        tenancy.tellChanges();
        return tenant;
    }

    void remove(RoutingContext context) {
        String id = context.pathParam("id");
        String actor = ManagementAccess.actor(context);
        vertx.executeBlocking(() -> remove(id, actor), false)
                .onSuccess(removed -> context.response().setStatusCode(204).end())
                .onFailure(context::fail);
    }

    private boolean remove(String id, String actor) {
        try {
            if (!tenancy.registry().remove(id, actor)) {
                throw notFound();
            }
        } catch (YamlException | IllegalArgumentException e) {
            throw invalid(e);
        }
        tenancy.tellChanges();
        return true;
    }

    private static ApiException invalid(RuntimeException cause) {
        return new ApiException(ErrorReason.INVALID_REQUEST, String.valueOf(cause.getMessage()), null, "invalid_value");
    }

    private static ApiException notFound() {
        return new ApiException(ErrorReason.NOT_FOUND, "there is no such tenant");
    }
}
