package io.vitrine.server.http;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vitrine.alerting.query.PromDuration;
import io.vitrine.server.alerting.AlertLoop;
import io.vitrine.server.api.ApiException;
import io.vitrine.server.api.ApiJson;
import io.vitrine.server.api.ErrorReason;
import io.vitrine.server.tenancy.Tenancy;

/** Shows operators alerts, rules, objectives and silences, and lets administrators change silences. */
final class AlertsHandler {

    private static final int MAX_BODY_BYTES = 65_536;
    private static final String SILENCES = "/api/silences";
    private static final Set<String> FIELDS = Set.of("matchers", "for", "why");

    private final Vertx vertx;
    private final BodyReader bodies;
    private final Tenancy tenancy;
    private final Optional<AlertLoop> alerts;

    /** @param alerts absent if they are not evaluated */
    AlertsHandler(BodyReaders bodies, Tenancy tenancy, Optional<AlertLoop> alerts) {
        this.vertx = bodies.vertx();
        this.bodies = bodies.upTo(MAX_BODY_BYTES);
        this.tenancy = tenancy;
        this.alerts = alerts;
    }

    /** After the routes that ask for a key. */
    void addTo(Router router) {
        list(router, "/api/alerts", "alerts", AlertLoop::alerts);
        list(router, "/api/rules", "rules", AlertLoop::rules);
        list(router, "/api/slo", "objectives", AlertLoop::objectives);
        list(router, SILENCES, "silences", AlertLoop::silences);
        router.post(SILENCES).handler(this::silence);
        router.delete(SILENCES + "/:id").handler(this::expire);
    }

    private void list(
            Router router, String path, String name, Function<AlertLoop, Future<List<Map<String, Object>>>> what) {
        router.route(path).method(HttpMethod.GET).method(HttpMethod.HEAD).handler(context -> what.apply(loop())
                .onSuccess(all -> Responses.json(context.response(), 200, Map.of(name, all)))
                .onFailure(context::fail));
    }

    private void silence(RoutingContext context) {
        String actor = ManagementAccess.actor(context);
        BodyReader.requireJson(context.request());
        bodies.read(context.request(), body -> add(ApiJson.readObject(body), actor))
                .onSuccess(silence -> Responses.json(context.response(), 201, silence))
                .onFailure(context::fail);
    }

    private Future<Map<String, Object>> add(ObjectNode body, String actor) {
        body.fieldNames().forEachRemaining(name -> {
            if (!FIELDS.contains(name)) {
                throw ApiException.invalid(name, "unknown field; there are matchers, for and why");
            }
        });
        return loop().silence(
                        matchers(body.path("matchers")),
                        length(body.path("for")),
                        body.path("why").asText(),
                        actor)
                .recover(failure -> Future.failedFuture(
                        failure instanceof IllegalArgumentException wrong ? invalid(wrong) : failure))
                .compose(this::audited);
    }

    private static List<String> matchers(JsonNode node) {
        if (!node.isArray()) {
            throw ApiException.invalid("matchers", "matchers must be a list such as [\"severity=P2\"]");
        }
        List<String> matchers = new ArrayList<>();
        node.forEach(matcher -> matchers.add(matcher.asText()));
        return matchers;
    }

    private static Duration length(JsonNode node) {
        try {
            return PromDuration.parse(node.asText());
        } catch (IllegalArgumentException e) {
            throw ApiException.invalid("for", "for must be a duration such as 30m, 2h or 1d");
        }
    }

    private void expire(RoutingContext context) {
        String actor = ManagementAccess.actor(context);
        loop().expire(context.pathParam("id"), actor)
                .compose(this::audited)
                .onSuccess(ended -> {
                    if (ended) {
                        context.response().setStatusCode(204).end();
                    } else {
                        context.fail(new ApiException(
                                ErrorReason.NOT_FOUND, "there is no silence of this id that has not ended"));
                    }
                })
                .onFailure(context::fail);
    }

    /** Logs the audit entry, which reads the ledger. */
    private <T> Future<T> audited(T result) {
        return vertx.executeBlocking(
                () -> {
                    tenancy.tellChanges();
                    return result;
                },
                false);
    }

    private static ApiException invalid(IllegalArgumentException cause) {
        return new ApiException(ErrorReason.INVALID_REQUEST, String.valueOf(cause.getMessage()), null, "invalid_value");
    }

    private AlertLoop loop() {
        return alerts.orElseThrow(() -> new ApiException(
                ErrorReason.NOT_FOUND, "alerts are not evaluated (alerts.enabled, telemetry.metrics.enabled)"));
    }
}
