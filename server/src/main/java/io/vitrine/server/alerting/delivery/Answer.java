package io.vitrine.server.alerting.delivery;

import java.time.Duration;
import java.util.Optional;

import io.vitrine.observability.catalogue.DeliveryOutcome;

/**
 * What one attempt came to.
 *
 * @param detail the receiver's answer or the failure, without secrets
 * @param retryAfter the receiver asks for no request before; only with {@link DeliveryOutcome#RETRIED}
 */
record Answer(DeliveryOutcome outcome, String detail, Optional<Duration> retryAfter) {

    static Answer delivered(String detail) {
        return new Answer(DeliveryOutcome.DELIVERED, detail, Optional.empty());
    }

    static Answer failed(String detail) {
        return new Answer(DeliveryOutcome.RETRIED, detail, Optional.empty());
    }

    /** The receiver will never accept this message. */
    static Answer rejected(String detail) {
        return new Answer(DeliveryOutcome.DEAD, detail, Optional.empty());
    }
}
