package io.vitrine.server.faults;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * What came of a fault.
 *
 * @param firings by rule
 * @param paged names of the alerts that messages reported as firing
 * @param pagedDuring those of them before the fault's end
 * @param resolutions names of the alerts that messages reported as resolved
 */
record FaultRun(
        Fault fault,
        int pace,
        Map<String, Firing> firings,
        Set<String> paged,
        Set<String> pagedDuring,
        Set<String> resolutions,
        List<IncidentSeen> incidents,
        List<String> troubles) {

    /**
     * A rule that fired.
     *
     * @param detected from the fault to the state, on the alerts' clock
     * @param reset from the end of the fault, on the alerts' clock
     * @param sent whether it may send messages: it was not inhibited all the time
     */
    record Firing(String severity, Duration detected, Optional<Duration> reset, boolean sent) {

        boolean pages() {
            return sent && severity.compareTo("P1") <= 0;
        }
    }

    /**
     * An incident.
     *
     * @param items names of evidence that has content
     * @param missing by name, why
     */
    record IncidentSeen(String title, String severity, Set<String> items, Map<String, String> missing) {}

    /** Names of the alerts that a message is due for. */
    Set<String> due() {
        return firings.entrySet().stream()
                .filter(firing -> firing.getValue().pages())
                .map(Map.Entry::getKey)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** What is not as it should be; empty if all is. */
    List<String> problems() {
        List<String> problems = new ArrayList<>(troubles);
        fault.expected().forEach((rule, theory) -> {
            Firing firing = firings.get(rule);
            if (firing == null) {
                problems.add(rule + " does not fire");
            } else {
                // What the machine takes by itself is seen by samples: it may lie between two of them.
                if (firing.detected().plus(Theory.INTERVAL).compareTo(theory.holdFor()) < 0) {
                    problems.add(rule + " fires after " + firing.detected() + ", before its time");
                }
                if (fault.resets() && firing.reset().isEmpty()) {
                    problems.add(rule + " still fires");
                }
                if (firing.reset().isPresent() && firing.pages() && !resolutions.contains(rule)) {
                    problems.add("no message that " + rule + " is resolved");
                }
            }
        });
        firings.keySet().stream()
                .filter(rule -> !fault.expected().containsKey(rule)
                        && !fault.companions().containsKey(rule))
                .forEach(rule -> problems.add(rule + " fires, too"));
        if (!paged.equals(due())) {
            problems.add("messages about " + paged + ", due about " + due());
        }
        boolean opens =
                firings.values().stream().anyMatch(firing -> firing.severity().compareTo("P1") <= 0);
        if (opens == incidents.isEmpty()) {
            problems.add(opens ? "no incident" : "an incident without a page: " + incidents);
        }
        incidents.stream()
                .filter(incident -> !incident.items().containsAll(Set.of("alerts", "health", "threads", "meters")))
                .forEach(incident -> problems.add("evidence is missing: " + incident));
        return problems;
    }

    /** The evidence that any incident lacks, and why. */
    Map<String, String> missing() {
        Map<String, String> all = new TreeMap<>();
        incidents.forEach(incident -> all.putAll(incident.missing()));
        return all;
    }
}
