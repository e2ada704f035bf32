package io.vitrine.server.alerting.delivery;

import java.time.Clock;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import io.vertx.core.Vertx;
import io.vitrine.observability.catalogue.DeliveryOutcome;
import io.vitrine.server.alerting.Message;

/** Sends one test message to a receiver, without the outbox. */
public final class ReceiverCheck {

    private ReceiverCheck() {}

    /**
     * What came of it.
     *
     * @param detail the receiver's answer, or why there was none; no secrets
     */
    public record Result(boolean accepted, String detail) {}

    /**
     * Sends and waits for the answer.
     *
     * @throws IllegalArgumentException if there is no receiver of this name
     */
    public static Result run(Receivers receivers, String name, DeliverySettings settings, Clock clock)
            throws InterruptedException {
        Receiver receiver = receivers
                .find(name)
                .orElseThrow(() -> new IllegalArgumentException(
                        "there is no receiver " + name + "; configured: " + String.join(", ", receivers.names())));
        Vertx vertx = Vertx.vertx();
        try {
            Letter letter = new Letter(0, Message.test(name, clock.millis()), settings.links());
            long limit =
                    settings.connectTimeout().plus(settings.answerTimeout()).toMillis() * 2;
            Answer answer = Sender.of(receiver, vertx, settings, clock)
                    .send(letter)
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get(limit, TimeUnit.MILLISECONDS);
            return new Result(answer.outcome() == DeliveryOutcome.DELIVERED, answer.detail());
        } catch (ExecutionException | TimeoutException e) {
            return new Result(false, receiver.masked(e.toString()));
        } finally {
            vertx.close().toCompletionStage().toCompletableFuture().join();
        }
    }
}
