package io.vitrine.alerting.routing;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

import io.vitrine.alerting.rules.StoredAlert;

/**
 * What an {@link AlertRouter} must not forget over a restart: which messages it has sent, and how often alerts came to fire.
 *
 * @param groups by key
 * @param starts times at which an alert came to fire, by fingerprint
 */
public record RouterState(Map<String, GroupState> groups, Map<String, List<Long>> starts) {

    /** Nothing has fired yet. */
    public static final RouterState EMPTY = new RouterState(Map.of(), Map.of());

    public RouterState {
        groups = Collections.unmodifiableMap(new LinkedHashMap<>(groups));
        starts = Collections.unmodifiableMap(new TreeMap<>(starts));
    }

    /**
     * One group.
     *
     * @param resolved alerts whose end is still to be sent
     * @param known fingerprints of alerts that receivers know as firing
     * @param reportedFlapping fingerprints of alerts that were reported as flapping
     * @param lastSentMillis -1 before the first message
     * @param acknowledgementSent whether the receivers have been notified of the acknowledgement
     */
    public record GroupState(
            String route,
            SortedMap<String, String> labels,
            long beganMillis,
            List<StoredAlert> resolved,
            Set<String> known,
            Set<String> reportedFlapping,
            long lastSentMillis,
            boolean acknowledged,
            boolean acknowledgementSent,
            boolean escalated) {

        public GroupState {
            labels = Collections.unmodifiableSortedMap(new TreeMap<>(labels));
            resolved = List.copyOf(resolved);
            known = Collections.unmodifiableSet(new TreeSet<>(known));
            reportedFlapping = Collections.unmodifiableSet(new TreeSet<>(reportedFlapping));
        }
    }
}
