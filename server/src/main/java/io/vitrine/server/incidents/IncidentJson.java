package io.vitrine.server.incidents;

import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vitrine.alerting.incidents.ActionItem;
import io.vitrine.alerting.incidents.EvidenceItem;
import io.vitrine.alerting.incidents.Incident;
import io.vitrine.alerting.incidents.IncidentState;
import io.vitrine.alerting.incidents.TimelineEntry;
import io.vitrine.alerting.rules.Severity;

/** Incidents as JSON: one format for ledger, API and command line. Times are ISO 8601, to the millisecond. */
public final class IncidentJson {

    private static final ObjectMapper MAPPER = new ObjectMapper();

    private IncidentJson() {}

    /** All of an incident, as it is stored. */
    static ObjectNode write(Incident incident) {
        ObjectNode json = head(incident);
        incident.cause().forEach(json.putObject("cause")::put);
        texts(json, "fingerprints", incident.fingerprints());
        texts(json, "firing", incident.firing());
        texts(json, "acknowledged_alerts", incident.acknowledgedAlerts());
        incident.rootCause().ifPresent(cause -> json.put("root_cause", cause));
        ArrayNode items = json.putArray("action_items");
        incident.actionItems().forEach(item -> items.addObject()
                .put("text", item.text())
                .put("owner", item.owner())
                .put("due", item.due().toString())
                .put("done", item.done()));
        ArrayNode timeline = json.putArray("timeline");
        incident.timeline().forEach(entry -> timeline.addObject()
                .put("at", time(entry.atMillis()))
                .put("kind", label(entry.kind()))
                .put("author", entry.author())
                .put("text", entry.text()));
        return json;
    }

    private static ObjectNode head(Incident incident) {
        ObjectNode json = MAPPER.createObjectNode()
                .put("id", incident.id())
                .put("title", incident.title())
                .put("severity", incident.severity().name())
                .put("state", incident.state().label())
                .put("began_at", time(incident.startedMillis()))
                .put("detected_at", time(incident.detectedMillis()));
        incident.acknowledgedMillis().ifPresent(millis -> json.put("acknowledged_at", time(millis)));
        incident.resolvedMillis().ifPresent(millis -> json.put("resolved_at", time(millis)));
        incident.commander().ifPresent(person -> json.put("commander", person));
        incident.warRoom().ifPresent(room -> json.put("war_room", room));
        return json;
    }

    private static void texts(ObjectNode json, String name, Collection<String> values) {
        values.forEach(json.putArray(name)::add);
    }

    private static String time(long millis) {
        return Instant.ofEpochMilli(millis).toString();
    }

    private static String label(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    /** One line of a list. */
    public static ObjectNode summary(StoredIncident stored, LocalDate today) {
        Incident incident = stored.incident();
        ObjectNode json = head(incident)
                .put("version", stored.version())
                .put("alerts", incident.fingerprints().size())
                .put("firing", incident.firing().size())
                .put("overdue_action_items", incident.overdueItems(today));
        times(json, incident);
        return json;
    }

    /** All of an incident, with its version, the states that may follow, its times and the list of its evidence. */
    public static ObjectNode whole(StoredIncident stored, List<EvidenceItem> evidence, LocalDate today) {
        Incident incident = stored.incident();
        ObjectNode json = write(incident)
                .put("version", stored.version())
                .put("overdue_action_items", incident.overdueItems(today));
        times(json, incident);
        ArrayNode next = json.putArray("next_states");
        incident.state().next().forEach(state -> next.add(state.label()));
        ArrayNode items = json.putArray("evidence");
        for (EvidenceItem item : evidence) {
            ObjectNode line = items.addObject()
                    .put("name", item.name())
                    .put("media_type", item.mediaType())
                    .put("taken_at", time(item.takenMillis()))
                    .put("bytes", item.bytes());
            if (!item.note().isEmpty()) {
                line.put("note", item.note());
            }
        }
        return json;
    }

    private static void times(ObjectNode json, Incident incident) {
        json.put("time_to_detect_s", incident.timeToDetect().toMillis() * 1e-3);
        incident.timeToAcknowledge().ifPresent(time -> json.put("time_to_acknowledge_s", time.toMillis() * 1e-3));
        incident.timeToResolve().ifPresent(time -> json.put("time_to_resolve_s", time.toMillis() * 1e-3));
    }

    /** The incident that {@link #write} has written. */
    static Incident read(String text) {
        try {
            return read(MAPPER.readTree(text));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("an incident in the ledger is not JSON", e);
        }
    }

    private static Incident read(JsonNode json) {
        SortedMap<String, String> cause = new TreeMap<>();
        json.path("cause")
                .properties()
                .forEach(label -> cause.put(label.getKey(), label.getValue().asText()));
        List<ActionItem> items = new ArrayList<>();
        json.path("action_items")
                .forEach(item -> items.add(new ActionItem(
                        item.path("text").asText(),
                        item.path("owner").asText(),
                        LocalDate.parse(item.path("due").asText()),
                        item.path("done").asBoolean())));
        List<TimelineEntry> timeline = new ArrayList<>();
        json.path("timeline")
                .forEach(entry -> timeline.add(new TimelineEntry(
                        millis(entry, "at").orElseThrow(),
                        TimelineEntry.Kind.valueOf(entry.path("kind").asText().toUpperCase(Locale.ROOT)),
                        entry.path("author").asText(),
                        entry.path("text").asText())));
        return new Incident(
                json.path("id").asLong(),
                json.path("title").asText(),
                Severity.valueOf(json.path("severity").asText()),
                IncidentState.of(json.path("state").asText()).orElseThrow(),
                cause,
                texts(json.path("fingerprints")),
                texts(json.path("firing")),
                texts(json.path("acknowledged_alerts")),
                millis(json, "began_at").orElseThrow(),
                millis(json, "detected_at").orElseThrow(),
                millis(json, "acknowledged_at"),
                millis(json, "resolved_at"),
                text(json, "commander"),
                text(json, "war_room"),
                text(json, "root_cause"),
                items,
                timeline);
    }

    private static Set<String> texts(JsonNode array) {
        Set<String> texts = new LinkedHashSet<>();
        array.forEach(text -> texts.add(text.asText()));
        return texts;
    }

    private static Optional<String> text(JsonNode json, String name) {
        return json.has(name) ? Optional.of(json.get(name).asText()) : Optional.empty();
    }

    private static OptionalLong millis(JsonNode json, String name) {
        return text(json, name)
                .map(text -> OptionalLong.of(Instant.parse(text).toEpochMilli()))
                .orElse(OptionalLong.empty());
    }
}
