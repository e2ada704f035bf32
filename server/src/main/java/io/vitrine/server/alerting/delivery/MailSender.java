package io.vitrine.server.alerting.delivery;

import java.util.Set;
import java.util.concurrent.TimeUnit;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.ext.mail.LoginOption;
import io.vertx.ext.mail.MailClient;
import io.vertx.ext.mail.MailConfig;
import io.vertx.ext.mail.MailResult;
import io.vertx.ext.mail.SMTPException;
import io.vertx.ext.mail.StartTLSOptions;
import io.vitrine.model.terminal.ShownText;

/**
 * Sends messages to one receiver by SMTP. An address that the server refuses does not keep the others from getting it.
 */
final class MailSender implements Sender {

    private static final int SHOWN_LIMIT = 300;

    /** Permanent replies about how to log in: an operator mends that, the message is right (RFC 4954, RFC 3207). */
    private static final Set<Integer> LOGIN_REPLIES = Set.of(530, 534, 535, 538);

    private final EmailReceiver receiver;
    private final MailClient client;
    private final DeliverySettings settings;

    MailSender(EmailReceiver receiver, Vertx vertx, DeliverySettings settings) {
        this.receiver = receiver;
        this.settings = settings;
        this.client = MailClient.create(vertx, config(receiver, settings));
    }

    private static MailConfig config(EmailReceiver receiver, DeliverySettings settings) {
        MailConfig config = new MailConfig()
                .setHostname(receiver.host())
                .setPort(receiver.port())
                .setStarttls(
                        receiver.tls() == EmailReceiver.Tls.STARTTLS
                                ? StartTLSOptions.REQUIRED
                                : StartTLSOptions.DISABLED)
                .setSsl(receiver.tls() == EmailReceiver.Tls.TLS)
                .setLogin(receiver.login().isPresent() ? LoginOption.REQUIRED : LoginOption.DISABLED)
                // As for HTTPS: the certificate must be of this host.
                .setHostnameVerificationAlgorithm("HTTPS")
                .setAllowRcptErrors(true)
                .setUserAgent("vitrine")
                .setMaxPoolSize(2)
                .setKeepAlive(false)
                .setConnectTimeout((int) settings.connectTimeout().toMillis())
                .setIdleTimeout((int) settings.answerTimeout().toMillis())
                .setIdleTimeoutUnit(TimeUnit.MILLISECONDS);
        receiver.login().ifPresent(login -> config.setUsername(login.username())
                .setPassword(login.password().value()));
        receiver.caFile().ifPresent(file -> config.setTrustOptions(new PemTrustOptions().addCertPath(file.toString())));
        return config;
    }

    @Override
    public Future<Answer> send(Letter letter) {
        return client.sendMail(receiver.mail(letter))
                .timeout(settings.answerTimeout().toMillis(), TimeUnit.MILLISECONDS)
                .map(this::delivered)
                .recover(failure -> Future.succeededFuture(failed(failure)));
    }

    private Answer delivered(MailResult result) {
        int refused = receiver.to().size() - result.getRecipients().size();
        String detail = "accepted for " + String.join(", ", result.getRecipients());
        return Answer.delivered(detail + (refused > 0 ? "; " + refused + " addresses refused" : ""));
    }

    private Answer failed(Throwable failure) {
        if (failure instanceof SMTPException reply) {
            String detail = shown("SMTP " + reply.getReplyCode() + ": " + reply.getReplyMessage());
            boolean rejected = reply.isPermanent() && !LOGIN_REPLIES.contains(reply.getReplyCode());
            return rejected ? Answer.rejected(detail) : Answer.failed(detail);
        }
        String message = failure.getMessage();
        String name = failure.getClass().getSimpleName();
        return Answer.failed(shown(message == null || message.isBlank() ? name : name + ": " + message));
    }

    private String shown(String text) {
        return receiver.masked(Texts.cut(ShownText.escaped(text.strip()), SHOWN_LIMIT));
    }

    @Override
    public Future<Void> close() {
        return client.close();
    }
}
