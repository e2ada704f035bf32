package io.vitrine.server.alerting.delivery;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import io.vertx.core.Vertx;
import io.vitrine.alerting.routing.Notification.Kind;
import io.vitrine.alerting.rules.AlertState;
import io.vitrine.alerting.rules.Severity;
import io.vitrine.observability.catalogue.DeliveryOutcome;
import io.vitrine.server.alerting.Message;
import io.vitrine.server.alerting.Messages;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeMultipart;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** E-mail through a real SMTP server. */
@Timeout(60)
class EmailTest {

    private static final String USER = "vitrine";
    private static final String PASSWORD = "pa55word";

    @TempDir
    static Path folder;

    private final Vertx vertx = Vertx.vertx();
    private final GreenMail server = new GreenMail(new ServerSetup(0, "127.0.0.1", ServerSetup.PROTOCOL_SMTP));

    /** A certificate of 127.0.0.1 that GreenMail reads from system properties. */
    @BeforeAll
    static void makeCertificate() throws Exception {
        Path store = folder.resolve("store.p12");
        String keytool =
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
        String options = " -keystore " + store + " -storepass changeit -storetype PKCS12 -alias greenmail";
        run(keytool + " -genkeypair -keyalg EC -dname CN=localhost -ext san=ip:127.0.0.1" + options);
        run(keytool + " -exportcert -rfc -file " + folder.resolve("ca.pem") + options);
        System.setProperty("greenmail.tls.keystore.file", store.toString());
        System.setProperty("greenmail.tls.keystore.password", "changeit");
    }

    @AfterAll
    static void clearProperties() {
        System.clearProperty("greenmail.tls.keystore.file");
        System.clearProperty("greenmail.tls.keystore.password");
    }

    private static void run(String command) throws Exception {
        Process process = new ProcessBuilder(command.split(" ", -1)).inheritIO().start();
        assertThat(process.waitFor()).isZero();
    }

