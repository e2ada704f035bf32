package io.vitrine.server.api;

import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;

import io.vitrine.alerting.incidents.ActionItem;
import io.vitrine.alerting.incidents.IncidentState;
import io.vitrine.alerting.incidents.IncidentStep;
import io.vitrine.alerting.incidents.TimelineEntry.Kind;
import io.vitrine.alerting.rules.Severity;

/** Bodies of {@code POST /api/incidents} and of the steps below it. Each may name the person in {@code by}. */
public final class IncidentBodies {

    private static final String BY = "by";
    private static final String VERSION = "version";
    private static final String BY_HAND = "by hand";

    private IncidentBodies() {}

    /** An incident to be opened. */
    public record Opening(String title, Severity severity, String why, Optional<String> by) {}

    /**
     * One step.
     *
     * @param by the person; empty for the one whose key it is
     * @param version that the incident must have; empty for any
     */
    public record Step(IncidentStep step, Optional<String> by, OptionalLong version) {}

    /** A merge into another incident. */
    public record Merge(long into, Optional<String> by, OptionalLong version) {}

    /** {@code title}, {@code severity} and if wanted {@code why}. */
    public static Opening opening(byte[] body) {
        JsonFields fields = fields(body, "title", "severity", "why");
        return new Opening(fields.requiredText("title"), severity(fields), why(fields), text(fields, BY));
    }

    /** Nothing is required; the body may be empty. */
    public static Step acknowledge(byte[] body) {
        JsonFields fields = body.length == 0 ? fields(new byte[] {'{', '}'}) : fields(body);
        return step(fields, (incident, author, at) -> incident.acknowledge(author, at));
    }

    /** {@code commander} and if wanted {@code war_room}. */
    public static Step assign(byte[] body) {
        JsonFields fields = fields(body, "commander", "war_room");
        String commander = fields.requiredText("commander");
        Optional<String> room = text(fields, "war_room");
        return step(fields, (incident, author, at) -> incident.assign(commander, room, author, at));
    }

    /** {@code text}. */
    public static Step note(byte[] body) {
        JsonFields fields = fields(body, "text");
        String text = fields.requiredText("text");
        return step(fields, (incident, author, at) -> incident.note(Kind.NOTE, author, text, at));
    }

    /** {@code severity} and if wanted {@code why}. */
    public static Step rate(byte[] body) {
        JsonFields fields = fields(body, "severity", "why");
        Severity severity = severity(fields);
        String why = why(fields);
        return step(fields, (incident, author, at) -> incident.rate(severity, author, why, at));
    }

    /** {@code state} and if wanted {@code why}. */
    public static Step move(byte[] body) {
        JsonFields fields = fields(body, "state", "why");
        String label = fields.requiredText("state");
        IncidentState state = IncidentState.of(label)
                .filter(one -> one != IncidentState.MERGED)
                .orElseThrow(() -> ApiException.invalid(
                        "state",
                        "state must be one of "
                                + String.join(
                                        ", ",
                                        Arrays.stream(IncidentState.values())
                                                .filter(one -> one != IncidentState.MERGED)
                                                .map(IncidentState::label)
                                                .toList())
                                + ": " + JsonFields.cut(label)));
        String why = why(fields);
        return step(fields, (incident, author, at) -> incident.moveTo(state, author, why, at));
    }

    /** {@code text}. */
    public static Step explain(byte[] body) {
        JsonFields fields = fields(body, "text");
        String text = fields.requiredText("text");
        return step(fields, (incident, author, at) -> incident.explain(text, author, at));
    }

    /** {@code text}, {@code owner} and {@code due}; or {@code done}, the number of an item. */
    public static Step actionItem(byte[] body) {
        JsonFields fields = fields(body, "text", "owner", "due", "done");
        OptionalInt done = fields.integer("done", 1, Integer.MAX_VALUE);
        if (done.isPresent()) {
            int number = done.getAsInt();
            return step(fields, (incident, author, at) -> incident.complete(number, author, at));
        }
        String text = fields.requiredText("text");
        String owner = fields.requiredText("owner");
        LocalDate due = due(fields.requiredText("due"));
        ActionItem item = valid("text", () -> new ActionItem(text, owner, due, false));
        return step(fields, (incident, author, at) -> incident.plan(item, author, at));
    }

    /** {@code into}, the id of another incident. */
    public static Merge merge(byte[] body) {
        JsonFields fields = fields(body, "into");
        long into = JsonFields.whole(
                "into", fields.required("into"), 1, Long.MAX_VALUE, "the id of an incident, a whole number from 1");
        return new Merge(into, text(fields, BY), fields.longInteger(VERSION));
    }

    private static JsonFields fields(byte[] body, String... names) {
        Set<String> known = new TreeSet<>(Set.of(BY, VERSION));
        known.addAll(Arrays.asList(names));
        return JsonFields.onlyOf(ApiJson.readObject(body), known);
    }

    private static Step step(JsonFields fields, IncidentStep step) {
        return new Step(step, text(fields, BY), fields.longInteger(VERSION));
    }

    private static Optional<String> text(JsonFields fields, String name) {
        return fields.value(name).map(node -> JsonFields.text(name, node));
    }

    private static String why(JsonFields fields) {
        return text(fields, "why").orElse(BY_HAND);
    }

    private static Severity severity(JsonFields fields) {
        String name = fields.requiredText("severity");
        return Arrays.stream(Severity.values())
                .filter(severity -> severity.name().equals(name))
                .findFirst()
                .orElseThrow(() ->
                        ApiException.invalid("severity", "severity must be P0, P1, P2 or P3: " + JsonFields.cut(name)));
    }

    private static LocalDate due(String text) {
        try {
            LocalDate due = LocalDate.parse(text);
            if (due.getYear() >= 1970 && due.getYear() <= 9999) {
                return due;
            }
        } catch (DateTimeException e) {
            // Refused below.
        }
        throw ApiException.invalid("due", "due must be a date such as 2027-01-31: " + JsonFields.cut(text));
    }

    private static <T> T valid(String field, Supplier<T> value) {
        try {
            return value.get();
        } catch (IllegalArgumentException e) {
            throw ApiException.invalid(field, String.valueOf(e.getMessage()));
        }
    }
}
