package io.vitrine.alerting.routing;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

import io.vitrine.alerting.routing.Notification.Kind;
import io.vitrine.alerting.routing.RouterState.GroupState;
import io.vitrine.alerting.rules.Alert;
import io.vitrine.alerting.rules.AlertRule;
import io.vitrine.alerting.rules.AlertState;
import io.vitrine.alerting.rules.StoredAlert;

/**
 * Decides which messages are due. Takes the alerts as they change and is asked at every evaluation; has no clock of its own and delivers
 * nothing. Not thread-safe.
 */
public final class AlertRouter {

    private final RoutingPlan plan;
    private final Map<String, Silence> silences = new LinkedHashMap<>();
    private final Map<String, Alert> firing = new LinkedHashMap<>();
    private final Map<String, Deque<Long>> starts = new HashMap<>();
    private final Map<String, Group> groups = new LinkedHashMap<>();

    public AlertRouter(RoutingPlan plan) {
        this.plan = plan;
    }

    private static final class Group {
        private final Route route;
        private final String key;
        private final Map<String, String> labels;
        private final long beganMillis;
        private final Map<String, Alert> resolved = new LinkedHashMap<>();
        private final Set<String> known = new HashSet<>();
        private final Set<String> reportedFlapping = new HashSet<>();
        private long lastSentMillis = -1;
        private boolean acknowledged;
        private boolean acknowledgementSent;
        private boolean escalated;

        Group(Route route, String key, Map<String, String> labels, long beganMillis) {
            this.route = route;
            this.key = key;
            this.labels = labels;
            this.beganMillis = beganMillis;
        }

        Group(Route route, String key, GroupState written, Map<String, AlertRule> rules) {
            this(route, key, written.labels(), written.beganMillis());
            for (StoredAlert alert : written.resolved()) {
                AlertRule rule = rules.get(alert.rule());
                Alert ended = rule == null ? alert.orphaned(alert.changedMillis()) : alert.toAlert(rule);
                resolved.put(ended.fingerprint(), ended);
            }
            known.addAll(written.known());
            reportedFlapping.addAll(written.reportedFlapping());
            lastSentMillis = written.lastSentMillis();
            acknowledged = written.acknowledged();
            acknowledgementSent = written.acknowledgementSent();
            escalated = written.escalated();
        }

        GroupState state() {
            return new GroupState(
                    route.name(),
                    new TreeMap<>(labels),
                    beganMillis,
                    resolved.values().stream().map(StoredAlert::of).toList(),
                    known,
                    reportedFlapping,
                    lastSentMillis,
                    acknowledged,
                    acknowledgementSent,
                    escalated);
        }

        /** Who is notified of what happens from now on. */
        List<String> receivers() {
            return escalated
                    ? Stream.concat(route.receivers().stream(), route.escalateTo().stream())
                            .distinct()
                            .toList()
                    : route.receivers();
        }
    }

    /** What is to be written down. */
    public RouterState state() {
        Map<String, GroupState> written = new LinkedHashMap<>();
        groups.forEach((key, group) -> written.put(key, group.state()));
        Map<String, List<Long>> times = new HashMap<>();
        starts.forEach((fingerprint, started) -> times.put(fingerprint, List.copyOf(started)));
        return new RouterState(written, times);
    }

    /**
     * Puts back what was written down; before anything else. Groups of routes that are not configured any more are forgotten, so
     * that their alerts are sent again by the routes that take them now.
     *
     * @param firingNow alerts that fired when it was written, of rules that are still there
     * @param rules by name
     */
    public void restore(RouterState state, Collection<Alert> firingNow, Map<String, AlertRule> rules) {
        state.groups()
                .forEach((key, written) -> plan.routes().stream()
                        .filter(route -> route.name().equals(written.route()))
                        .findFirst()
                        .ifPresent(route -> groups.put(key, new Group(route, key, written, rules))));
        state.starts().forEach((fingerprint, times) -> starts.put(fingerprint, new ArrayDeque<>(times)));
        firingNow.forEach(alert -> firing.put(alert.fingerprint(), alert));
    }

