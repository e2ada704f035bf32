package io.vitrine.alerting.incidents;

import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

import io.vitrine.alerting.incidents.TimelineEntry.Kind;
import io.vitrine.alerting.rules.Severity;

/**
 * One incident. Immutable: each step returns a new one with an entry in its timeline. Times are milliseconds since 1970
 * and never go back.
 *
 * @param id counts from 1
 * @param cause labels that alerts of the same cause share; empty if it was opened by hand
 * @param fingerprints of its alerts
 * @param firing those of them that still fire
 * @param acknowledgedAlerts those of them that fired at the last acknowledgement and have fired since
 * @param startedMillis when the comparison of the first alert began to hold
 * @param commander leads the response; a P0 or P1 needs one from its triage on
 * @param warRoom link or channel of the response
 */
public record Incident(
        long id,
        String title,
        Severity severity,
        IncidentState state,
        SortedMap<String, String> cause,
        Set<String> fingerprints,
        Set<String> firing,
        Set<String> acknowledgedAlerts,
        long startedMillis,
        long detectedMillis,
        OptionalLong acknowledgedMillis,
        OptionalLong resolvedMillis,
        Optional<String> commander,
        Optional<String> warRoom,
        Optional<String> rootCause,
        List<ActionItem> actionItems,
        List<TimelineEntry> timeline) {

    /** Longest title. */
    public static final int MAX_TITLE = 500;

    /** Most action items. */
    public static final int MAX_ACTION_ITEMS = 100;

    static final int MAX_TIMELINE = 1_000;
    private static final int MAX_TIMELINE_CHARACTERS = 500_000;

    public Incident {
        if (title.isBlank() || title.length() > MAX_TITLE) {
            throw new IllegalArgumentException("an incident needs a title of 1 to " + MAX_TITLE + " characters");
        }
        cause = Collections.unmodifiableSortedMap(new TreeMap<>(cause));
        fingerprints = Collections.unmodifiableSet(new LinkedHashSet<>(fingerprints));
        firing = Collections.unmodifiableSet(new LinkedHashSet<>(firing));
        acknowledgedAlerts = Collections.unmodifiableSet(new LinkedHashSet<>(acknowledgedAlerts));
        actionItems = List.copyOf(actionItems);
        timeline = List.copyOf(timeline);
    }

    /** A new incident. */
    public static Incident open(
            long id,
            String title,
            Severity severity,
            SortedMap<String, String> cause,
            long startedMillis,
            long atMillis,
            String author,
            String why) {
        return new Incident(
                id,
                title,
                severity,
                IncidentState.DETECTED,
                cause,
                Set.of(),
                Set.of(),
                Set.of(),
                Math.min(startedMillis, atMillis),
                atMillis,
                OptionalLong.empty(),
                OptionalLong.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                List.of(),
                List.of(new TimelineEntry(atMillis, Kind.TRANSITION, author, why)));
    }

    /** Whether the response is led by a commander in a war room, or left to the team. */
    public boolean needsCommander() {
        return severity.opensIncident();
    }

    /**
     * Moves on in the workflow.
     *
     * @throws IncidentStepException if that step is not allowed from here, or a prerequisite is missing
     */
    public Incident moveTo(IncidentState target, String author, String why, long atMillis) {
        if (!state.next().contains(target)) {
            throw new IncidentStepException("incident " + id + " is " + state.label() + ": it can become "
                    + nextLabels() + ", not " + target.label());
        }
        if (target == IncidentState.TRIAGED && needsCommander() && commander.isEmpty()) {
            throw new IncidentStepException("a " + severity + " needs a commander before it is triaged: assign one");
        }
        if (target == IncidentState.REVIEWED && rootCause.isEmpty()) {
            throw new IncidentStepException("a review needs the root cause");
        }
        if (target == IncidentState.CLOSED && actionItems.isEmpty() && needsCommander()) {
            throw new IncidentStepException("a " + severity + " needs at least one action item before it is closed");
        }
        Builder next = builder();
        next.state = target;
        if (target == IncidentState.RESOLVED) {
            next.resolved = OptionalLong.of(Math.max(atMillis, detectedMillis));
        } else if (target.isOpen()) {
            next.resolved = OptionalLong.empty();
        }
        return next.with(Kind.TRANSITION, author, target.label() + ": " + why, atMillis);
    }

    private String nextLabels() {
        return state.isFinal()
                ? "nothing else"
                : state.next().stream().map(IncidentState::label).collect(Collectors.joining(", ", "[", "]"));
    }

    private void requireUnfinished() {
        if (state.isFinal()) {
            throw new IncidentStepException(
                    "incident " + id + " is " + state.label() + ": only notes can be added to it");
        }
    }

    /** Acknowledges it. The first acknowledgement counts. */
    public Incident acknowledge(String author, long atMillis) {
        requireUnfinished();
        return acknowledged(atMillis).with(Kind.ACKNOWLEDGED, author, "acknowledged", atMillis);
    }

    /** Names the commander. Assignment is also acknowledgement. */
    public Incident assign(String person, Optional<String> room, String author, long atMillis) {
        requireUnfinished();
        requireName("the commander", person);
        room.ifPresent(place -> requireName("the war room", place));
        Builder next = acknowledged(atMillis);
        next.commander = Optional.of(person);
        next.warRoom = room.or(() -> warRoom);
        return next.with(
                Kind.ASSIGNED,
                author,
                "commander: " + person
                        + room.map(place -> ", war room: " + place).orElse(""),
                atMillis);
    }

    private static void requireName(String what, String name) {
        if (name.isBlank() || name.length() > TimelineEntry.MAX_AUTHOR) {
            throw new IllegalArgumentException(
                    what + " needs 1 to " + TimelineEntry.MAX_AUTHOR + " characters: " + name.length());
        }
    }

    private Builder acknowledged(long atMillis) {
        Builder next = builder();
        next.acknowledgedAlerts.clear();
        next.acknowledgedAlerts.addAll(firing);
        if (acknowledgedMillis.isEmpty()) {
            next.acknowledged = OptionalLong.of(Math.max(atMillis, detectedMillis));
        }
        return next;
    }

    /** Changes the severity. */
    public Incident rate(Severity rated, String author, String why, long atMillis) {
        requireUnfinished();
        Builder next = builder();
        next.severity = rated;
        return next.with(Kind.SEVERITY, author, severity + " to " + rated + ": " + why, atMillis);
    }

    /** Adds an entry to the timeline, in every state. */
    public Incident note(Kind kind, String author, String text, long atMillis) {
        return builder().with(kind, author, text, atMillis);
    }

    /** Records the root cause. */
    public Incident explain(String rootCause, String author, long atMillis) {
        requireUnfinished();
        Builder next = builder();
        next.rootCause = Optional.of(rootCause);
        return next.with(Kind.ROOT_CAUSE, author, rootCause, atMillis);
    }

    /** Adds an action item. */
    public Incident plan(ActionItem item, String author, long atMillis) {
        requireUnfinished();
        if (actionItems.size() >= MAX_ACTION_ITEMS) {
            throw new IncidentStepException("incident " + id + " has " + MAX_ACTION_ITEMS + " action items already");
        }
        Builder next = builder();
        next.actionItems.add(item);
        return next.with(
                Kind.ACTION_ITEM, author, item.text() + " (" + item.owner() + ", due " + item.due() + ")", atMillis);
    }

    /**
     * Marks an action item as done, in every state: work continues after the incident is closed.
     *
     * @param number counts from 1
     */
    public Incident complete(int number, String author, long atMillis) {
        if (number < 1 || number > actionItems.size()) {
            throw new IncidentStepException(
                    "incident " + id + " has " + actionItems.size() + " action items, not number " + number);
        }
        Builder next = builder();
        ActionItem item = actionItems.get(number - 1);
        next.actionItems.set(number - 1, item.completed());
        return next.with(Kind.ACTION_ITEM, author, "done: " + item.text(), atMillis);
    }

    /** An alert of the same cause fires; unchanged if it is already recorded. */
    Incident alertFired(String fingerprint, Severity alertSeverity, String summary, long atMillis) {
        if (firing.contains(fingerprint)) {
            return this;
        }
        Builder next = builder();
        next.fingerprints.add(fingerprint);
        next.firing.add(fingerprint);
        if (alertSeverity.compareTo(severity) < 0) {
            next.severity = alertSeverity;
        }
        return next.with(Kind.ALERT, Incidents.AUTHOR, cut("firing: " + summary), atMillis);
    }

    /** One of its alerts is resolved. */
    Incident alertResolved(String fingerprint, String summary, long atMillis) {
        Builder next = builder();
        next.firing.remove(fingerprint);
        next.acknowledgedAlerts.remove(fingerprint);
        return next.with(Kind.ALERT, Incidents.AUTHOR, cut("resolved: " + summary), atMillis);
    }

    private static String cut(String text) {
        return text.length() <= TimelineEntry.MAX_TEXT ? text : text.substring(0, TimelineEntry.MAX_TEXT);
    }

    /** The earliest due date of its action items that are not done. */
    public Optional<LocalDate> nextDue() {
        return actionItems.stream()
                .filter(item -> !item.done())
                .map(ActionItem::due)
                .min(LocalDate::compareTo);
    }

    /** Author of the last acknowledgement or assignment. */
    public Optional<String> acknowledgedBy() {
        return timeline.stream()
                .filter(entry -> entry.kind() == Kind.ACKNOWLEDGED || entry.kind() == Kind.ASSIGNED)
                .reduce((earlier, later) -> later)
                .map(TimelineEntry::author);
    }

    /** Entries of the timeline that a step has added to {@code before}. */
    @SuppressWarnings("ReferenceEquality") // two entries may be equal
    public List<TimelineEntry> entriesSince(Incident before) {
        TimelineEntry last = before.timeline.get(before.timeline.size() - 1);
        int index = timeline.size() - 1;
        while (index > 0 && timeline.get(index) != last) {
            index--;
        }
        return timeline.subList(timeline.get(index) == last ? index + 1 : timeline.size() - 1, timeline.size());
    }

    /** Number of its action items that are overdue. */
    public long overdueItems(LocalDate today) {
        return actionItems.stream().filter(item -> item.isOverdue(today)).count();
    }

    /** From the cause to its detection. */
    public Duration timeToDetect() {
        return Duration.ofMillis(detectedMillis - startedMillis);
    }

    /** From detection to the first acknowledgement; empty without one. */
    public Optional<Duration> timeToAcknowledge() {
        return since(acknowledgedMillis);
    }

    /** From detection to resolution; empty while it is open. */
    public Optional<Duration> timeToResolve() {
        return since(resolvedMillis);
    }

    private Optional<Duration> since(OptionalLong millis) {
        return millis.isPresent()
                ? Optional.of(Duration.ofMillis(millis.getAsLong() - detectedMillis))
                : Optional.empty();
    }

    private Builder builder() {
        return new Builder();
    }

    private final class Builder {
        private Severity severity = Incident.this.severity;
        private IncidentState state = Incident.this.state;
        private final Set<String> fingerprints = new LinkedHashSet<>(Incident.this.fingerprints);
        private final Set<String> firing = new LinkedHashSet<>(Incident.this.firing);
        private final Set<String> acknowledgedAlerts = new LinkedHashSet<>(Incident.this.acknowledgedAlerts);
        private OptionalLong acknowledged = acknowledgedMillis;
        private OptionalLong resolved = resolvedMillis;
        private Optional<String> commander = Incident.this.commander;
        private Optional<String> warRoom = Incident.this.warRoom;
        private Optional<String> rootCause = Incident.this.rootCause;
        private final List<ActionItem> actionItems = new ArrayList<>(Incident.this.actionItems);

        private Incident with(Kind kind, String author, String text, long atMillis) {
            List<TimelineEntry> entries = new ArrayList<>(timeline);
            long last = entries.get(entries.size() - 1).atMillis();
            entries.add(new TimelineEntry(Math.max(last, atMillis), kind, author, text));
            trim(entries);
            return new Incident(
                    id,
                    title,
                    severity,
                    state,
                    cause,
                    fingerprints,
                    firing,
                    acknowledgedAlerts,
                    startedMillis,
                    detectedMillis,
                    acknowledged,
                    resolved,
                    commander,
                    warRoom,
                    rootCause,
                    actionItems,
                    entries);
        }

        /** Drops the oldest entries but the first, which records the opening. */
        private void trim(List<TimelineEntry> entries) {
            int characters =
                    entries.stream().mapToInt(entry -> entry.text().length()).sum();
            while (entries.size() > MAX_TIMELINE || characters > MAX_TIMELINE_CHARACTERS) {
                characters -= entries.remove(1).text().length();
            }
        }
    }
}
