package io.vitrine.alerting.incidents;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

import io.vitrine.alerting.incidents.TimelineEntry.Kind;

/** A draft of the post-incident review, in Markdown. Parts that are not written yet are marked as missing. */
public final class PostMortem {

    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss 'UTC'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);
    private static final String MISSING = "_missing_";

    private final StringBuilder text = new StringBuilder();

    private PostMortem() {}

    /** The draft. Text of people or clients stays text: it cannot begin a heading, a link or HTML. */
    public static String of(Incident incident, List<EvidenceItem> evidence, Impact impact) {
        PostMortem draft = new PostMortem();
        draft.head(incident);
        draft.numbers(incident, impact);
        draft.section("Root cause", incident.rootCause().map(PostMortem::plain).orElse(MISSING) + "\n");
        draft.timeline(incident.timeline());
        draft.evidence(evidence);
        draft.actionItems(incident.actionItems());
        return draft.text.toString();
    }

    private void head(Incident incident) {
        text.append("# Incident ")
                .append(incident.id())
                .append(": ")
                .append(plain(incident.title()))
                .append("\n\n");
        row("Severity", incident.severity().name());
        row("State", incident.state().label());
        row("Began", time(incident.startedMillis()));
        row("Detected", time(incident.detectedMillis()));
        row("Commander", incident.commander().map(PostMortem::plain).orElse(MISSING));
        row("War room", incident.warRoom().map(PostMortem::plain).orElse("-"));
    }

    private void numbers(Incident incident, Impact impact) {
        section("Numbers", "");
        row("Time to detect", show(incident.timeToDetect()));
        row("Time to acknowledge", show(incident.timeToAcknowledge()));
        row("Time to resolve", show(incident.timeToResolve()));
        row("Alerts", incident.fingerprints().size() + ", " + incident.firing().size() + " still firing");
        long notes = incident.timeline().stream()
                .filter(entry -> entry.kind() == Kind.NOTE)
                .count();
        row("Notes", Long.toString(notes));
        row("Requests that ended meanwhile", Long.toString(impact.total()));
        impact.requests().forEach((outcome, count) -> text.append("  - ")
                .append(plain(outcome))
                .append(": ")
                .append(count)
                .append(String.format(Locale.ROOT, " (%.1f %%)\n", 100.0 * count / impact.total())));
        row("Tenants with failed requests", Long.toString(impact.affectedTenants()));
    }

    private void timeline(List<TimelineEntry> timeline) {
        section("Timeline", "");
        for (TimelineEntry entry : timeline) {
            text.append("- ")
                    .append(time(entry.atMillis()))
                    .append(", ")
                    .append(plain(entry.author()))
                    .append(": ")
                    .append(plain(entry.text()))
                    .append('\n');
        }
    }

    private void evidence(List<EvidenceItem> evidence) {
        String head = "| item | bytes | taken | lacks |\n| --- | --- | --- | --- |\n";
        section("Evidence", evidence.isEmpty() ? MISSING + "\n" : head);
        for (EvidenceItem item : evidence) {
            text.append("| ")
                    .append(plain(item.name()))
                    .append(" | ")
                    .append(item.isMissing() ? "-" : Long.toString(item.bytes()))
                    .append(" | ")
                    .append(time(item.takenMillis()))
                    .append(" | ")
                    .append(plain(item.note()))
                    .append(" |\n");
        }
    }

    private void actionItems(List<ActionItem> items) {
        section("Action items", items.isEmpty() ? MISSING + "\n" : "");
        for (ActionItem item : items) {
            text.append(item.done() ? "- [x] " : "- [ ] ")
                    .append(plain(item.text()))
                    .append(" (")
                    .append(plain(item.owner()))
                    .append(", due ")
                    .append(item.due())
                    .append(")\n");
        }
    }

    private void section(String title, String body) {
        text.append("\n## ").append(title).append("\n\n").append(body);
    }

    private void row(String name, String value) {
        text.append("- ").append(name).append(": ").append(value).append('\n');
    }

    private static String time(long millis) {
        return TIME.format(Instant.ofEpochMilli(millis));
    }

    private static String show(Optional<Duration> duration) {
        return duration.map(PostMortem::show).orElse("not yet");
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