    /** Takes alerts that have come to fire, or are resolved; pending ones are ignored. */
    public void changed(Collection<Alert> changes, long atMillis) {
        for (Alert alert : changes) {
            if (alert.state() == AlertState.FIRING) {
                firing.put(alert.fingerprint(), alert);
                starts.computeIfAbsent(alert.fingerprint(), key -> new ArrayDeque<>())
                        .add(atMillis);
                groupOf(alert, atMillis).resolved.remove(alert.fingerprint());
            } else if (alert.state() == AlertState.RESOLVED && firing.remove(alert.fingerprint()) != null) {
                groupOf(alert, atMillis).resolved.put(alert.fingerprint(), alert);
            }
        }
    }

    private Group groupOf(Alert alert, long atMillis) {
        Route route = plan.route(alert.labels());
        TreeMap<String, String> labels = new TreeMap<>();
        route.groupBy().forEach(label -> labels.put(label, alert.labels().getOrDefault(label, "")));
        return groups.computeIfAbsent(route.name() + labels, key -> new Group(route, key, labels, atMillis));
    }

    /** Adds or replaces a silence. */
    public void silence(Silence silence) {
        silences.put(silence.id(), silence);
    }

    /** Ends a silence; says whether there was one. */
    public boolean expire(String id) {
        return silences.remove(id) != null;
    }

    /** Silences that have not ended. */
    public List<Silence> silences(long atMillis) {
        silences.values().removeIf(silence -> silence.endMillis() <= atMillis);
        return List.copyOf(silences.values());
    }

    /** Somebody looks after the alert with this fingerprint: its group is not escalated and not repeated. */
    public boolean acknowledge(String fingerprint) {
        Alert alert = firing.get(fingerprint);
        if (alert == null) {
            return false;
        }
        groupOf(alert, alert.changedMillis()).acknowledged = true;
        return true;
    }

    /** Whether somebody looks after the alert's group. */
    public boolean isAcknowledged(Alert alert) {
        return firing.containsKey(alert.fingerprint()) && groupOf(alert, alert.changedMillis()).acknowledged;
    }

    /** Why an alert sends no messages now; empty if it may. */
    public Optional<String> suppression(Alert alert, long atMillis) {
        for (Silence silence : silences(atMillis)) {
            if (silence.covers(alert.labels(), atMillis)) {
                return Optional.of("silence " + silence.id());
            }
        }
        for (MaintenanceWindow window : plan.maintenance()) {
            if (window.covers(alert.labels(), atMillis)) {
                return Optional.of("maintenance " + window.name());
            }
        }
        for (Alert other : firing.values()) {
            for (Inhibition inhibition : plan.inhibitions()) {
                if (inhibition.inhibits(other.labels(), alert.labels())) {
                    return Optional.of("inhibited by " + other.rule().name());
                }
            }
        }
        return Optional.empty();
    }

    /** Whether an alert has come to fire too often within the window. */
    public boolean isFlapping(String fingerprint, long atMillis) {
        Deque<Long> times = starts.get(fingerprint);
        if (times == null) {
            return false;
        }
        long from = atMillis - plan.flapping().window().toMillis();
        while (!times.isEmpty() && times.peekFirst() < from) {
            times.removeFirst();
        }
        if (times.isEmpty()) {
            starts.remove(fingerprint);
        }
        return times.size() >= plan.flapping().count();
    }

    /** The messages that are due at a time. Each is returned once: who gets it must not lose it. */
    public List<Notification> due(long atMillis) {
        List<Notification> notifications = new ArrayList<>();
        groups.values().removeIf(group -> {
            due(group, atMillis, notifications);
            return isOver(group);
        });
        return notifications;
    }

    private boolean isOver(Group group) {
        return group.resolved.isEmpty() && members(group).isEmpty();
    }

    private List<Alert> members(Group group) {
        return firing.values().stream()
                .filter(alert -> groupOf(alert, alert.changedMillis()) == group)
                .toList();
    }

