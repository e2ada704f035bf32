package io.vitrine.server.http;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vitrine.alerting.incidents.EvidenceItem;
import io.vitrine.alerting.incidents.IncidentState;
import io.vitrine.alerting.incidents.IncidentStepException;
import io.vitrine.server.api.ApiException;
import io.vitrine.server.api.ErrorReason;
import io.vitrine.server.api.IncidentBodies;
import io.vitrine.server.history.PageSize;
import io.vitrine.server.incidents.EvidenceSources;
import io.vitrine.server.incidents.IncidentAuthor;
import io.vitrine.server.incidents.IncidentDesk;
import io.vitrine.server.incidents.IncidentJson;
import io.vitrine.server.incidents.IncidentRegister;
import io.vitrine.server.incidents.StoredIncident;
import io.vitrine.server.incidents.VersionConflictException;

/**
 * Shows and changes incidents. Reading needs what reading telemetry needs, changing an administrator, and so does
 * evidence that quotes the audit log. On the management port's event loop; the ledger is read and written on workers.
 */
final class IncidentsHandler {

    private static final String PATH = "/api/incidents";
    private static final int MAX_BODY_BYTES = 65_536;
    /** As a value of the parameter {@code state}: every state in which the service has not recovered. */
    private static final String OPEN = "open";

    private static final List<String> STATES = Stream.concat(
                    Stream.of(OPEN), Arrays.stream(IncidentState.values()).map(IncidentState::label))
            .toList();

    private final Vertx vertx;
    private final IncidentDesk desk;
    private final IncidentRegister register;
    private final BodyReader bodies;

    IncidentsHandler(BodyReaders bodies, IncidentDesk desk) {
        this.vertx = bodies.vertx();
        this.desk = desk;
        this.register = desk.register();
        this.bodies = bodies.upTo(MAX_BODY_BYTES);
    }

    /** Ends the paths that need more than the router's rule for all of {@code /api}; before that. */
    void addAdministratorsTo(Router router, Handler<RoutingContext> admin) {
        router.route(HttpMethod.GET, PATH + "/:id/evidence/" + EvidenceSources.CHANGES)
                .handler(admin)
                .handler(context -> evidence(context, EvidenceSources.CHANGES));
    }

    void addTo(Router router) {
        router.get(PATH).handler(this::list);
        router.get(PATH + "/:id").handler(this::show);
        router.get(PATH + "/:id/evidence/:name").handler(context -> evidence(context, context.pathParam("name")));
        router.get(PATH + "/:id/post-mortem").handler(this::postMortem);
        router.post(PATH).handler(this::open);
        step(router, "ack", IncidentBodies::acknowledge);
        step(router, "assign", IncidentBodies::assign);
        step(router, "note", IncidentBodies::note);
        step(router, "severity", IncidentBodies::rate);
        step(router, "state", IncidentBodies::move);
        step(router, "root-cause", IncidentBodies::explain);
        step(router, "action-item", IncidentBodies::actionItem);
        router.post(PATH + "/:id/merge").handler(context -> {
            long id = id(context);
            change(context, 200, IncidentBodies::merge, (merge, actor) -> {
                IncidentAuthor author = author(actor, merge.by());
                return register.merge(id, merge.version(), merge.into(), author);
            });
        });
    }

    private void list(RoutingContext context) {
        QueryParams params = new QueryParams(context.queryParams());
        Optional<String> state = Optional.ofNullable(params.oneOf("state", STATES));
        PageSize page = params.page();
        params.done();
        answer(context, 200, () -> {
            List<StoredIncident> found = register.latest(states(state), page.offset(), page.limit() + 1);
            return Map.of(
                    "more",
                    found.size() > page.limit(),
                    "incidents",
                    found.stream()
                            .limit(page.limit())
                            .map(one -> IncidentJson.summary(one, register.today()))
                            .toList());
        });
    }

    private static Set<String> states(Optional<String> given) {
        return given.map(label -> Arrays.stream(IncidentState.values())
                        .filter(state -> label.equals(OPEN) ? state.isOpen() : label.equals(state.label()))
                        .map(IncidentState::label)
                        .collect(Collectors.toSet()))
                .orElse(Set.of());
    }

