package io.vitrine.server.alerting.delivery;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vitrine.observability.catalogue.ReceiverKind;
import io.vitrine.server.alerting.Message;

/**
 * The v2 API of an Alertmanager. Alertmanager takes an alert for resolved after its {@code endsAt}; so firing ones are
 * sent again at a third of {@code resolveTimeout}, each time with an {@code endsAt} of that much later.
 *
 * @param url of the Alertmanager, without {@code /api/v2/alerts}
 * @param resolveTimeout how long an alert goes on there if this server ends
 */
record AlertmanagerReceiver(
        String name, URI url, Optional<Secret> bearerToken, Duration resolveTimeout, Optional<Path> caFile)
        implements HttpReceiver {

    private static final int SENDS_PER_TIMEOUT = 3;

    @Override
    public ReceiverKind kind() {
        return ReceiverKind.ALERTMANAGER;
    }

    @Override
    public List<Secret> secrets() {
        return bearerToken.stream().toList();
    }

    /** How often firing alerts are sent again. */
    Duration resendInterval() {
        return resolveTimeout.dividedBy(SENDS_PER_TIMEOUT);
    }

    @Override
    public HttpCall call(Letter letter, long nowMillis) {
        ArrayNode alerts = JsonNodeFactory.instance.arrayNode();
        for (Message.Item alert : letter.message().alerts()) {
            Long ends = alert.endsMillis();
            ObjectNode node = alerts.addObject();
            alert.labels().forEach(node.putObject("labels")::put);
            node.putObject("annotations")
                    .put("summary", alert.summary())
                    .put("action", alert.action())
                    .put("runbook_url", letter.links().runbook(alert));
            node.put("startsAt", Json.time(alert.startsMillis()));
            node.put("endsAt", Json.time(ends == null ? nowMillis + resolveTimeout.toMillis() : ends));
            node.put("generatorURL", letter.links().server().toString());
        }
        URI target = URI.create(url.toString().replaceAll("/+$", "") + "/api/v2/alerts");
        Map<String, String> headers = bearerToken
                .map(token -> Map.of("Authorization", "Bearer " + token.value()))
                .orElse(Map.of());
        return new HttpCall(target, headers, Json.write(alerts));
    }
}
