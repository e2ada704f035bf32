package io.vitrine.server.alerting;

import java.util.Map;

import io.vitrine.alerting.routing.Notification;
import io.vitrine.alerting.rules.Alert;

/** Stand-in. */
public final class NotificationJson {

    private NotificationJson() {}

    public static String write(Notification notification) {
        return AlertJson.write(Map.of(
                "kind",
                notification.kind().name(),
                "firing",
                notification.firing().stream().map(Alert::summary).toList(),
                "resolved",
                notification.resolved().stream().map(Alert::summary).toList()));
    }
}