    private void show(RoutingContext context) {
        long id = id(context);
        answer(context, 200, () -> whole(found(id)));
    }

    private Object whole(StoredIncident stored) {
        List<EvidenceItem> evidence = register.evidence(stored.incident().id());
        return IncidentJson.whole(stored, evidence, register.today());
    }

    private StoredIncident found(long id) {
        return register.find(id).orElseThrow(() -> notFound("there is no incident " + id));
    }

    private void evidence(RoutingContext context, String name) {
        long id = id(context);
        vertx.executeBlocking(
                        () -> {
                            found(id);
                            EvidenceItem item = register.evidence(id).stream()
                                    .filter(one -> one.name().equals(name))
                                    .findFirst()
                                    .orElseThrow(() -> notFound("incident " + id + " has no such evidence"));
                            byte[] content = register.content(id, name)
                                    .orElseThrow(() -> notFound(
                                            "the evidence " + name + " could not be collected: " + item.note()));
                            return Map.entry(item.mediaType(), content);
                        },
                        false)
                .onSuccess(item -> send(context, item.getKey(), item.getValue()))
                .onFailure(context::fail);
    }

    private void postMortem(RoutingContext context) {
        long id = id(context);
        vertx.executeBlocking(() -> register.postMortem(found(id).incident()), false)
                .onSuccess(text -> send(context, "text/markdown; charset=utf-8", text.getBytes(StandardCharsets.UTF_8)))
                .onFailure(context::fail);
    }

    private static void send(RoutingContext context, String mediaType, byte[] content) {
        if (!context.response().ended() && !context.response().closed()) {
            context.response()
                    .putHeader(HttpHeaders.CONTENT_TYPE, mediaType)
                    .putHeader("x-content-type-options", "nosniff")
                    .end(Buffer.buffer(content));
        }
    }

    private void open(RoutingContext context) {
        change(
                context,
                201,
                IncidentBodies::opening,
                (opening, actor) ->
                        register.open(opening.title(), opening.severity(), opening.why(), author(actor, opening.by())));
    }

    private void step(Router router, String name, Function<byte[], IncidentBodies.Step> parser) {
        router.post(PATH + "/:id/" + name).handler(context -> {
            long id = id(context);
            change(
                    context,
                    200,
                    parser,
                    (step, actor) -> register.apply(id, step.version(), step.step(), author(actor, step.by())));
        });
    }

    private <T> void change(
            RoutingContext context,
            int status,
            Function<byte[], T> parser,
            BiFunction<T, String, StoredIncident> change) {
        String actor = ManagementAccess.actor(context);
        BodyReader.requireJson(context.request());
        bodies.read(context.request(), body -> {
                    T parsed = parser.apply(body);
                    return vertx.executeBlocking(() -> whole(refusing(() -> change.apply(parsed, actor))), false);
                })
                .onSuccess(incident -> {
                    desk.touched();
                    Responses.json(context.response(), status, incident);
                })
                .onFailure(context::fail);
    }

    private static IncidentAuthor author(String actor, Optional<String> by) {
        return new IncidentAuthor(actor, by.orElse(actor));
    }

    private static StoredIncident refusing(Callable<StoredIncident> change) throws Exception {
        try {
            return change.call();
        } catch (NoSuchElementException e) {
            throw notFound(String.valueOf(e.getMessage()));
        } catch (IncidentStepException | VersionConflictException e) {
            throw new ApiException(ErrorReason.CONFLICT, String.valueOf(e.getMessage()));
        } catch (IllegalArgumentException e) {
            throw new ApiException(ErrorReason.INVALID_REQUEST, String.valueOf(e.getMessage()), null, "invalid_value");
        }
    }

    private void answer(RoutingContext context, int status, Callable<Object> question) {
        vertx.executeBlocking(question, false)
                .onSuccess(body -> Responses.json(context.response(), status, body))
                .onFailure(context::fail);
    }

    private static long id(RoutingContext context) {
        String text = context.pathParam("id");
        if (!text.matches("[1-9][0-9]{0,17}")) {
            throw ApiException.invalid("id", "the id of an incident is a whole number from 1");
        }
        return Long.parseLong(text);
    }

    private static ApiException notFound(String message) {
        return new ApiException(ErrorReason.NOT_FOUND, message);
    }
}
