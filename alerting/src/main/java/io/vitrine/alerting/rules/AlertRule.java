package io.vitrine.alerting.rules;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import io.vitrine.alerting.query.Query;

/**
 * One alert: what is read, where it fires and where it clears. Each label set that {@code expr} yields is an alert of
 * its own.
 *
 * @param name unique, in CamelCase, such as {@code QueueFull}
 * @param expr the value that is compared
 * @param fires the comparison that must hold for {@code holdFor}
 * @param clears the comparison at which a firing alert may end; the contrary of {@code fires} unless it is given
 * @param when a guard, such as a least number of requests: without any result, nothing becomes active
 * @param holdFor how long it must hold before it fires
 * @param clearFor how long it must be clear before it is resolved
 * @param labels added to those of the value
 * @param summary one line with the numbers in it, a {@link Template}
 * @param action what to do, in a sentence
 * @param runbook name of the page in {@code docs/runbooks}, without its extension
 */
public record AlertRule(
        String name,
        Severity severity,
        Query expr,
        Threshold fires,
        Threshold clears,
        Optional<Query> when,
        Duration holdFor,
        Duration clearFor,
        SortedMap<String, String> labels,
        Template summary,
        String action,
        String runbook) {

    /** Labels that every alert has; a rule cannot set them. */
    static final String NAME_LABEL = "alertname";

    static final String SEVERITY_LABEL = "severity";

    private static final Pattern NAME = Pattern.compile("[A-Z][A-Za-z0-9]{2,79}");
    private static final Pattern RUNBOOK = Pattern.compile("[a-z0-9][a-z0-9-]{1,79}");
    private static final Pattern LABEL = Pattern.compile("[a-z_][a-z0-9_]*");

    public AlertRule {
        require(NAME.matcher(name).matches(), "the name of a rule must be in CamelCase: " + name);
        require(RUNBOOK.matcher(runbook).matches(), name + ": not the name of a runbook: " + runbook);
        require(!holdFor.isNegative() && !clearFor.isNegative(), name + ": a duration must not be negative");
        require(!action.isBlank(), name + ": the action is missing");
        require(!fires.overlaps(clears), name + ": fires (" + fires + ") and clears (" + clears + ") must not overlap");
        for (String label : labels.keySet()) {
            require(
                    LABEL.matcher(label).matches() && !label.equals(NAME_LABEL) && !label.equals(SEVERITY_LABEL),
                    name + ": a rule cannot set the label " + label);
        }
        labels = java.util.Collections.unmodifiableSortedMap(new TreeMap<>(labels));
    }

    private static void require(boolean holds, String message) {
        if (!holds) {
            throw new IllegalArgumentException(message);
        }
    }

    /** Whether a firing alert ends elsewhere than where it stops to fire. */
    boolean hasHysteresis() {
        return !clears.equals(fires.negated());
    }

    /** How far back it reads. */
    public Duration reach() {
        return longer(expr.reach(), when.map(Query::reach).orElse(Duration.ZERO));
    }

    /** Metrics that it reads, and how far back. */
    public Map<String, Duration> metrics() {
        Map<String, Duration> metrics = new HashMap<>();
        Stream.concat(Stream.of(expr), when.stream()).forEach(query -> query.metrics()
                .forEach(metric -> metrics.merge(metric, query.reach(), AlertRule::longer)));
        return metrics;
    }

    private static Duration longer(Duration one, Duration other) {
        return one.compareTo(other) >= 0 ? one : other;
    }

    /** Whether alerts of this rule have its name, severity and labels as these labels have them. */
    public boolean produces(Map<String, String> alertLabels) {
        return alertLabels.entrySet().containsAll(alertLabels(Map.of()).entrySet());
    }

    /** The labels of the alert for one label set of the value. */
    SortedMap<String, String> alertLabels(Map<String, String> valueLabels) {
        TreeMap<String, String> all = new TreeMap<>(valueLabels);
        all.putAll(labels);
        all.put(SEVERITY_LABEL, severity.name());
        all.put(NAME_LABEL, name);
        return all;
    }
}
