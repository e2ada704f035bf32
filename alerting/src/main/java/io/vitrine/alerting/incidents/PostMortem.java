package io.vitrine.alerting.incidents;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Optional;

/** A draft of the post-incident review, in Markdown. What nobody has written yet is marked as missing. */
public final class PostMortem {

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss 'UTC'").withZone(ZoneOffset.UTC);
    private static final String MISSING = "_missing_";

    private PostMortem() {}

    /** The draft. Text that people or clients wrote stays text: it cannot begin a heading, a link or HTML. */
    public static String of(Incident incident) {
        StringBuilder text = new StringBuilder();
        text.append("# Incident ")
                .append(incident.id())
                .append(": ")
                .append(plain(incident.title()))
                .append("\n\n");
        row(text, "Severity", incident.severity().name());
        row(text, "State", incident.state().name().toLowerCase(java.util.Locale.ROOT));
        row(text, "Began", time(incident.startedMillis()));
        row(text, "Detected", time(incident.detectedMillis()) + " (after " + show(incident.timeToDetect()) + ")");
        row(text, "Acknowledged", after(incident.timeToAcknowledge()));
        row(text, "Resolved", after(incident.timeToResolve()));
        row(text, "Commander", incident.commander().map(PostMortem::plain).orElse(MISSING));
        row(text, "War room", incident.warRoom().map(PostMortem::plain).orElse("-"));
        text.append("\n## Root cause\n\n")
                .append(incident.rootCause().map(PostMortem::plain).orElse(MISSING))
                .append("\n\n## Timeline\n\n");
        for (TimelineEntry entry : incident.timeline()) {
            text.append("- ")
                    .append(time(entry.atMillis()))
                    .append(", ")
                    .append(plain(entry.author()))
                    .append(": ")
                    .append(plain(entry.text()))
                    .append('\n');
        }
        text.append("\n## Action items\n\n");
        if (incident.actionItems().isEmpty()) {
            text.append(MISSING).append('\n');
        }
        for (ActionItem item : incident.actionItems()) {
            text.append(item.done() ? "- [x] " : "- [ ] ")
                    .append(plain(item.text()))
                    .append(" (")
                    .append(plain(item.owner()))
                    .append(", due ")
                    .append(item.due())
                    .append(")\n");
        }
        return text.toString();
    }

    private static void row(StringBuilder text, String name, String value) {
        text.append("- ").append(name).append(": ").append(value).append('\n');
    }

    private static String time(long millis) {
        return TIME.format(Instant.ofEpochMilli(millis));
    }

    private static String after(Optional<Duration> duration) {
        return duration.map(value -> "after " + show(value)).orElse("not yet");
    }

    private static String show(Duration duration) {
        long seconds = duration.toSeconds();
        return seconds < 60
                ? seconds + " s"
                : seconds < 3600
                        ? seconds / 60 + " min " + seconds % 60 + " s"
                        : seconds / 3600 + " h " + seconds % 3600 / 60 + " min";
    }

    private static String plain(String text) {
        return text.replaceAll("\\s+", " ")
                .replaceAll("([\\\\`*_{}\\[\\]()#+!|<>~])", "\\\\$1")
                .strip();
    }
}
