package io.vitrine.server.alerting;

import java.net.URI;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vitrine.alerting.plan.AlertPlan;
import io.vitrine.observability.Telemetry;
import io.vitrine.server.alerting.delivery.Delivery;
import io.vitrine.server.alerting.delivery.DeliverySettings;
import io.vitrine.server.alerting.delivery.Receivers;
import io.vitrine.server.config.ConfigException;
import io.vitrine.server.config.ConfigReader;
import io.vitrine.server.config.ServerConfig;
import io.vitrine.server.tenancy.Tenancy;

/** The alerts of a server: evaluation, and delivery of what it yields. */
public final class Alerting {

    /** Within the time that a stop has for HTTP; what is not delivered by then is at the next start. */
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(1);

    private final Vertx vertx;
    private final AlertLoop loop;
    private final Delivery delivery;

    private Alerting(Vertx vertx, AlertLoop loop, Delivery delivery) {
        this.vertx = vertx;
        this.loop = loop;
        this.delivery = delivery;
    }

    /**
     * Reads rules, receivers and what the ledger has; blocks. Empty if alerts are off, or without meters to evaluate.
     *
     * @param consumers take part in each evaluation
     * @throws ConfigException if the file of alerts is not understood
     */
    public static Optional<Alerting> of(
            Vertx vertx,
            ServerConfig config,
            Tenancy tenancy,
            Telemetry telemetry,
            List<AlertConsumer> consumers,
            AlertTime time) {
        if (!config.alerts().enabled() || telemetry.registry().isEmpty()) {
            return Optional.empty();
        }
        AlertPlan plan = AlertPlans.read(config.alerts());
        Delivery delivery = new Delivery(
                tenancy.ledger().outbox(),
                receivers(plan),
                settings(config),
                telemetry.events(),
                Clock.systemUTC(),
                new SecureRandom());
        telemetry.watch(delivery);
        telemetry.classifyTenants(tenancy::tenantClass);
        AlertLoop loop = new AlertLoop(
                vertx,
                config.alerts(),
                plan,
                tenancy.ledger(),
                telemetry,
                time,
                consumers,
                List.of(delivery::wake),
                delivery::sendUnsaved);
        return Optional.of(new Alerting(vertx, loop, delivery));
    }

    /**
     * The receivers of a plan.
     *
     * @throws ConfigException if their settings are not understood
     */
    public static Receivers receivers(AlertPlan plan) {
        try {
            return Receivers.read(plan.receivers(), new ConfigReader()::variable);
        } catch (IllegalArgumentException e) {
            throw new ConfigException("alerts.file: " + e.getMessage(), e);
        }
    }

    /** How notifications are delivered. */
    public static DeliverySettings settings(ServerConfig config) {
        ServerConfig.DeliveryConfig delivery = config.alerts().delivery();
        URI console = delivery.externalUrl()
                .orElseGet(() -> URI.create(config.server().tls().managementScheme() + "://"
                        + config.server().managementHost() + ":"
                        + config.server().managementPort() + "/console"));
        return DeliverySettings.usual(new Links(console, URI.create(delivery.runbookUrl())))
                .with(delivery.attempts(), delivery.timeout(), STOP_TIMEOUT);
    }

    /** Delivers what the last stop has left, and evaluates from then on until {@link #stop}. */
    public Future<?> start() {
        return vertx.deployVerticle(delivery).onSuccess(deployed -> loop.start());
    }

    /** Evaluates and saves a last time; the delivery ends with Vert.x. */
    public Future<Void> stop() {
        return loop.stop();
    }

    public AlertLoop loop() {
        return loop;
    }
}
