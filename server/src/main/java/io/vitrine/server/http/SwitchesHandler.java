package io.vitrine.server.http;

import java.time.Clock;
import java.util.EnumMap;
import java.util.Map;
import java.util.stream.Collectors;

import io.vertx.core.Vertx;
import io.vertx.ext.web.RoutingContext;
import io.vitrine.observability.Telemetry;
import io.vitrine.observability.TelemetryPart;
import io.vitrine.observability.TelemetrySwitches;
import io.vitrine.server.api.ApiException;
import io.vitrine.server.api.SwitchesBody;
import io.vitrine.server.tenancy.Tenancy;
import io.vitrine.store.ledger.AuditEntry;

/**
 * Shows which parts of telemetry are on, and switches them while the server runs. A change is in the audit log before
 * it holds, and the log has a line of it even if the log is what is off. On the management port's event loop.
 */
final class SwitchesHandler {

    static final String PATH = "/api/telemetry/switches";

    private static final int MAX_BODY_BYTES = 4_096;
    private static final String ACTION = "telemetry_switched";
    private static final String SUBJECT = "telemetry";

    private final Vertx vertx;
    private final TelemetrySwitches switches;
    private final Tenancy tenancy;
    private final Clock clock;
    private final BodyReader bodies;

    SwitchesHandler(BodyReaders bodies, Telemetry telemetry, Tenancy tenancy, Clock clock) {
        this.vertx = bodies.vertx();
        this.switches = telemetry.switches();
        this.tenancy = tenancy;
        this.clock = clock;
        this.bodies = bodies.upTo(MAX_BODY_BYTES);
    }

    void show(RoutingContext context) {
        Responses.json(context.response(), 200, SwitchesBody.of(switches.all()));
    }

    void change(RoutingContext context) {
        String actor = ManagementAccess.actor(context);
        BodyReader.requireJson(context.request());
        bodies.read(context.request(), body -> {
                    Map<TelemetryPart, Boolean> wanted = SwitchesBody.parse(body);
                    wanted.forEach(this::requireStarted);
                    return vertx.executeBlocking(() -> changed(wanted, actor), true);
                })
                .onSuccess(body -> Responses.json(context.response(), 200, body))
                .onFailure(context::fail);
    }

    private void requireStarted(TelemetryPart part, boolean on) {
        if (on && !switches.isStarted(part)) {
            throw ApiException.invalid(
                    "switches." + part.label(),
                    part.label() + " was not started with the server (" + part.configurationKey() + ")");
        }
    }

    /** Ordered, so one at a time: the answer states what this change made. */
    private SwitchesBody changed(Map<TelemetryPart, Boolean> wanted, String actor) {
        Map<TelemetryPart, Boolean> changes = new EnumMap<>(TelemetryPart.class);
        wanted.forEach((part, on) -> {
            if (switches.isOn(part) != on) {
                changes.put(part, on);
            }
        });
        if (!changes.isEmpty()) {
            record(changes, actor);
            switches.change(changes);
            tenancy.tellChanges();
        }
        return SwitchesBody.of(switches.all());
    }

    private void record(Map<TelemetryPart, Boolean> changes, String actor) {
        String detail = changes.entrySet().stream()
                .map(change -> change.getKey().label() + (change.getValue() ? " on" : " off"))
                .collect(Collectors.joining(", "));
        tenancy.ledger()
                .audit()
                .record(new AuditEntry(clock.millis(), actor, ACTION, SUBJECT, detail))
                .join();
    }
}
