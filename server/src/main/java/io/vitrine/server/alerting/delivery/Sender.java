package io.vitrine.server.alerting.delivery;

import java.time.Clock;

import io.vertx.core.Future;
import io.vertx.core.Vertx;

/** The connection to one receiver. Event loop only. */
interface Sender {

    static Sender of(Receiver receiver, Vertx vertx, DeliverySettings settings, Clock clock) {
        if (receiver instanceof HttpReceiver http) {
            return new HttpSender(http, vertx, settings, clock);
        }
        if (receiver instanceof EmailReceiver email) {
            return new MailSender(email, vertx, settings);
        }
        throw new IllegalStateException("no sender for " + receiver.kind());
    }

    /** One attempt. The future does not fail: a failure is an answer. */
    Future<Answer> send(Letter letter);

    Future<Void> close();
}
