package io.vitrine.server.alerting;

import java.util.List;
import java.util.Map;

import io.vitrine.alerting.routing.Notification.Kind;
import io.vitrine.alerting.rules.Alert.EndReason;
import io.vitrine.alerting.rules.AlertState;
import io.vitrine.alerting.rules.Severity;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class NotificationJsonTest {

    @Test
    void keepsEverythingThatReceiversRender() {
        Message message = Messages.message(
                Kind.ESCALATION,
                List.of(Messages.alert("m", AlertState.FIRING)),
                List.of(Messages.alert("n", AlertState.RESOLVED)));

        assertThat(message.receiver()).isEqualTo("receiver");
        assertThat(message.groupKey()).isEqualTo(Messages.GROUP);
        assertThat(message.groupLabels()).isEqualTo(Map.of("alertname", "RequestsFail"));
        assertThat(message.severity()).isEqualTo(Severity.P1);
        assertThat(message.title()).isEqualTo("[P1] FIRING, NOT ACKNOWLEDGED IN TIME: RequestsFail");
        Message.Item firing = message.firing().get(0);
        assertThat(firing.summary()).isEqualTo("12.50% of the requests to m fail");
        assertThat(firing.action()).isEqualTo("Find the error type in the log.");
        assertThat(firing.labels()).containsEntry("model", "m").containsEntry("area", "service");
        assertThat(firing.startsMillis()).isEqualTo(Messages.NOON - 120_000);
        assertThat(firing.endsMillis()).isNull();
        assertThat(firing.fingerprint())
                .isEqualTo(Messages.alert("m", AlertState.FIRING).fingerprint());
        assertThat(Messages.LINKS.runbook(firing)).isEqualTo("https://docs.example/runbooks/requests-fail.md");
        Message.Item resolved = message.resolved().get(0);
        assertThat(resolved.endsMillis()).isEqualTo(Messages.NOON);
        assertThat(resolved.endReason()).isEqualTo(EndReason.CLEARED);
    }

    @Test
    void writesTheSeverityWhereTheLedgerReadsIt() {
        assertThat(NotificationJson.write(
                        Messages.notification(Kind.FIRING, List.of(Messages.alert("m", AlertState.FIRING)), List.of())))
                .contains("\"severity\":\"P1\",\"at_millis\"");
    }

    @Test
    void boundsTheAlertsAndCountsTheOthers() {
        Message message = Messages.many(600, "s");

        assertThat(message.firing()).hasSize(500);
        assertThat(message.omitted()).isEqualTo(100);
    }

    @Test
    void refusesWhatIsNoMessage() {
        assertThatThrownBy(() -> NotificationJson.read("{"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("not a stored notification");
    }
}
