package io.vitrine.alerting.incidents;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

import io.vitrine.alerting.rules.Alert;
import io.vitrine.alerting.rules.AlertState;
import io.vitrine.alerting.rules.Severity;

/**
 * All incidents. Opens one for an urgent alert, or adds the alert to an open one that it belongs to: one that already has the alert, or
 * one of the same area and model that began a short while before. Not thread-safe.
 */
public final class Incidents {

    /** Author of what the server writes by itself. */
    public static final String AUTHOR = "vitrine";

    /** Alerts of one area that begin within this time have one cause, as far as anybody can tell at first. */
    static final Duration SHARED_CAUSE = Duration.ofMinutes(10);

    private static final List<String> CAUSE_LABELS = List.of("area", "model", "gpu");

    private final Map<Long, Incident> byId = new LinkedHashMap<>();
    private final Map<Long, Map<String, String>> causes = new LinkedHashMap<>();
    private long lastId;

    /** Puts back what was written down; before anything else. */
    public void restore(Collection<Incident> stored) {
        for (Incident incident : stored) {
            byId.put(incident.id(), incident);
            lastId = Math.max(lastId, incident.id());
        }
    }

    /** Takes alerts that have changed, and returns the incidents that changed by it. */
    public List<Incident> changed(Collection<Alert> alerts, long atMillis) {
        Map<Long, Incident> changed = new LinkedHashMap<>();
        for (Alert alert : alerts) {
            if (alert.state() == AlertState.FIRING && alert.rule().severity().opensIncident()) {
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
        byId.put(incident.id(), incident);
        changed.put(incident.id(), incident);
    }

    private Incident incidentFor(Alert alert, long atMillis) {
        Map<String, String> cause = cause(alert);
        return byId.values().stream()
                .filter(incident -> incident.state().isOpen())
                .filter(incident -> incident.fingerprints().contains(alert.fingerprint())
                        || (cause.equals(causes.get(incident.id()))
                                && atMillis - incident.detectedMillis() <= SHARED_CAUSE.toMillis()))
                .findFirst()
                .orElseGet(() -> opened(
                        alert.summary(),
                        alert.rule().severity(),
                        alert.activeSinceMillis(),
                        atMillis,
                        AUTHOR,
                        "opened by " + alert.rule().name(),
                        cause));
    }

    private static Map<String, String> cause(Alert alert) {
        Map<String, String> cause = new LinkedHashMap<>();
        CAUSE_LABELS.forEach(label -> cause.put(label, alert.labels().getOrDefault(label, "")));
        return cause;
    }

    private Optional<Incident> withFiring(String fingerprint) {
        return byId.values().stream()
                .filter(incident -> incident.firing().contains(fingerprint))
                .findFirst();
    }

    /** Opens one by hand. */
    public Incident open(String title, Severity severity, String author, String why, long atMillis) {
        return opened(title, severity, atMillis, atMillis, author, why, Map.of());
    }

    private Incident opened(
            String title,
            Severity severity,
            long startedMillis,
            long atMillis,
            String author,
            String why,
            Map<String, String> cause) {
        Incident incident = Incident.open(++lastId, title, severity, startedMillis, atMillis, author, why);
        byId.put(incident.id(), incident);
        causes.put(incident.id(), cause);
        return incident;
    }

    /**
     * Changes one.
     *
     * @throws IllegalArgumentException if there is none of that number
     * @throws IllegalStateException if the step is not allowed; nothing is changed then
     */
    public Incident update(long id, UnaryOperator<Incident> step) {
        Incident incident = find(id).orElseThrow(() -> new IllegalArgumentException("there is no incident " + id));
        Incident next = step.apply(incident);
        byId.put(id, next);
        return next;
    }

    /**
     * Makes one part of another, with its alerts.
     *
     * @return both, the merged one first
     */
    public List<Incident> merge(long id, long into, String author, long atMillis) {
        if (id == into) {
            throw new IllegalArgumentException("an incident cannot be merged into itself");
        }
        Incident target = find(into).orElseThrow(() -> new IllegalArgumentException("there is no incident " + into));
        Incident merged = update(
                id, incident -> incident.moveTo(IncidentState.MERGED, author, "into incident " + into, atMillis));
        Incident grown = target;
        for (String fingerprint : merged.fingerprints()) {
            grown = grown.alertFired(
                    fingerprint, merged.severity(), "of incident " + id + ": " + merged.title(), atMillis);
            if (!merged.firing().contains(fingerprint)) {
                grown = grown.alertResolved(fingerprint, "of incident " + id, atMillis);
            }
        }
        byId.put(into, grown);
        return List.of(merged, grown);
    }

    /** One by its number. */
    public Optional<Incident> find(long id) {
        return Optional.ofNullable(byId.get(id));
    }

    /** All, the newest first. */
    public List<Incident> all() {
        List<Incident> all = new ArrayList<>(byId.values());
        java.util.Collections.reverse(all);
        return all;
    }
}
