package io.vitrine.server.alerting.delivery;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.InputFormat;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.vitrine.alerting.routing.Notification.Kind;
import io.vitrine.alerting.rules.AlertState;
import io.vitrine.alerting.rules.Severity;
import io.vitrine.server.alerting.Message;
import io.vitrine.server.alerting.Messages;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** What is posted, against the receivers' documented schemas. */
class PayloadTest {

    private static final String KEY = "0123456789abcdef0123456789abcdef";
    private static final String HOSTILE = "a < b & \"c\" > d <!channel> \u2028 \ud83d\ude00";

    private static final HttpReceiver SLACK =
            new SlackReceiver("chat", new Secret("https://hooks.slack.example/T/B/x"), Optional.empty());
    private static final HttpReceiver PAGERDUTY =
            new PagerDutyReceiver("pager", PagerDutyReceiver.DEFAULT_URL, new Secret(KEY), Optional.empty());
    private static final HttpReceiver WEBHOOK = new WebhookReceiver(
            "hook", URI.create("https://hook.example/in"), new Secret("s3cret"), Optional.empty(), Optional.empty());
    private static final HttpReceiver ALERTMANAGER = new AlertmanagerReceiver(
            "central",
            URI.create("http://am.example:9093/"),
            Optional.empty(),
            Duration.ofMinutes(5),
            Optional.empty());

    private static JsonNode valid(HttpReceiver receiver, Message message) throws IOException {
        String body = call(receiver, message).body();
        String schema;
        try (InputStream in =
                PayloadTest.class.getResourceAsStream(receiver.kind().label() + ".schema.json")) {
            schema = new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
        }
        assertThat(SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                        .getSchema(schema, InputFormat.JSON)
                        .validate(
                                body,
                                InputFormat.JSON,
                                context -> context.executionConfig(config -> config.formatAssertionsEnabled(true))))
                .isEmpty();
        return new ObjectMapper().readTree(body);
    }

    private static HttpReceiver.HttpCall call(HttpReceiver receiver, Message message) {
        return receiver.call(new Letter(7, message, Messages.LINKS), Messages.NOON);
    }

    @Test
    void everyKindOfMessageHasAValidPayload() throws IOException {
        for (HttpReceiver receiver : List.of(SLACK, PAGERDUTY, WEBHOOK, ALERTMANAGER)) {
            for (Kind kind : Kind.values()) {
                valid(receiver, Messages.message(kind, List.of(Messages.alert("m", AlertState.FIRING)), List.of()));
            }
            valid(receiver, Messages.resolved());
            valid(receiver, Messages.many(600, HOSTILE.repeat(200)));
            valid(receiver, Message.test("chat", Messages.NOON));
        }
    }

    @Test
    void slackShowsSummaryActionRunbookAndColour() throws IOException {
        JsonNode body = valid(SLACK, Messages.firing());

        assertThat(body.at("/text").asText()).isEqualTo("[P1] FIRING: RequestsFail");
        assertThat(body.at("/attachments/0/color").asText()).isEqualTo("#e8590c");
        assertThat(body.at("/attachments/0/blocks/1/text/text").asText())
                .isEqualTo("*RequestsFail*: 12.50% of the requests to m fail\nFind the error type in the log.\n"
                        + "<https://docs.example/runbooks/requests-fail.md|runbook>");
        assertThat(valid(SLACK, Messages.resolved()).at("/attachments/0/color").asText())
                .isEqualTo("#2eb67d");
    }

    @Test
    void slackEscapesMarkup() throws IOException {
        JsonNode body = valid(SLACK, Messages.many(1, HOSTILE));

        assertThat(body.at("/attachments/0/blocks/1/text/text").asText())
                .contains("a &lt; b &amp; \"c\" &gt; d &lt;!channel&gt;")
                .doesNotContain("<!channel>");
        assertThat(SlackReceiver.escaped("&".repeat(5_000), 3_000))
                .hasSizeLessThanOrEqualTo(3_000)
                .matches("(&amp;)+…");
    }

