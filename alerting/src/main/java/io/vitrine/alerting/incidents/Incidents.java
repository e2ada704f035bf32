package io.vitrine.alerting.incidents;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

import io.vitrine.alerting.rules.Alert;
import io.vitrine.alerting.rules.AlertState;
import io.vitrine.alerting.rules.Severity;

/**
 * A set of incidents. Opens one for an urgent alert, or adds the alert to an open one: one that already has the alert,
 * or one of the same cause that was detected within {@link #SHARED_CAUSE}. Not thread-safe.
 */
public final class Incidents {

    /** Author of entries by the server itself. */
    public static final String AUTHOR = "vitrine";

    /** Most open incidents; a further alert joins the newest open one. */
    public static final int MAX_OPEN = 100;

    /** Alerts of one area, model and GPU that begin within this time are assumed to share a cause. */
    static final Duration SHARED_CAUSE = Duration.ofMinutes(10);

    private static final List<String> CAUSE_LABELS = List.of("area", "model", "gpu");

    private final Map<Long, Incident> byId = new LinkedHashMap<>();
    private long lastId;

    /**
     * Restores stored incidents; before anything else.
     *
     * @param storedLastId the last id that was ever given
     */
    public void restore(Collection<Incident> stored, long storedLastId) {
        lastId = storedLastId;
        for (Incident incident : stored) {
            byId.put(incident.id(), incident);
            lastId = Math.max(lastId, incident.id());
        }
    }

    /** Whether an alert in this state can change an incident. */
    public static boolean concerns(Alert alert) {
        return alert.state() == AlertState.RESOLVED
                || (alert.state() == AlertState.FIRING
                        && alert.rule().severity().opensIncident());
    }

    /**
     * Takes alerts whose state has changed; returns the incidents that changed. Taking an alert again changes nothing.
     */
    public List<Incident> changed(Collection<Alert> alerts, long atMillis) {
        Map<Long, Incident> changed = new LinkedHashMap<>();
        for (Alert alert : alerts) {
            if (alert.state() == AlertState.FIRING && concerns(alert)) {
                Incident incident = incidentFor(alert, atMillis);
                put(
                        changed,
                        incident.alertFired(alert.fingerprint(), alert.rule().severity(), alert.summary(), atMillis));
            } else if (alert.state() == AlertState.RESOLVED) {
                withFiring(alert.fingerprint())
                        .ifPresent(incident ->
                                put(changed, incident.alertResolved(alert.fingerprint(), alert.summary(), atMillis)));
            }
        }
        return List.copyOf(changed.values());
    }

    private void put(Map<Long, Incident> changed, Incident incident) {
        if (!incident.equals(byId.put(incident.id(), incident))) {
            changed.put(incident.id(), incident);
        }
    }

    private Incident incidentFor(Alert alert, long atMillis) {
        SortedMap<String, String> cause = cause(alert);
        List<Incident> open = byId.values().stream()
                .filter(incident -> incident.state().isOpen())
                .toList();
        return open.stream()
                .filter(incident -> incident.fingerprints().contains(alert.fingerprint())
                        || (cause.equals(incident.cause())
                                && atMillis - incident.detectedMillis() <= SHARED_CAUSE.toMillis()))
                .findFirst()
                .or(() -> open.size() < MAX_OPEN ? Optional.empty() : Optional.of(open.get(open.size() - 1)))
                .orElseGet(() -> opened(
                        cut(alert.summary()),
                        alert.rule().severity(),
                        alert.activeSinceMillis(),
                        atMillis,
                        AUTHOR,
                        "opened by " + alert.rule().name(),
                        cause));
    }

    private static String cut(String title) {
        return title.length() <= Incident.MAX_TITLE ? title : title.substring(0, Incident.MAX_TITLE);
    }

    private static SortedMap<String, String> cause(Alert alert) {
        SortedMap<String, String> cause = new TreeMap<>();
        CAUSE_LABELS.forEach(label -> cause.put(label, alert.labels().getOrDefault(label, "")));
        return cause;
    }

    private Optional<Incident> withFiring(String fingerprint) {
        return byId.values().stream()
                .filter(incident -> incident.state() != IncidentState.MERGED)
                .filter(incident -> incident.firing().contains(fingerprint))
                .findFirst();
    }

    /**
     * Opens one by hand.
     *
     * @throws IncidentStepException if {@link #MAX_OPEN} are open
     */
    public Incident open(String title, Severity severity, String author, String why, long atMillis) {
        if (byId.values().stream().filter(incident -> incident.state().isOpen()).count() >= MAX_OPEN) {
            throw new IncidentStepException(MAX_OPEN + " incidents are open: merge or resolve some");
        }
        return opened(title, severity, atMillis, atMillis, author, why, Collections.emptySortedMap());
    }

    private Incident opened(
            String title,
            Severity severity,
            long startedMillis,
            long atMillis,
            String author,
            String why,
            SortedMap<String, String> cause) {
        Incident incident = Incident.open(++lastId, title, severity, cause, startedMillis, atMillis, author, why);
        byId.put(incident.id(), incident);
        return incident;
    }

    /**
     * Changes one.
     *
     * @throws IllegalArgumentException if there is none with this id
     * @throws IncidentStepException if the step is not allowed; nothing is changed then
     */
    public Incident update(long id, UnaryOperator<Incident> step) {
        Incident next = step.apply(require(id));
        byId.put(id, next);
        return next;
    }

    private Incident require(long id) {
        return find(id).orElseThrow(() -> new IllegalArgumentException("there is no incident " + id));
    }

    /**
     * Makes one part of another, with its alerts.
     *
     * @return both, the merged one first
     * @throws IncidentStepException if one of them has ended, or both are the same
     */
    public List<Incident> merge(long id, long into, String author, long atMillis) {
        if (id == into) {
            throw new IncidentStepException("an incident cannot be merged into itself");
        }
        Incident target = require(into);
        if (target.state().isFinal()) {
            throw new IncidentStepException("incident " + into + " is "
                    + target.state().label() + ": an incident can be merged into an unfinished one only");
        }
        Incident merged = update(
                id, incident -> incident.moveTo(IncidentState.MERGED, author, "into incident " + into, atMillis));
        Incident grown = target.note(
                TimelineEntry.Kind.TRANSITION, author, "incident " + id + " merged: " + merged.title(), atMillis);
        for (String fingerprint : merged.fingerprints()) {
            grown = grown.alertFired(
                    fingerprint, merged.severity(), "of incident " + id + ": " + merged.title(), atMillis);
            if (!merged.firing().contains(fingerprint) && !target.firing().contains(fingerprint)) {
                grown = grown.alertResolved(fingerprint, "of incident " + id, atMillis);
            }
        }
        byId.put(into, grown);
        return List.of(merged, grown);
    }

    /** One by its id. */
    public Optional<Incident> find(long id) {
        return Optional.ofNullable(byId.get(id));
    }

    /** All, newest first. */
    public List<Incident> all() {
        List<Incident> all = new ArrayList<>(byId.values());
        Collections.reverse(all);
        return all;
    }
}
