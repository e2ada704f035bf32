package io.vitrine.server.alerting.delivery;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

import io.vertx.core.MultiMap;
import io.vertx.ext.mail.MailMessage;
import io.vitrine.observability.catalogue.ReceiverKind;
import io.vitrine.server.alerting.Message;

/** E-mail by SMTP: text and HTML, one thread for each group. */
record EmailReceiver(
        String name,
        String host,
        int port,
        Tls tls,
        Optional<Login> login,
        String from,
        List<String> to,
        Optional<Path> caFile)
        implements Receiver {

    private static final int SUBJECT_LIMIT = 200;
    private static final int ALERTS_SHOWN = 50;
    private static final int ID_DIGITS = 32;

    /** How the connection is protected. */
    enum Tls {
        /** Begins in plain text and must change to TLS before anything else. */
        STARTTLS,
        /** From the first byte. */
        TLS,
        /** Not at all: for a relay on the same machine. */
        NONE
    }

    /** Who sends. */
    record Login(String username, Secret password) {}

    EmailReceiver {
        to = List.copyOf(to);
    }

    @Override
    public ReceiverKind kind() {
        return ReceiverKind.EMAIL;
    }

    @Override
    public List<Secret> secrets() {
        return login.stream().map(Login::password).toList();
    }

    MailMessage mail(Letter letter) {
        Message message = letter.message();
        MailMessage mail = new MailMessage();
        mail.setFrom(from).setTo(to);
        mail.setSubject(Texts.cut(Texts.oneLine(message.title()), SUBJECT_LIMIT));
        mail.setText(text(letter)).setHtml(html(letter));
        // The thread's root is an id that no message has: clients group by references all the same, and no state is
        // needed.
        String thread =
                "<" + Hashes.sha256(name + '\n' + message.groupKey()).substring(0, ID_DIGITS) + "@" + domain() + ">";
        MultiMap headers = MultiMap.caseInsensitiveMultiMap();
        headers.set("Message-ID", thread.replace("@", "." + message.atMillis() + "." + letter.id() + "@"));
        headers.set("In-Reply-To", thread).set("References", thread);
        headers.set("Auto-Submitted", "auto-generated");
        return mail.setHeaders(headers);
    }

    private String domain() {
        return from.substring(from.lastIndexOf('@') + 1);
    }

    private static String text(Letter letter) {
        Message message = letter.message();
        StringBuilder text = new StringBuilder(message.title()).append("\n\n");
        for (Message.Item alert : shown(message)) {
            text.append(alert.name())
                    .append(" (")
                    .append(alert.severity())
                    .append("), ")
                    .append(times(alert));
            text.append('\n').append(alert.summary()).append("\nAction: ").append(alert.action());
            text.append("\nRunbook: ").append(letter.links().runbook(alert));
            text.append("\nLabels: ").append(alert.labels()).append("\n\n");
        }
        return text.append(more(message))
                .append("Console: ")
                .append(letter.links().server())
                .append('\n')
                .toString();
    }

    private static String html(Letter letter) {
        Message message = letter.message();
        StringBuilder html =
                new StringBuilder("<h2>").append(escaped(message.title())).append("</h2>\n");
        for (Message.Item alert : shown(message)) {
            html.append("<h3>")
                    .append(escaped(alert.name()))
                    .append(" (")
                    .append(alert.severity())
                    .append(")</h3>\n<p>");
            html.append(escaped(alert.summary()))
                    .append("<br>")
                    .append(escaped(times(alert)))
                    .append("</p>\n<p>Action: ");
            html.append(escaped(alert.action()))
                    .append(" <a href=\"")
                    .append(escaped(letter.links().runbook(alert)));
            html.append("\">Runbook</a></p>\n<p><small>")
                    .append(escaped(alert.labels().toString()))
                    .append("</small></p>\n");
        }
        return html.append("<p>")
                .append(escaped(more(message)))
                .append("<a href=\"")
                .append(escaped(letter.links().server().toString()))
                .append("\">Console</a></p>\n")
                .toString();
    }

    private static List<Message.Item> shown(Message message) {
        return message.alerts().stream().limit(ALERTS_SHOWN).toList();
    }

    private static String more(Message message) {
        int more = message.alerts().size() - ALERTS_SHOWN + message.omitted();
        return more > 0 ? "and " + more + " more. " : "";
    }

    private static String times(Message.Item alert) {
        Long ends = alert.endsMillis();
        String since = "since " + Instant.ofEpochMilli(alert.startsMillis());
        return ends == null ? since : since + ", resolved at " + Instant.ofEpochMilli(ends);
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
