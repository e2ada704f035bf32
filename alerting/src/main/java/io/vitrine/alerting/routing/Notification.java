package io.vitrine.alerting.routing;

import java.util.List;
import java.util.Map;

import io.vitrine.alerting.rules.Alert;

/**
 * One message to one receiver about one group.
 *
 * @param groupKey the same for every message of a group, for deduplication
 * @param kind why it is sent
 * @param firing alerts of the group that fire, of those that may be sent
 * @param resolved alerts that the receiver knows as firing and that are resolved
 */
public record Notification(
        String receiver,
        String route,
        String groupKey,
        Map<String, String> groupLabels,
        Kind kind,
        List<Alert> firing,
        List<Alert> resolved,
        long atMillis) {

    /** Why a message is sent. */
    public enum Kind {
        /** The group has begun, or has another alert. */
        FIRING,
        /** Some of its alerts are resolved, or all. */
        RESOLVED,
        /** It still fires after the repeat interval. */
        REPEAT,
        /** Nobody has acknowledged it in time. */
        ESCALATION,
        /** A responder looks after it: no repeats and no escalation. */
        ACKNOWLEDGED,
        /** It is flapping: no more messages until it is stable. */
        FLAPPING
    }

    public Notification {
        groupLabels = Map.copyOf(groupLabels);
        firing = List.copyOf(firing);
        resolved = List.copyOf(resolved);
    }
}
