package io.vitrine.server.alerting.delivery;

import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

import io.vertx.core.Vertx;
import io.vitrine.alerting.routing.Notification.Kind;
import io.vitrine.alerting.rules.AlertState;
import io.vitrine.observability.LifecycleListener;
import io.vitrine.server.alerting.Messages;
import io.vitrine.server.alerting.NotificationJson;
import io.vitrine.store.ledger.Ledger;
import io.vitrine.store.ledger.LedgerSettings;
import io.vitrine.store.ledger.OutboxMessage;

/** A process that commits pages, prints each that is durable, and delivers them until it is killed. */
final class DeliveryCrasher {

    private DeliveryCrasher() {}

    public static void main(String[] arguments) {
        Ledger ledger = Ledger.open(LedgerSettings.in(Path.of(arguments[0])));
        Delivery delivery = delivery(ledger, URI.create(arguments[1]));
        Vertx.vertx()
                .deployVerticle(delivery)
                .toCompletionStage()
                .toCompletableFuture()
                .join();
        for (int page = 1; ; page++) {
            String group = "g" + page % 4;
            String body = NotificationJson.write(Messages.notification(
                    "hook", group, Kind.FIRING, List.of(Messages.alert("m" + page, AlertState.FIRING)), List.of()));
            ledger.outbox()
                    .add(new OutboxMessage(
                            "hook", group, "FIRING", Clock.systemUTC().millis(), body))
                    .join();
            System.out.println("m" + page);
            delivery.wake();
        }
    }

    static Delivery delivery(Ledger ledger, URI url) {
        return new Delivery(
                ledger.outbox(),
                new Receivers(Map.of(
                        "hook",
                        new WebhookReceiver("hook", url, new Secret("s3cret"), Optional.empty(), Optional.empty()))),
                DeliverySettings.usual(Messages.LINKS),
                LifecycleListener.NONE,
                Clock.systemUTC(),
                new Random(7));
    }
}
