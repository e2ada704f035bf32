package io.vitrine.observability.catalogue;

import java.util.List;

import static io.vitrine.observability.catalogue.MeterDefinition.SECONDS;
import static io.vitrine.observability.catalogue.MeterDefinition.counter;
import static io.vitrine.observability.catalogue.MeterDefinition.gauge;
import static io.vitrine.observability.catalogue.MeterDefinition.timer;

/** Delivery of notifications to receivers. */
public final class DeliveryMeters {

    private static final Label KIND =
            Label.of("receiver_kind", "kind of the receiver", ReceiverKind.class, ReceiverKind::label);
    private static final Label OUTCOME =
            Label.of("outcome", "what became of it", DeliveryOutcome.class, DeliveryOutcome::label);

    public static final MeterDefinition ATTEMPTS = counter(
            "vitrine.notification.attempts",
            "{attempt}",
            "Attempts to deliver a notification: delivered and dead ones are the notifications that have ended.",
            KIND,
            OUTCOME);
    public static final MeterDefinition ATTEMPT_TIME = timer(
            "vitrine.notification.attempt.duration",
            Buckets.DECADES,
            "Time of one attempt, until the receiver's answer or the failure.",
            KIND);
    public static final MeterDefinition DELAY = timer(
            "vitrine.notification.delay",
            Buckets.DECADES,
            "Time from a notification to its delivery, attempts that failed included.",
            KIND);
    public static final MeterDefinition WAITING =
            gauge("vitrine.notifications.waiting", "{notification}", "Notifications that wait for their delivery.");
    public static final MeterDefinition OLDEST_AGE = gauge(
            "vitrine.notifications.oldest.age",
            SECONDS,
            "Age of the oldest notification that waits for its delivery; 0 if none waits.");
    public static final MeterDefinition DEAD = counter(
            "vitrine.notifications.dead",
            "{notification}",
            "Notifications whose delivery was given up, since the ledger was made. Should be 0.");
    public static final MeterDefinition DROPPED = counter(
            "vitrine.notifications.dropped",
            "{notification}",
            "Notifications dropped from a full outbox, since the ledger was made. Should be 0.");
    public static final MeterDefinition FAILING_RECEIVERS = gauge(
            "vitrine.notification.receivers.failing",
            "{receiver}",
            "Receivers whose last attempts have all failed: they get one notification at a time until one succeeds.");

    static final List<MeterDefinition> ALL =
            List.of(ATTEMPTS, ATTEMPT_TIME, DELAY, WAITING, OLDEST_AGE, DEAD, DROPPED, FAILING_RECEIVERS);

    private DeliveryMeters() {}
}