    private void due(Group group, long atMillis, List<Notification> notifications) {
        List<Alert> sendable = members(group).stream()
                .filter(alert -> suppression(alert, atMillis).isEmpty())
                .toList();
        // An alert whose firing was not sent is not sent as resolved either; a silence has the same effect.
        group.resolved.keySet().retainAll(group.known);
        if (group.route.during().map(hours -> !hours.contains(atMillis)).orElse(false)) {
            return;
        }
        if (escalates(group, sendable, atMillis)) {
            group.escalated = true;
            send(group, Kind.ESCALATION, group.route.escalateTo(), sendable, List.of(), atMillis, notifications);
        }
        if (group.acknowledged && !group.acknowledgementSent && !group.known.isEmpty()) {
            group.acknowledgementSent = true;
            send(group, Kind.ACKNOWLEDGED, group.receivers(), sendable, List.of(), atMillis, notifications);
        }
        List<Alert> flapping = sendable.stream()
                .filter(alert -> isFlapping(alert.fingerprint(), atMillis))
                .toList();
        List<Alert> resolved = List.copyOf(group.resolved.values());
        Optional<Kind> kind = kind(group, sendable, flapping, resolved, atMillis);
        if (kind.isPresent()) {
            group.lastSentMillis = atMillis;
            flapping.forEach(alert -> group.reportedFlapping.add(alert.fingerprint()));
            group.reportedFlapping.removeIf(fingerprint -> !isFlapping(fingerprint, atMillis));
            send(group, kind.get(), group.receivers(), sendable, resolved, atMillis, notifications);
            sendable.forEach(alert -> group.known.add(alert.fingerprint()));
            resolved.forEach(alert -> group.known.remove(alert.fingerprint()));
            group.resolved.clear();
        }
    }

    private Optional<Kind> kind(
            Group group, List<Alert> sendable, List<Alert> flapping, List<Alert> resolved, long atMillis) {
        long wait = group.lastSentMillis < 0
                ? group.beganMillis + group.route.groupWait().toMillis()
                : group.lastSentMillis + group.route.groupInterval().toMillis();
        if (atMillis < wait) {
            return Optional.empty();
        }
        if (flapping.stream().anyMatch(alert -> !group.reportedFlapping.contains(alert.fingerprint()))) {
            return Optional.of(Kind.FLAPPING);
        }
        boolean quiet = !group.reportedFlapping.isEmpty()
                && group.reportedFlapping.stream().anyMatch(fingerprint -> isFlapping(fingerprint, atMillis));
        boolean news = sendable.stream()
                .anyMatch(alert -> !group.known.contains(alert.fingerprint())
                        && !group.reportedFlapping.contains(alert.fingerprint()));
        if (news) {
            return Optional.of(Kind.FIRING);
        }
        if (!resolved.isEmpty() && !quiet) {
            return Optional.of(Kind.RESOLVED);
        }
        boolean repeat = !sendable.isEmpty()
                && !group.acknowledged
                && !quiet
                && group.lastSentMillis >= 0
                && atMillis - group.lastSentMillis
                        >= group.route.repeatInterval().toMillis();
        return repeat ? Optional.of(Kind.REPEAT) : Optional.empty();
    }

    private static boolean escalates(Group group, List<Alert> sendable, long atMillis) {
        return !sendable.isEmpty()
                && !group.acknowledged
                && !group.escalated
                && !group.route.escalateTo().isEmpty()
                && group.lastSentMillis >= 0
                && group.route
                        .due()
                        .map(due -> atMillis - group.beganMillis >= due.toMillis())
                        .orElse(false);
    }

    private static void send(
            Group group,
            Kind kind,
            List<String> receivers,
            List<Alert> firing,
            List<Alert> resolved,
            long atMillis,
            List<Notification> notifications) {
        for (String receiver : receivers) {
            notifications.add(new Notification(
                    receiver, group.route.name(), group.key, group.labels, kind, firing, resolved, atMillis));
        }
    }

    /** Alerts that fire now. */
    public List<Alert> firing() {
        return List.copyOf(firing.values());
    }
}
