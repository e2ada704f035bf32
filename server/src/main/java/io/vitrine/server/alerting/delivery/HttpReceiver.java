package io.vitrine.server.alerting.delivery;

import java.net.URI;
import java.util.Map;
import java.util.Set;

/** A receiver that takes one POST with JSON for each message. */
sealed interface HttpReceiver extends Receiver
        permits SlackReceiver, PagerDutyReceiver, WebhookReceiver, AlertmanagerReceiver {

    /**
     * Statuses that say that the message itself is wrong. Every other one but 2xx can end without a change of the
     * message: the receiver recovers, or an operator mends its settings.
     */
    Set<Integer> REJECTIONS = Set.of(400, 405, 410, 411, 413, 414, 415, 422, 431);

    /** One request; {@code nowMillis} is the time of the attempt. */
    HttpCall call(Letter letter, long nowMillis);

    /**
     * One POST.
     *
     * @param headers beside {@code Content-Type}
     */
    record HttpCall(URI url, Map<String, String> headers, String body) {

        public HttpCall {
            headers = Map.copyOf(headers);
        }

        /** Address, headers and body may hold secrets. */
        @Override
        public String toString() {
            return "POST to " + url.getHost();
        }
    }
}