    @Test
    void pagerDutyTriggersAcknowledgesAndResolvesOneIncident() throws IOException {
        JsonNode trigger = valid(PAGERDUTY, Messages.firing());
        JsonNode acknowledge = valid(
                PAGERDUTY,
                Messages.message(Kind.ACKNOWLEDGED, List.of(Messages.alert("m", AlertState.FIRING)), List.of()));
        JsonNode partly = valid(
                PAGERDUTY,
                Messages.message(
                        Kind.RESOLVED,
                        List.of(Messages.alert("m", AlertState.FIRING)),
                        List.of(Messages.alert("n", AlertState.RESOLVED))));
        JsonNode resolve = valid(PAGERDUTY, Messages.resolved());

        assertThat(List.of(trigger, acknowledge, partly, resolve))
                .extracting(event -> event.at("/event_action").asText())
                .containsExactly("trigger", "acknowledge", "trigger", "resolve");
        assertThat(List.of(trigger, acknowledge, partly, resolve))
                .allSatisfy(event -> assertThat(event.at("/dedup_key").asText()).isEqualTo(Messages.GROUP));
        assertThat(trigger.at("/payload/summary").asText())
                .isEqualTo("[P1] FIRING: RequestsFail: 12.50% of the requests to m fail");
        assertThat(trigger.at("/payload/severity").asText()).isEqualTo("error");
        assertThat(trigger.at("/payload/custom_details/alerts/0/labels/model").asText())
                .isEqualTo("m");
        assertThat(valid(PAGERDUTY, Messages.many(1, "s"))
                        .at("/payload/severity")
                        .asText())
                .isEqualTo("critical");
    }

    @Test
    void pagerDutyKeepsItsLimits() {
        String body = call(PAGERDUTY, Messages.many(500, HOSTILE.repeat(500))).body();

        assertThat(body.getBytes(StandardCharsets.UTF_8)).hasSizeLessThanOrEqualTo(512 * 1024);
        String first = PagerDutyReceiver.dedupKey("k".repeat(300) + "1");
        assertThat(first).hasSize(255).isNotEqualTo(PagerDutyReceiver.dedupKey("k".repeat(300) + "2"));
    }

    @Test
    void webhookIsSigned() throws IOException {
        HttpReceiver.HttpCall call = call(WEBHOOK, Messages.firing());
        long seconds = Messages.NOON / 1_000;

        assertThat(call.headers())
                .containsEntry(
                        "X-Vitrine-Signature",
                        "t=" + seconds + ",v1=" + Hashes.hmacSha256(new Secret("s3cret"), seconds + "." + call.body()))
                .containsEntry("X-Vitrine-Delivery", "7");
        // RFC 4231, test case 2.
        assertThat(Hashes.hmacSha256(new Secret("Jefe"), "what do ya want for nothing?"))
                .isEqualTo("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
        JsonNode body = valid(WEBHOOK, Messages.firing());
        assertThat(body.at("/alerts/0/value").asDouble()).isEqualTo(0.125);
        assertThat(body.at("/alerts/0/starts_at").asText()).isEqualTo("2026-11-24T11:58:00Z");
    }

    @Test
    void alertmanagerGetsTimesThatKeepAnAlertAlive() throws IOException {
        JsonNode firing = valid(ALERTMANAGER, Messages.firing());
        JsonNode resolved = valid(ALERTMANAGER, Messages.resolved());

        assertThat(firing.at("/0/startsAt")).isEqualTo(resolved.at("/0/startsAt"));
        assertThat(firing.at("/0/endsAt").asText()).isEqualTo("2026-11-24T12:05:00Z");
        assertThat(resolved.at("/0/endsAt").asText()).isEqualTo("2026-11-24T12:00:00Z");
        assertThat(firing.at("/0/annotations/runbook_url").asText())
                .isEqualTo("https://docs.example/runbooks/requests-fail.md");
        assertThat(call(ALERTMANAGER, Messages.firing()).url())
                .isEqualTo(URI.create("http://am.example:9093/api/v2/alerts"));
    }

    @Test
    void mostUrgentAlertGivesTheSeverity() {
        Message message = Messages.message(
                Kind.FIRING,
                List.of(
                        Messages.alert("m", Severity.P2, "s", AlertState.FIRING),
                        Messages.alert("n", Severity.P0, "s", AlertState.FIRING)),
                List.of());

        assertThat(message.severity()).isEqualTo(Severity.P0);
        assertThat(message.firing().get(0).labels()).containsEntry("model", "n");
    }
}
