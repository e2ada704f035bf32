package io.vitrine.server.http;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vitrine.server.api.ApiException;
import io.vitrine.server.api.ApiJson;
import io.vitrine.server.api.ErrorReason;
import io.vitrine.server.history.PageSize;
import io.vitrine.server.history.RequestRow;
import io.vitrine.server.history.RequestSearch.Order;
import io.vitrine.server.history.TelemetryHistory;
import io.vitrine.server.profile.FlameGraph;
import io.vitrine.server.profile.Profiler;
import io.vitrine.server.profile.ThreadRole;
import io.vitrine.server.search.SearchQuery;
import io.vitrine.server.tenancy.Tenancy;
import io.vitrine.store.ledger.AuditEntry;
import io.vitrine.store.telemetry.TimeRange;
import org.jspecify.annotations.Nullable;

/** Profiles of the processor's time, on the management port: off until an administrator asks for some seconds. */
final class ProfileRoutes {

    private static final String PATH = "/api/profile";
    private static final int MAX_BODY_BYTES = 1_024;
    private static final int MOST_REQUESTS = 200;
    private static final Duration LONGEST_REQUEST = Duration.ofHours(1);

    private final Vertx vertx;
    private final BodyReader bodies;
    private final Profiler profiler;
    private final Optional<TelemetryHistory> history;
    private final Tenancy tenancy;
    private final long mostSeconds;

    ProfileRoutes(
            BodyReaders bodies,
            Profiler profiler,
            Optional<TelemetryHistory> history,
            Tenancy tenancy,
            Duration longest) {
        this.vertx = bodies.vertx();
        this.bodies = bodies.upTo(MAX_BODY_BYTES);
        this.profiler = profiler;
        this.history = history;
        this.tenancy = tenancy;
        this.mostSeconds = longest.toSeconds();
    }

    void addTo(Router router) {
        router.route(PATH).method(HttpMethod.GET).method(HttpMethod.HEAD).handler(context -> answer(context, 200));
        router.post(PATH).handler(this::start);
        router.route(PATH + "/:id/flame")
                .method(HttpMethod.GET)
                .method(HttpMethod.HEAD)
                .handler(this::flame);
    }

    private void answer(RoutingContext context, int status) {
        vertx.executeBlocking(this::state, false)
                .onSuccess(state -> Responses.json(context.response(), status, state))
                .onFailure(context::fail);
    }

    private Map<String, Object> state() {
        Map<String, Object> state = new LinkedHashMap<>();
        state.put("running", profiler.isRunning());
        state.put("events", Profiler.events());
        state.put("longest_seconds", mostSeconds);
        state.put("windows", profiler.windows());
        return state;
    }

    private void start(RoutingContext context) {
        String actor = ManagementAccess.actor(context);
        BodyReader.requireJson(context.request());
        bodies.read(context.request(), body -> {
                    long seconds = seconds(ApiJson.readObject(body));
                    return vertx.executeBlocking(() -> started(seconds, actor), false);
                })
                .onSuccess(state -> Responses.json(context.response(), 202, state))
                .onFailure(context::fail);
    }

    private long seconds(ObjectNode body) {
        long seconds = body.size() == 1 && body.path("seconds").isIntegralNumber()
                ? body.path("seconds").asLong()
                : 0;
        if (seconds < 1 || seconds > mostSeconds) {
            throw ApiException.invalid(
                    "seconds",
                    "the body must be {\"seconds\": N}, from 1 to " + mostSeconds + " (console.profile-time)");
        }
        return seconds;
    }

    private Map<String, Object> started(long seconds, String actor) {
        String id = profiler.start(Duration.ofSeconds(seconds))
                .orElseThrow(() -> new ApiException(ErrorReason.CONFLICT, "a profile is being taken already"));
        tenancy.ledger()
                .audit()
                .record(new AuditEntry(
                        System.currentTimeMillis(), actor, "profile_taken", id, "for " + seconds + " seconds"))
                .join();
        tenancy.tellChanges();
        return state();
    }

    private void flame(RoutingContext context) {
        QueryParams params = new QueryParams(context.queryParams());
        String id = context.pathParam("id");
        @Nullable Instant from = params.instantOrNull("from");
        @Nullable Instant to = params.instantOrNull("to");
        String label = params.oneOf("role", ThreadRole.labels());
        params.done();
        ThreadRole role = label == null ? null : ThreadRole.ofLabel(label).orElseThrow();
        vertx.executeBlocking(() -> profiler.flame(id, from, to, role).map(this::shown), false)
                .onSuccess(found -> found.ifPresentOrElse(
                        flame -> Responses.json(context.response(), 200, flame),
                        () -> context.fail(
                                new ApiException(ErrorReason.NOT_FOUND, "there is no profile of this name any more"))))
                .onFailure(context::fail);
    }

    private Map<String, Object> shown(FlameGraph flame) {
        return Map.of("flame", flame, "requests", requests(Instant.parse(flame.from()), Instant.parse(flame.to())));
    }

    /** A request and its time. */
    private record Ran(@Nullable String requestId, @Nullable String tenantId, String start, String at) {}

    private List<Ran> requests(Instant from, Instant to) {
        return history.map(stored -> stored
                        .search(MOST_REQUESTS * 10)
                        .requests(
                                TimeRange.of(from, to.plus(LONGEST_REQUEST)),
                                SearchQuery.ALL,
                                null,
                                Order.NEWEST,
                                new PageSize(0, MOST_REQUESTS * 10))
                        .data()
                        .stream()
                        .filter(request -> Instant.parse(request.start()).isBefore(to))
                        .filter(request -> request.ttftMs() != null)
                        .limit(MOST_REQUESTS)
                        .map(ProfileRoutes::ran)
                        .toList())
                .orElse(List.of());
    }

    private static Ran ran(RequestRow request) {
        return new Ran(request.requestId(), request.tenantId(), request.start(), request.at());
    }
}
