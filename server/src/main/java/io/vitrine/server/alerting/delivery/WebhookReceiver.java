package io.vitrine.server.alerting.delivery;

import java.net.URI;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vitrine.observability.catalogue.ReceiverKind;
import io.vitrine.server.alerting.Links;
import io.vitrine.server.alerting.Message;

/**
 * An HTTP endpoint that takes a message as JSON. The header {@value #SIGNATURE} is {@code t=SECONDS,v1=HEX}:
 * HMAC-SHA256 over {@code SECONDS.BODY} with the shared secret; {@value #DELIVERY} is the same at every attempt of a
 * message.
 */
record WebhookReceiver(String name, URI url, Secret secret, Optional<Secret> bearerToken, Optional<Path> caFile)
        implements HttpReceiver {

    static final String SIGNATURE = "X-Vitrine-Signature";
    static final String DELIVERY = "X-Vitrine-Delivery";

    @Override
    public ReceiverKind kind() {
        return ReceiverKind.WEBHOOK;
    }

    @Override
    public List<Secret> secrets() {
        return Stream.concat(Stream.of(secret), bearerToken.stream()).toList();
    }

    @Override
    public HttpCall call(Letter letter, long nowMillis) {
        String body = Json.write(body(letter));
        long seconds = Math.floorDiv(nowMillis, 1_000);
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put(SIGNATURE, "t=" + seconds + ",v1=" + Hashes.hmacSha256(secret, seconds + "." + body));
        headers.put(DELIVERY, Long.toString(letter.id()));
        bearerToken.ifPresent(token -> headers.put("Authorization", "Bearer " + token.value()));
        return new HttpCall(url, headers, body);
    }

    private static ObjectNode body(Letter letter) {
        Message message = letter.message();
        ObjectNode body = Json.object();
        body.put("version", "1");
        body.put("delivery", letter.id());
        body.put("receiver", message.receiver());
        body.put("route", message.route());
        body.put("group_key", message.groupKey());
        message.groupLabels().forEach(body.putObject("group_labels")::put);
        body.put("kind", message.kind().name().toLowerCase(Locale.ROOT));
        body.put("status", message.fires() ? "firing" : "resolved");
        body.put("severity", message.severity().name());
        body.put("title", message.title());
        body.put("at", Json.time(message.atMillis()));
        body.put("server", letter.links().server().toString());
        body.put("omitted_alerts", message.omitted());
        ArrayNode alerts = body.putArray("alerts");
        message.alerts().forEach(alert -> alert(alerts.addObject(), alert, letter.links()));
        return body;
    }

    private static void alert(ObjectNode node, Message.Item alert, Links links) {
        node.put("name", alert.name());
        node.put("severity", alert.severity().name());
        node.put("status", alert.endsMillis() == null ? "firing" : "resolved");
        node.put("fingerprint", alert.fingerprint());
        alert.labels().forEach(node.putObject("labels")::put);
        node.put("value", alert.value());
        node.put("summary", alert.summary());
        node.put("action", alert.action());
        node.put("runbook", links.runbook(alert));
        node.put("starts_at", Json.time(alert.startsMillis()));
        node.put("ends_at", alert.endsMillis() == null ? null : Json.time(alert.endsMillis()));
        node.put(
                "end_reason",
                alert.endReason() == null ? null : alert.endReason().name().toLowerCase(Locale.ROOT));
    }
}
