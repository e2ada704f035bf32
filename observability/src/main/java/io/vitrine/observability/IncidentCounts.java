package io.vitrine.observability;

import java.time.Duration;
import java.util.List;

/**
 * The incidents at one time.
 *
 * @param unended by severity and state; a pair that is absent has none
 * @param meanTimes over the incidents of the last 30 days; a severity and phase without any is absent
 * @param overdueItems action items that are overdue
 */
public record IncidentCounts(List<Count> unended, List<MeanTime> meanTimes, long overdueItems) {

    /** Nothing has happened yet. */
    public static final IncidentCounts NONE = new IncidentCounts(List.of(), List.of(), 0);

    public IncidentCounts {
        unended = List.copyOf(unended);
        meanTimes = List.copyOf(meanTimes);
    }

    /** How many incidents of a severity are in a state; both as the catalogue labels them. */
    public record Count(String severity, String state, long count) {}

    /** Mean time from a cause to its detection, from that to acknowledgement or to resolution. */
    public record MeanTime(String severity, Phase phase, Duration mean) {}

    /** What the time ends with. */
    public enum Phase {
        DETECT,
        ACKNOWLEDGE,
        RESOLVE
    }
}
