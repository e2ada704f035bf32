package io.vitrine.server.alerting;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import io.vitrine.alerting.plan.AlertPlan;
import io.vitrine.server.alerting.delivery.Receivers;
import io.vitrine.server.config.ConfigException;
import io.vitrine.server.config.ConfigReader;
import io.vitrine.server.config.ServerConfig.AlertsConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class AlertPlansTest {

    @TempDir
    private Path folder;

    private static AlertsConfig config(Path file) {
        return new ConfigReader(Map.of())
                .read(Optional.empty(), List.of(ConfigReader.parseSet("alerts.file=" + file)))
                .config()
                .alerts();
    }

    private AlertPlan plan(String yaml) throws IOException {
        return AlertPlans.read(config(Files.writeString(folder.resolve("alerts.yaml"), yaml)));
    }

    @Test
    void acceptsTheReceiversOfTheExample() {
        AlertPlan plan = AlertPlans.read(config(Path.of("../deploy/alerts.yaml")));
        Map<String, String> environment = Map.of(
                "PAGERDUTY_ROUTING_KEY", "0123456789abcdef0123456789abcdef",
                "SLACK_WEBHOOK_URL", "https://hooks.slack.com/services/T0/B0/x");

        Receivers receivers = Receivers.read(plan.receivers(), name -> Optional.ofNullable(environment.get(name)));

        assertThat(receivers.names()).containsAll(plan.routedReceivers()).hasSize(2);
    }

    @Test
    void namesARoutedReceiverThatDoesNotExist() {
        assertThatThrownBy(() -> plan("""
                        receivers: {pager: {type: pagerduty, routing-key: "${KEY}"}}
                        routes: [{name: all, receivers: [pagr]}]
                        """))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("alerts.file: ")
                .hasMessageContaining("route all: there is no receiver pagr; did you mean pager?");
        assertThatThrownBy(() -> plan("routes: [{name: all, escalate-to: [pager]}]"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("there is no receiver pager");
    }

    @Test
    void namesAReceiverThatIsNotUnderstood() throws IOException {
        assertThatThrownBy(() -> plan("receivers: [{name: pager, type: pagerduty}]"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("receivers must be settings by name");
        AlertPlan unknown = plan("receivers: {pager: {type: pagerdty}}");
        assertThatThrownBy(() -> Alerting.receivers(unknown))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("alerts.file: receivers.pager")
                .hasMessageContaining("did you mean pagerduty?");
    }
}
