package io.vitrine.server.alerting;

import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

import io.vitrine.alerting.routing.Notification;
import io.vitrine.alerting.routing.Notification.Kind;
import io.vitrine.alerting.rules.Alert;
import io.vitrine.alerting.rules.Alert.EndReason;
import io.vitrine.alerting.rules.AlertRule;
import io.vitrine.alerting.rules.AlertState;
import io.vitrine.alerting.rules.RuleFile;
import io.vitrine.alerting.rules.Severity;

/** Notifications for tests. */
public final class Messages {

    public static final long NOON = Instant.parse("2026-11-24T12:00:00Z").toEpochMilli();
    public static final Links LINKS =
            new Links(URI.create("http://vitrine.example:8081/console"), URI.create("https://docs.example/runbooks/"));
    public static final String GROUP = "urgent{alertname=RequestsFail}";

    private Messages() {}

    public static Alert alert(String model, AlertState state) {
        return alert(model, Severity.P1, "{{ value | percent }} of the requests to {{ labels.model }} fail", state);
    }

    public static Alert alert(String model, Severity severity, String summary, AlertState state) {
        AlertRule rule =
                RuleFile.read("""
                        rules:
                          - alert: RequestsFail
                            severity: %s
                            expr: vitrine_requests_total
                            fires: "> 0.05"
                            labels: {area: service}
                            summary: %s
                            action: Find the error type in the log.
                            runbook: requests-fail
                        """.formatted(severity, quoted(summary)), "test").get(0);
        Map<String, String> labels = new TreeMap<>(
                Map.of("alertname", "RequestsFail", "severity", severity.name(), "area", "service", "model", model));
        boolean over = state == AlertState.RESOLVED;
        return new Alert(
                rule,
                new TreeMap<>(labels),
                state,
                0.125,
                NOON - 120_000,
                over ? NOON : NOON - 60_000,
                over ? Optional.of(EndReason.CLEARED) : Optional.empty());
    }

    private static String quoted(String text) {
        return '"'
                + text.replace("\\", "\\\\")
                        .replace("\"", "\\\"")
                        .replace("\r", "\\r")
                        .replace("\n", "\\n")
                + '"';
    }

    public static Notification notification(Kind kind, List<Alert> firing, List<Alert> resolved) {
        return notification("receiver", GROUP, kind, firing, resolved);
    }

    public static Notification notification(
            String receiver, String group, Kind kind, List<Alert> firing, List<Alert> resolved) {
        return new Notification(
                receiver, "urgent", group, Map.of("alertname", "RequestsFail"), kind, firing, resolved, NOON);
    }

    public static Message message(Kind kind, List<Alert> firing, List<Alert> resolved) {
        return NotificationJson.read(NotificationJson.write(notification(kind, firing, resolved)));
    }

    public static Message firing() {
        return message(Kind.FIRING, List.of(alert("m", AlertState.FIRING)), List.of());
    }

    public static Message resolved() {
        return message(Kind.RESOLVED, List.of(), List.of(alert("m", AlertState.RESOLVED)));
    }

    /** As many alerts as asked for, each with the summary. */
    public static Message many(int count, String summary) {
        List<Alert> alerts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            alerts.add(alert("m" + i, Severity.P0, summary, AlertState.FIRING));
        }
        return message(Kind.FIRING, alerts, List.of());
    }
}
