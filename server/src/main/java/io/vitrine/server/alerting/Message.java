package io.vitrine.server.alerting;

import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

import io.vitrine.alerting.routing.Notification;
import io.vitrine.alerting.routing.Notification.Kind;
import io.vitrine.alerting.rules.Alert;
import io.vitrine.alerting.rules.Alert.EndReason;
import io.vitrine.alerting.rules.AlertState;
import io.vitrine.alerting.rules.Severity;
import org.jspecify.annotations.Nullable;

/**
 * A notification as it is stored and rendered: the numbers are those of the evaluation that sent it. Times are
 * milliseconds since 1970.
 *
 * @param severity the most urgent of its firing alerts, or of the resolved ones if none fires
 * @param omitted alerts beyond {@value #ALERT_LIMIT}
 */
public record Message(
        String receiver,
        String route,
        String groupKey,
        SortedMap<String, String> groupLabels,
        Kind kind,
        Severity severity,
        long atMillis,
        List<Item> firing,
        List<Item> resolved,
        int omitted) {

    private static final int ALERT_LIMIT = 500;
    private static final int NAMES_IN_TITLE = 3;

    /**
     * One alert.
     *
     * @param value the last one read; null if it is not a finite number
     * @param runbook name of the page, without its extension
     * @param endsMillis null while it fires
     */
    public record Item(
            String name,
            Severity severity,
            SortedMap<String, String> labels,
            String fingerprint,
            @Nullable Double value,
            String summary,
            String action,
            String runbook,
            long startsMillis,
            @Nullable Long endsMillis,
            @Nullable EndReason endReason) {

        public Item {
            labels = Collections.unmodifiableSortedMap(new TreeMap<>(labels));
        }

        static Item of(Alert alert) {
            return new Item(
                    alert.rule().name(),
                    alert.rule().severity(),
                    alert.labels(),
                    alert.fingerprint(),
                    Double.isFinite(alert.value()) ? alert.value() : null,
                    alert.summary(),
                    alert.rule().action(),
                    alert.rule().runbook(),
                    alert.activeSinceMillis(),
                    alert.state() == AlertState.RESOLVED ? alert.changedMillis() : null,
                    alert.endReason().orElse(null));
        }
    }

    public Message {
        groupLabels = Collections.unmodifiableSortedMap(new TreeMap<>(groupLabels));
        firing = List.copyOf(firing);
        resolved = List.copyOf(resolved);
    }

    static Message of(Notification notification) {
        List<Item> firing = items(notification.firing());
        List<Item> resolved = items(notification.resolved());
        int all = notification.firing().size() + notification.resolved().size();
        Severity severity = (firing.isEmpty() ? resolved : firing)
                .stream().map(Item::severity).min(Comparator.naturalOrder()).orElse(Severity.P3);
        return new Message(
                notification.receiver(),
                notification.route(),
                notification.groupKey(),
                new TreeMap<>(notification.groupLabels()),
                notification.kind(),
                severity,
                notification.atMillis(),
                firing,
                resolved,
                all - firing.size() - resolved.size());
    }

    /** The most urgent ones first. */
    private static List<Item> items(List<Alert> alerts) {
        return alerts.stream()
                .sorted(Comparator.comparing(alert -> alert.rule().severity()))
                .limit(ALERT_LIMIT)
                .map(Item::of)
                .toList();
    }

    /** A message that says that the receiver works; nothing fires. */
    public static Message test(String receiver, long atMillis) {
        Item item = new Item(
                "TestNotification",
                Severity.P3,
                new TreeMap<>(Map.of("alertname", "TestNotification", "severity", Severity.P3.name())),
                "0000000000000000",
                null,
                "this is a test of receiver " + receiver + ": nothing fires",
                "Nothing: the notification has arrived.",
                "README",
                atMillis,
                atMillis,
                EndReason.CLEARED);
        return new Message(
                receiver,
                "test",
                "test{" + receiver + "}",
                new TreeMap<>(),
                Kind.RESOLVED,
                Severity.P3,
                atMillis,
                List.of(),
                List.of(item),
                0);
    }

    /** Whether anything fires. */
    public boolean fires() {
        return !firing.isEmpty();
    }

    /** Firing alerts, then resolved ones. */
    public List<Item> alerts() {
        return Stream.concat(firing.stream(), resolved.stream()).toList();
    }

    /** What has happened, in words. */
    public String status() {
        if (!fires()) {
            return "resolved";
        }
        return switch (kind) {
            case FIRING -> "firing";
            case RESOLVED -> "partly resolved";
            case REPEAT -> "still firing";
            case ESCALATION -> "firing, not acknowledged in time";
            case ACKNOWLEDGED -> "acknowledged";
            case FLAPPING -> "flapping, no more messages until it is quiet";
        };
    }

    /** One line: severity, status, names of the alerts. */
    public String title() {
        List<String> names = alerts().stream().map(Item::name).distinct().toList();
        String shown = String.join(", ", names.subList(0, Math.min(NAMES_IN_TITLE, names.size())));
        int more = names.size() - NAMES_IN_TITLE;
        return "[" + severity + "] " + status().toUpperCase(Locale.ROOT) + ": " + shown
                + (more > 0 ? " and " + more + " more" : "");
    }
}
