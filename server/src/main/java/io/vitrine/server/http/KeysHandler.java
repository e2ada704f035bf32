package io.vitrine.server.http;

import java.util.List;
import java.util.Map;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.RoutingContext;
import io.vitrine.server.api.ApiException;
import io.vitrine.server.api.ErrorReason;
import io.vitrine.server.api.KeyBody;
import io.vitrine.server.api.NewKeyBody;
import io.vitrine.server.tenancy.Tenancy;
import io.vitrine.tenants.keys.ApiKey;
import io.vitrine.tenants.keys.KeyRequest;

/** Shows, makes and revokes API keys, for administrators. On the management port's event loop; what writes goes to a worker. */
final class KeysHandler {

    static final String PATH = "/api/keys";

    private static final int MAX_BODY_BYTES = 4_096;

    private final Vertx vertx;
    private final Tenancy tenancy;
    private final BodyReader bodies;

    KeysHandler(BodyReaders bodies, Tenancy tenancy) {
        this.vertx = bodies.vertx();
        this.tenancy = tenancy;
        this.bodies = bodies.upTo(MAX_BODY_BYTES);
    }

    void list(RoutingContext context) {
        vertx.executeBlocking(() -> tenancy.registry().keys().list(), false)
                .map(keys -> keys.stream().map(KeyBody::of).toList())
                .onSuccess((List<KeyBody> keys) -> Responses.json(context.response(), 200, Map.of("keys", keys)))
                .onFailure(context::fail);
    }

    /** The answer is the only place where the whole key ever is. */
    void create(RoutingContext context) {
        String actor = ManagementAccess.actor(context);
        BodyReader.requireJson(context.request());
        bodies.read(context.request(), body -> {
                    KeyRequest request = NewKeyBody.parse(body);
                    return vertx.executeBlocking(() -> create(request, actor), false);
                })
                .onSuccess(key -> {
                    context.response().putHeader(HttpHeaders.CACHE_CONTROL, "no-store");
                    Responses.json(context.response(), 201, Map.of("key", key.reveal(), "prefix", key.prefix()));
                })
                .onFailure(context::fail);
    }

    private ApiKey create(KeyRequest request, String actor) {
        if (tenancy.registry().tenants().find(request.tenantId()).isEmpty()) {
            throw ApiException.invalid("tenant", "there is no such tenant: PUT /api/tenants/ID makes one");
        }
        try {
            ApiKey key = tenancy.registry().keys().create(request, actor);
            tenancy.tellChanges();
            return key;
        } catch (IllegalArgumentException e) {
            throw ApiException.invalid("expires_at", String.valueOf(e.getMessage()));
        }
    }

    void revoke(RoutingContext context) {
        String prefix = context.pathParam("prefix");
        String actor = ManagementAccess.actor(context);
        vertx.executeBlocking(() -> revoke(prefix, actor), false)
                .onSuccess(revoked -> context.response().setStatusCode(204).end())
                .onFailure(context::fail);
    }

    private boolean revoke(String prefix, String actor) {
        if (!tenancy.registry().keys().revoke(prefix, actor)) {
            throw new ApiException(ErrorReason.NOT_FOUND, "there is no key with this prefix");
        }
        tenancy.tellChanges();
        return true;
    }
}
