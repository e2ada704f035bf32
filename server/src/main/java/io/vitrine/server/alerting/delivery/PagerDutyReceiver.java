package io.vitrine.server.alerting.delivery;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vitrine.alerting.routing.Notification.Kind;
import io.vitrine.alerting.rules.Severity;
import io.vitrine.observability.catalogue.ReceiverKind;
import io.vitrine.server.alerting.Message;

/**
 * The Events API v2 of PagerDuty. All messages of a group have one {@code dedup_key}: they open, update, acknowledge
 * and resolve one incident there.
 */
record PagerDutyReceiver(String name, URI url, Secret routingKey, Optional<Path> caFile) implements HttpReceiver {

    static final URI DEFAULT_URL = URI.create("https://events.pagerduty.com/v2/enqueue");

    static final int DEDUP_KEY_LIMIT = 255;
    static final int SUMMARY_LIMIT = 1_024;
    static final int EVENT_BYTES_LIMIT = 512 * 1024;
    private static final int SHOWN_AT_MOST = 100;

    @Override
    public ReceiverKind kind() {
        return ReceiverKind.PAGERDUTY;
    }

    @Override
    public List<Secret> secrets() {
        return List.of(routingKey);
    }

    @Override
    public HttpCall call(Letter letter, long nowMillis) {
        String body = event(letter, SHOWN_AT_MOST);
        for (int shown = SHOWN_AT_MOST / 2; tooLong(body); shown /= 2) {
            body = event(letter, shown);
        }
        return new HttpCall(url, Map.of(), body);
    }

    private static boolean tooLong(String body) {
        return body.getBytes(StandardCharsets.UTF_8).length > EVENT_BYTES_LIMIT;
    }

    private String event(Letter letter, int alertsShown) {
        Message message = letter.message();
        ObjectNode event = Json.object();
        event.put("routing_key", routingKey.value());
        event.put("event_action", action(message));
        event.put("dedup_key", dedupKey(message.groupKey()));
        if (message.fires()) {
            event.put("client", "Vitrine")
                    .put("client_url", letter.links().server().toString());
            payload(event.putObject("payload"), letter, alertsShown);
            ArrayNode links = event.putArray("links");
            message.firing().stream()
                    .limit(alertsShown)
                    .map(letter.links()::runbook)
                    .distinct()
                    .forEach(runbook -> links.addObject().put("href", runbook).put("text", "Runbook"));
        }
        return Json.write(event);
    }

    private static String action(Message message) {
        if (!message.fires()) {
            return "resolve";
        }
        return message.kind() == Kind.ACKNOWLEDGED ? "acknowledge" : "trigger";
    }

    private static void payload(ObjectNode payload, Letter letter, int alertsShown) {
        Message message = letter.message();
        Message.Item first = message.firing().get(0);
        payload.put("summary", Texts.cut(message.title() + ": " + first.summary(), SUMMARY_LIMIT));
        payload.put("source", letter.links().server().toString());
        payload.put("severity", severity(message.severity()));
        payload.put(
                "timestamp",
                Json.time(message.firing().stream()
                        .mapToLong(Message.Item::startsMillis)
                        .min()
                        .orElse(message.atMillis())));
        payload.put("component", first.labels().getOrDefault("area", "vitrine"));
        payload.put("group", message.route());
        payload.put("class", first.name());
        ObjectNode details = payload.putObject("custom_details");
        details.put("status", message.status());
        details.put("firing", message.firing().size() + message.omitted());
        details.put("resolved", message.resolved().size());
        ArrayNode alerts = details.putArray("alerts");
        message.firing().stream().limit(alertsShown).forEach(alert -> {
            ObjectNode node = alerts.addObject();
            node.put("summary", Texts.cut(alert.summary(), SUMMARY_LIMIT));
            node.put("action", Texts.cut(alert.action(), SUMMARY_LIMIT));
            node.put("runbook", letter.links().runbook(alert));
            node.put("since", Json.time(alert.startsMillis()));
            ObjectNode labels = node.putObject("labels");
            alert.labels().forEach(labels::put);
        });
    }

    /** The group's key; a longer one is cut, and ends with its hash. */
    static String dedupKey(String groupKey) {
        if (groupKey.length() <= DEDUP_KEY_LIMIT) {
            return groupKey;
        }
        String hash = Hashes.sha256(groupKey);
        return Texts.cut(groupKey, DEDUP_KEY_LIMIT - hash.length()) + hash;
    }

    private static String severity(Severity severity) {
        return switch (severity) {
            case P0 -> "critical";
            case P1 -> "error";
            case P2 -> "warning";
            case P3 -> "info";
        };
    }
}