    @AfterEach
    void stop() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
        server.stop();
    }

    private EmailReceiver receiver(EmailReceiver.Tls tls, Optional<String> password, String... to) {
        return new EmailReceiver(
                "mail",
                "127.0.0.1",
                server.getSmtp().getPort(),
                tls,
                password.map(secret -> new EmailReceiver.Login(USER, new Secret(secret))),
                "vitrine@example.com",
                List.of(to),
                Optional.empty());
    }

    private Answer send(EmailReceiver receiver, long id, Message message) {
        DeliverySettings usual = DeliverySettings.usual(Messages.LINKS);
        DeliverySettings settings = new DeliverySettings(
                usual.connectTimeout(),
                Duration.ofSeconds(5),
                usual.firstBackoff(),
                usual.longestBackoff(),
                usual.attempts(),
                usual.concurrency(),
                usual.stopTimeout(),
                Messages.LINKS);
        return Sender.of(receiver, vertx, settings, Clock.systemUTC())
                .send(new Letter(id, message, Messages.LINKS))
                .toCompletionStage()
                .toCompletableFuture()
                .join();
    }

    @Test
    void sendsTextAndHtmlInOneThreadForAGroup() throws Exception {
        server.start();
        EmailReceiver receiver = receiver(EmailReceiver.Tls.NONE, Optional.empty(), "ops@example.com");
        assertThat(send(receiver, 1, Messages.firing()).outcome()).isEqualTo(DeliveryOutcome.DELIVERED);
        assertThat(send(receiver, 2, Messages.resolved()).outcome()).isEqualTo(DeliveryOutcome.DELIVERED);

        MimeMessage[] mails = server.getReceivedMessages();
        assertThat(mails).hasSize(2);
        assertThat(mails[0].getSubject()).isEqualTo("[P1] FIRING: RequestsFail");
        assertThat(mails[1].getSubject()).isEqualTo("[P1] RESOLVED: RequestsFail");
        assertThat(mails[0].getHeader("References")).hasSize(1).isEqualTo(mails[1].getHeader("References"));
        assertThat(mails[0].getMessageID()).endsWith("@example.com>").isNotEqualTo(mails[1].getMessageID());
        assertThat(mails[0].getHeader("Message-ID")).hasSize(1);
        assertThat(mails[0].getHeader("Auto-Submitted")).containsExactly("auto-generated");
        MimeMultipart parts = (MimeMultipart) mails[0].getContent();
        assertThat(parts.getContentType()).startsWith("multipart/alternative");
        assertThat(parts.getBodyPart(0).getContent().toString())
                .contains("12.50% of the requests to m fail")
                .contains("https://docs.example/runbooks/requests-fail.md")
                .contains("http://vitrine.example:8081/console");
        assertThat(parts.getBodyPart(1).getContent().toString()).contains("<h3>RequestsFail (P1)</h3>");
    }

    @Test
    void labelsAndSummariesCannotAddHeadersOrMarkup() throws Exception {
        server.start();
        EmailReceiver receiver = receiver(EmailReceiver.Tls.NONE, Optional.empty(), "ops@example.com");
        String hostile = "x\r\nBcc: thief@example.com\r\n\r\n<script>alert(1)</script>\r\n.\r\nMAIL FROM:<a@b.c>";
        Message message = Messages.message(
                Kind.FIRING,
                List.of(Messages.alert("m\r\nBcc: thief@example.com", Severity.P1, hostile, AlertState.FIRING)),
                List.of());
        Message named = new Message(
                message.receiver(),
                message.route(),
                "g\r\nBcc: thief@example.com",
                message.groupLabels(),
                message.kind(),
                message.severity(),
                message.atMillis(),
                List.of(renamed(message.firing().get(0))),
                List.of(),
                0);
        assertThat(send(receiver, 1, named).outcome()).isEqualTo(DeliveryOutcome.DELIVERED);

        MimeMessage[] mails = server.getReceivedMessages();
        assertThat(mails).hasSize(1);
        assertThat(mails[0].getAllRecipients()).hasSize(1);
        assertThat(mails[0].getHeader("Bcc")).isNull();
        assertThat(mails[0].getSubject()).isEqualTo("[P1] FIRING: Name  Bcc: thief@example.com");
        assertThat(((MimeMultipart) mails[0].getContent())
                        .getBodyPart(1)
                        .getContent()
                        .toString())
                .contains("&lt;script&gt;")
                .doesNotContain("<script>");
    }

    private static Message.Item renamed(Message.Item item) {
        return new Message.Item(
                "Name\r\nBcc: thief@example.com",
                item.severity(),
                item.labels(),
                item.fingerprint(),
                item.value(),
                item.summary(),
                item.action(),
                item.runbook(),
                item.startsMillis(),
                item.endsMillis(),
                item.endReason());
    }

    @Test
    void logsInAndRepeatsAfterAWrongPassword() {
        server.setUser("vitrine@example.com", USER, PASSWORD);
        server.getUserManager().setAuthRequired(true);
        server.start();

        assertThat(send(
                                receiver(EmailReceiver.Tls.NONE, Optional.of(PASSWORD), "ops@example.com"),
                                1,
                                Messages.firing())
                        .outcome())
                .isEqualTo(DeliveryOutcome.DELIVERED);
        Answer refused = send(
                receiver(EmailReceiver.Tls.NONE, Optional.of("wrong-one"), "ops@example.com"), 2, Messages.firing());
        assertThat(refused.outcome()).isEqualTo(DeliveryOutcome.RETRIED);
        assertThat(refused.detail()).doesNotContain("wrong-one");
        assertThat(server.getReceivedMessages()).hasSize(1);
    }

    @Test
    void neverSendsInPlainTextWhatNeedsTls() {
        server.start();

        Answer answer = send(
                receiver(EmailReceiver.Tls.STARTTLS, Optional.of(PASSWORD), "ops@example.com"), 1, Messages.firing());

        assertThat(answer.outcome()).isNotEqualTo(DeliveryOutcome.DELIVERED);
        assertThat(server.getReceivedMessages()).isEmpty();
    }

    @Test
    void trustsOnlyTheAuthoritiesItIsGiven() {
        GreenMail secure = new GreenMail(new ServerSetup(0, "127.0.0.1", ServerSetup.PROTOCOL_SMTPS));
        secure.start();
        try {
            EmailReceiver trusting = secured(secure, Optional.of(folder.resolve("ca.pem")));
            assertThat(send(trusting, 1, Messages.firing()).detail()).isEqualTo("accepted for ops@example.com");
            assertThat(send(secured(secure, Optional.empty()), 2, Messages.firing())
                            .outcome())
                    .isEqualTo(DeliveryOutcome.RETRIED);
            assertThat(secure.getReceivedMessages()).hasSize(1);
        } finally {
            secure.stop();
        }
    }

    private static EmailReceiver secured(GreenMail secure, Optional<Path> caFile) {
        return new EmailReceiver(
                "mail",
                "127.0.0.1",
                secure.getSmtps().getPort(),
                EmailReceiver.Tls.TLS,
                Optional.empty(),
                "vitrine@example.com",
                List.of("ops@example.com"),
                caFile);
    }

    @Test
    void repeatsWhenTheServerCannotBeReached() throws IOException {
        int port;
        try (ServerSocket socket = new ServerSocket(0)) {
            port = socket.getLocalPort();
        }
        EmailReceiver receiver = new EmailReceiver(
                "mail",
                "127.0.0.1",
                port,
                EmailReceiver.Tls.NONE,
                Optional.empty(),
                "vitrine@example.com",
                List.of("ops@example.com"),
                Optional.empty());

        assertThat(send(receiver, 1, Messages.firing()).outcome()).isEqualTo(DeliveryOutcome.RETRIED);
    }
}
