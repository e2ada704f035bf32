package io.vitrine.server.alerting.delivery;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.vitrine.server.alerting.Messages;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class ReceiversTest {

    private static final String HOOK = "https://hooks.slack.example/services/T0/B0/verysecret";
    private static final Map<String, String> ENVIRONMENT =
            Map.of("HOOK", HOOK, "KEY", "0123456789abcdef0123456789abcdef", "PASSWORD", "pa55word", "EMPTY", " ");

    @TempDir
    Path folder;

    private static Receivers read(String yaml) {
        try {
            return Receivers.read(new YAMLMapper().readTree(yaml), name -> Optional.ofNullable(ENVIRONMENT.get(name)));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void readsEveryKindAndShowsNoSecret() throws IOException {
        Path file = Files.writeString(folder.resolve("secret"), "filesecret\n");
        Receivers receivers = read("""
                chat: {type: slack, webhook-url: "${HOOK}"}
                pager: {type: pagerduty, routing-key: "${KEY}"}
                mail: {type: email, host: smtp.example.com, username: vitrine, password: "${PASSWORD}",
                       from: vitrine@example.com, to: [ops@example.com, night@example.com]}
                hook: {type: webhook, url: "https://hook.example/in", secret-file: %s, bearer-token: "${KEY}"}
                central: {type: alertmanager, url: "http://am.example:9093", resolve-timeout: 3m}
                """.formatted(file));

        assertThat(receivers.names()).containsExactly("chat", "pager", "mail", "hook", "central");
        EmailReceiver mail = (EmailReceiver) receivers.find("mail").orElseThrow();
        assertThat(mail.port()).isEqualTo(587);
        assertThat(mail.tls()).isEqualTo(EmailReceiver.Tls.STARTTLS);
        assertThat(((WebhookReceiver) receivers.find("hook").orElseThrow())
                        .secret()
                        .value())
                .isEqualTo("filesecret");
        for (String name : receivers.names()) {
            Receiver receiver = receivers.find(name).orElseThrow();
            String shown = receivers + " " + receiver;
            if (receiver instanceof HttpReceiver http) {
                shown += http.call(new Letter(1, Messages.firing(), Messages.LINKS), 0);
            }
            assertThat(shown)
                    .doesNotContain("verysecret", ENVIRONMENT.get("KEY"), "pa55word", "filesecret")
                    .contains(name);
            receiver.secrets().forEach(secret -> assertThat(receiver.masked("echo " + secret.value() + "!"))
                    .isEqualTo("echo ***!"));
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    x: {type: slak} | unknown type slak; did you mean slack?
                    x: {routing-key: 1} | type is missing
                    x: {type: slack} | webhook-url or webhook-url-file is missing
                    x: {type: slack, webhook-url: "https://in.example/plain"} | webhook-url must be ${VARIABLE}, or use
                    x: {type: slack, webhook-url: "${NONE}"} | the environment variable NONE is not set
                    x: {type: slack, webhook-url: "${EMPTY}"} | the environment variable EMPTY is not set
                    x: {type: slack, webhook-url: "${KEY}"} | webhook-url must be an address
                    x: {type: slack, webhook-url-file: /nowhere} | webhook-url-file cannot be read: /nowhere
                    x: {type: slack, webhook-url: "${HOOK}", chanel: a} | unknown key chanel; did you mean
                    x: {type: pagerduty, routing-key: "${KEY}", url: "ftp://a"} | url must be an address
                    x: {type: webhook, url: "http://u:p@a/", secret: "${KEY}"} | url must not contain a user
                    x: {type: webhook, url: "http://a/"} | secret or secret-file is missing
                    x: {type: alertmanager, url: "http://a/", resolve-timeout: 1s} | resolve-timeout must be from 3s
                    x: {type: email, host: h, from: "a\\r\\nBcc: b@c.de", to: a@b.c} | not an e-mail address
                    x: {type: email, host: h, from: a@b.c, to: []} | to is empty
                    x: {type: email, host: h, from: a@b.c, to: a@b.c, port: 99999} | port must be from 1 to 65535
                    x: {type: email, host: h, from: a@b.c, to: a@b.c, username: u} | username and password go together
                    x: {type: email, host: h, from: a@b.c, to: a@b.c, tls: ssl} | tls must be starttls, tls or none: ssl
                    x: {type: email, host: h, tls: none, from: a@b.c, to: a@b.c, username: u, password: "${KEY}"} | a password needs tls
                    Upper: {type: slack} | the name of a receiver must be
                    x: text | must have settings
                    """)
    void refusesWhatIsWrongAndNamesIt(String yaml, String message) {
        assertThatThrownBy(() -> read(yaml))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message)
                .hasMessageNotContaining("verysecret")
                .hasMessageNotContaining(ENVIRONMENT.get("KEY"));
    }

    @Test
    void noneAreConfiguredByDefault() {
        assertThat(Receivers.read(MissingNode.getInstance(), name -> Optional.empty())
                        .names())
                .isEmpty();
    }

    @Test
    void aSecretAddressNeedsTlsUnlessItIsLocal() {
        assertThatThrownBy(() -> Receivers.read(
                        new YAMLMapper().readTree("x: {type: slack, webhook-url: \"${U}\"}"),
                        name -> Optional.of("http://hooks.example/abc")))
                .hasMessageContaining("must begin with https://")
                .hasMessageNotContaining("abc");
    }
}
