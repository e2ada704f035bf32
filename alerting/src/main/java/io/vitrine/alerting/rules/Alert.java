package io.vitrine.alerting.rules;

import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * One alert at one evaluation. Times are milliseconds since 1970.
 *
 * @param labels those of the value, of the rule, {@code alertname} and {@code severity}
 * @param value the last one read
 * @param activeSinceMillis when the comparison began to hold
 * @param changedMillis when it came into its state
 */
public record Alert(
        AlertRule rule,
        SortedMap<String, String> labels,
        AlertState state,
        double value,
        long activeSinceMillis,
        long changedMillis,
        Optional<EndReason> endReason) {

    /** Why an alert was resolved. */
    public enum EndReason {
        /** The value is clear. */
        CLEARED,
        /** The value has disappeared; whether it is clear is unknown. */
        NO_DATA
    }

    public Alert {
        labels = java.util.Collections.unmodifiableSortedMap(new TreeMap<>(labels));
    }

    /** The summary with this alert's numbers. */
    public String summary() {
        return rule.summary().fill(value, labels);
    }

    /** The same for the same rule and labels, whenever it fires: what notifications and incidents are merged by. */
    public String fingerprint() {
        long hash = 0xcbf29ce484222325L; // FNV-1a of 64 bits
        for (Map.Entry<String, String> label : labels.entrySet()) {
            for (char character : (label.getKey() + '\u0000' + label.getValue() + '\u0001').toCharArray()) {
                hash = (hash ^ character) * 0x100000001b3L;
            }
        }
        return String.format("%016x", hash);
    }
}
