package io.vitrine.alerting.rules;

import java.time.Duration;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

import io.vitrine.alerting.query.Query;
import org.jspecify.annotations.Nullable;

/**
 * An {@link Alert} as it is written down: its rule by name, since the rule itself is configuration.
 *
 * @param endReasonOrNull null while it has not ended
 */
public record StoredAlert(
        String rule,
        SortedMap<String, String> labels,
        AlertState state,
        double value,
        long activeSinceMillis,
        long changedMillis,
        Alert.@Nullable EndReason endReasonOrNull) {

    public StoredAlert {
        labels = Collections.unmodifiableSortedMap(new TreeMap<>(labels));
    }

    /** An alert that has not ended. */
    public static StoredAlert unended(
            String rule,
            SortedMap<String, String> labels,
            AlertState state,
            double value,
            long activeSinceMillis,
            long changedMillis) {
        return new StoredAlert(rule, labels, state, value, activeSinceMillis, changedMillis, null);
    }

    /** What is written of an alert. */
    public static StoredAlert of(Alert alert) {
        return new StoredAlert(
                alert.rule().name(),
                alert.labels(),
                alert.state(),
                alert.value(),
                alert.activeSinceMillis(),
                alert.changedMillis(),
                alert.endReason().orElse(null));
    }

    /** The alert, of the rule that has its name now. */
    public Alert toAlert(AlertRule of) {
        return new Alert(
                of, labels, state, value, activeSinceMillis, changedMillis, Optional.ofNullable(endReasonOrNull));
    }

    /** The same, resolved because its rule is not configured any more. */
    public Alert orphaned(long atMillis) {
        Severity severity = Severity.valueOf(labels.getOrDefault(AlertRule.SEVERITY_LABEL, Severity.P3.name()));
        Threshold never = Threshold.parse("> 0");
        AlertRule removed = new AlertRule(
                rule,
                severity,
                Query.parse("vector(0)"),
                never,
                never.negated(),
                Optional.empty(),
                Duration.ZERO,
                Duration.ZERO,
                new TreeMap<>(),
                Template.parse("rule " + rule + " was removed or has changed its labels"),
                "None: the rule is not configured any more.",
                "removed-rule");
        return new Alert(
                removed,
                labels,
                AlertState.RESOLVED,
                value,
                activeSinceMillis,
                atMillis,
                Optional.of(Alert.EndReason.NO_DATA));
    }
}
