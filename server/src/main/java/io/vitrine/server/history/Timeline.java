package io.vitrine.server.history;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import io.vitrine.observability.catalogue.EventName;
import io.vitrine.observability.catalogue.LogCategory;
import io.vitrine.observability.catalogue.LogField;
import io.vitrine.store.telemetry.LogRow;
import org.jspecify.annotations.Nullable;

/**
 * What happened to the server on one axis: alerts, incidents, changes by operators, starts and model loads, GPU events.
 *
 * @param items oldest first
 * @param more whether there are older ones
 */
public record Timeline(List<Item> items, boolean more, List<String> damagedFiles) {

    static final List<LogCategory> CATEGORIES =
            List.of(LogCategory.ALERT, LogCategory.AUDIT, LogCategory.MODEL, LogCategory.GPU);

    /**
     * One event, or an alert from its firing to its end.
     *
     * @param kind {@code alert}, {@code incident}, {@code change}, {@code deploy}, {@code gpu} or {@code fault}
     * @param end of an alert that has resolved
     */
    @JsonInclude(Include.NON_NULL)
    public record Item(
            String at,
            @Nullable String end,
            String kind,
            String event,
            String title,
            @Nullable String detail,
            @Nullable String severity,
            @Nullable Link link) {}

    /** Where more is said of it. */
    public record Link(String kind, String id) {}

    /** From log events, newest first. */
    static Timeline of(List<LogRow> newestFirst, boolean more, List<String> damaged) {
        List<Item> items = new ArrayList<>();
        Map<String, Integer> firing = new LinkedHashMap<>();
        for (int i = newestFirst.size() - 1; i >= 0; i--) {
            LoggedRow row = LoggedRow.of(newestFirst.get(i));
            String event = row.row().event();
            String fingerprint = field(row, LogField.FINGERPRINT).orElse("");
            if (event.equals(EventName.ALERT_RESOLVED.label()) && firing.containsKey(fingerprint)) {
                int place = firing.remove(fingerprint);
                items.set(place, ended(items.get(place), row));
            } else if (isShown(event)) {
                if (event.equals(EventName.ALERT_FIRING.label())) {
                    firing.put(fingerprint, items.size());
                }
                items.add(item(row));
            }
        }
        return new Timeline(items, more, damaged);
    }

    /** Pending alerts may come to nothing, and warnings of libraries are in the log. */
    private static boolean isShown(String event) {
        return !event.equals(EventName.ALERT_PENDING.label())
                && !event.equals(EventName.ALERT_CANCELLED.label())
                && !event.equals(EventName.LIBRARY_MESSAGE.label());
    }

    private static Item ended(Item alert, LoggedRow end) {
        return new Item(
                alert.at(),
                Moments.text(end.row().atEpochNanos()),
                alert.kind(),
                alert.event(),
                alert.title(),
                alert.detail(),
                alert.severity(),
                alert.link());
    }

    private static Item item(LoggedRow row) {
        String event = row.row().event();
        Optional<String> alert = field(row, LogField.ALERT);
        Optional<String> subject = field(row, LogField.SUBJECT);
        String title = alert.orElseGet(
                () -> event.replace('_', ' ') + subject.map(name -> " " + name).orElse(""));
        return new Item(
                Moments.text(row.row().atEpochNanos()),
                null,
                kind(row),
                event,
                title,
                field(row, LogField.MESSAGE)
                        .or(() -> field(row, LogField.MODEL_NAME))
                        .orElse(null),
                field(row, LogField.SEVERITY).orElse(null),
                link(row, subject));
    }

    private static String kind(LoggedRow row) {
        String event = row.row().event();
        if (event.startsWith("alert_")) {
            return "alert";
        }
        if (event.startsWith("incident_")) {
            return "incident";
        }
        if (event.startsWith("server_") || event.startsWith("model_")) {
            return "deploy";
        }
        if (row.row().category().equals(LogCategory.GPU.label())) {
            return "gpu";
        }
        return row.row().category().equals(LogCategory.AUDIT.label()) ? "change" : "fault";
    }

    private static @Nullable Link link(LoggedRow row, Optional<String> subject) {
        if (row.row().event().startsWith("incident_")) {
            return subject.map(id -> new Link("incident", id)).orElse(null);
        }
        return field(row, LogField.RUNBOOK)
                .map(page -> new Link("runbook", page))
                .orElse(null);
    }

    private static Optional<String> field(LoggedRow row, LogField field) {
        return Optional.ofNullable(row.fields().get(field.key())).map(value -> value.asText());
    }
}
