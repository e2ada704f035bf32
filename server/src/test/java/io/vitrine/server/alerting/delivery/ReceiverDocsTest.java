package io.vitrine.server.alerting.delivery;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.vitrine.server.alerting.Messages;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** {@code docs/receivers.md} shows what is really posted, and settings that are really read. */
class ReceiverDocsTest {

    private static final Path PAGE = Path.of("../docs/receivers.md");
    private static final Secret KEY = new Secret("0123456789abcdef0123456789abcdef");

    private static final List<HttpReceiver> RECEIVERS = List.of(
            new SlackReceiver("chat", new Secret("https://hooks.slack.com/services/T/B/x"), Optional.empty()),
            new PagerDutyReceiver("pager", PagerDutyReceiver.DEFAULT_URL, KEY, Optional.empty()),
            new WebhookReceiver("hook", URI.create("https://hook.example/in"), KEY, Optional.empty(), Optional.empty()),
            new AlertmanagerReceiver(
                    "central",
                    URI.create("http://am:9093"),
                    Optional.empty(),
                    Duration.ofMinutes(5),
                    Optional.empty()));

    static String payload(HttpReceiver receiver) throws IOException {
        ObjectMapper json = new ObjectMapper();
        String body = receiver.call(new Letter(7, Messages.firing(), Messages.LINKS), Messages.NOON)
                .body();
        return json.writerWithDefaultPrettyPrinter().writeValueAsString(json.readTree(body));
    }

    @Test
    void showsWhatArrives() throws IOException {
        String page = Files.readString(PAGE);
        for (HttpReceiver receiver : RECEIVERS) {
            assertThat(page).contains(payload(receiver).replace(KEY.value(), Secret.MASK));
        }
    }

    @Test
    void showsSettingsThatAreRead() throws IOException {
        String page = Files.readString(PAGE);
        String yaml = page.substring(page.indexOf("```yaml") + "```yaml".length());
        yaml = yaml.substring(0, yaml.indexOf("```"));

        Receivers receivers = Receivers.read(
                new YAMLMapper().readTree(yaml).path("receivers"),
                name -> Optional.of(name.endsWith("URL") ? "https://hooks.slack.com/services/T/B/x" : KEY.value()));

        assertThat(receivers.names()).containsExactly("pager", "chat", "mail", "hook", "central");
    }

    /** Prints the payloads, for the page. */
    public static void main(String[] arguments) throws IOException {
        for (HttpReceiver receiver : RECEIVERS) {
            System.out.println(
                    "=== " + receiver.kind().label() + "\n" + payload(receiver).replace(KEY.value(), Secret.MASK));
        }
    }
}
