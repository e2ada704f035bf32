package io.vitrine.server.alerting.delivery;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vitrine.alerting.rules.Severity;
import io.vitrine.observability.catalogue.ReceiverKind;
import io.vitrine.server.alerting.Links;
import io.vitrine.server.alerting.Message;

/**
 * An incoming webhook of Slack. Its address is a secret: everybody who has it can post.
 *
 * <p>Limits are those of Slack's Block Kit reference: 150 characters in a header, 3000 in a section; ten alerts are
 * shown.
 */
record SlackReceiver(String name, Secret webhookUrl, Optional<Path> caFile) implements HttpReceiver {

    static final int HEADER_LIMIT = 150;
    static final int SECTION_LIMIT = 3_000;
    private static final int SUMMARY_LIMIT = 1_500;
    private static final int ACTION_LIMIT = 1_000;
    private static final int ALERTS_SHOWN = 10;
    private static final String GREEN = "#2eb67d";

    @Override
    public ReceiverKind kind() {
        return ReceiverKind.SLACK;
    }

    @Override
    public List<Secret> secrets() {
        return List.of(webhookUrl);
    }

    @Override
    public HttpCall call(Letter letter, long nowMillis) {
        Message message = letter.message();
        ObjectNode body = Json.object();
        body.put("text", escaped(message.title(), SECTION_LIMIT));
        ObjectNode attachment = body.putArray("attachments").addObject();
        attachment.put("color", colour(message));
        ArrayNode blocks = attachment.putArray("blocks");
        ObjectNode header = blocks.addObject().put("type", "header").putObject("text");
        header.put("type", "plain_text").put("text", Texts.cut(message.title(), HEADER_LIMIT));
        List<Message.Item> alerts = message.alerts();
        alerts.stream().limit(ALERTS_SHOWN).forEach(alert -> section(blocks, text(alert, letter.links())));
        int more = alerts.size() - ALERTS_SHOWN + message.omitted();
        section(
                blocks,
                (more > 0 ? "and " + more + " more; " : "")
                        + link(letter.links().server(), "console"));
        return new HttpCall(URI.create(webhookUrl.value()), Map.of(), Json.write(body));
    }

    private static void section(ArrayNode blocks, String markdown) {
        ObjectNode text = blocks.addObject().put("type", "section").putObject("text");
        text.put("type", "mrkdwn").put("text", markdown);
    }

    private static String text(Message.Item alert, Links links) {
        String state = alert.endsMillis() == null ? "" : " (resolved)";
        return "*" + escaped(alert.name(), HEADER_LIMIT) + "*" + state + ": " + escaped(alert.summary(), SUMMARY_LIMIT)
                + "\n" + escaped(alert.action(), ACTION_LIMIT) + "\n"
                + link(URI.create(links.runbook(alert)), "runbook");
    }

    private static String link(URI target, String text) {
        return "<" + escaped(target.toString(), ACTION_LIMIT / 2) + "|" + text + ">";
    }

    /**
     * With the three characters escaped that Slack's markup needs; cut so that no more than the limit is left after it.
     */
    static String escaped(String text, int limit) {
        String escaped = escape(text);
        for (int cut = Math.min(text.length(), limit); escaped.length() > limit; cut -= Math.max(1, cut / 16)) {
            escaped = escape(Texts.cut(text, cut));
        }
        return escaped;
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }

    private static String colour(Message message) {
        return message.fires() ? colour(message.severity()) : GREEN;
    }

    private static String colour(Severity severity) {
        return switch (severity) {
            case P0 -> "#d40e0d";
            case P1 -> "#e8590c";
            case P2 -> "#ecb22e";
            case P3 -> "#36c5f0";
        };
    }
}
