package io.vitrine.alerting.slo;

import java.time.Duration;
import java.util.regex.Pattern;

import io.vitrine.alerting.query.PromDuration;
import io.vitrine.alerting.query.Query;

/**
 * One promise: of all events, at least the share {@code target} is good over {@code period}. Events are counted by
 * queries in which {@code {{.window}}} stands for a length of time, as in Sloth and OpenSLO.
 *
 * @param name unique, lower case with hyphens, such as {@code chat-ttft}
 * @param bad counts the events that break the promise; may have no result while there are none
 * @param total counts all events, with the same labels, of which there are {@code model} and {@code tenant_class} at
 *      most: each label set has a budget and meters of its own
 * @param target share of good events, between 0 and 1
 * @param period over which the error budget is reckoned
 * @param minEvents fewer events in a window say nothing: no alert is raised from them
 */
public record Objective(
        String name, String description, String bad, String total, double target, Duration period, long minEvents) {

    static final String WINDOW = "{{.window}}";

    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9-]{1,59}");
    private static final Duration MAX_PERIOD = Duration.ofDays(90);

    public Objective {
        require(NAME.matcher(name).matches(), "the name of an objective must be lower case with hyphens: " + name);
        require(target > 0 && target < 1, name + ": target must be between 0 and 1: " + target);
        require(
                !period.isNegative() && period.compareTo(Duration.ofHours(1)) >= 0 && period.compareTo(MAX_PERIOD) <= 0,
                name + ": period must be 1h to 90d: " + PromDuration.format(period));
        require(minEvents >= 0, name + ": min-events must not be negative: " + minEvents);
        require(bad.contains(WINDOW) && total.contains(WINDOW), name + ": a query must have " + WINDOW + " in it");
        for (String text : new String[] {bad, total}) {
            Query query = Query.parse(over(text, Duration.ofMinutes(5)));
            require(
                    query.counts(),
                    name + ": a query must count by increase(…) or rate(…) only, without offset: " + text);
            require(
                    query.labels().filter(SloSeries.EVENT_LABELS::containsAll).isPresent(),
                    name + ": a query must be aggregated by labels among " + SloSeries.EVENT_LABELS
                            + ", such as sum by (model) (…): " + text);
        }
    }

    private static void require(boolean holds, String message) {
        if (!holds) {
            throw new IllegalArgumentException(message);
        }
    }

    private static String over(String query, Duration window) {
        return query.replace(WINDOW, PromDuration.format(window));
    }

    /** Counts all events of a window. */
    public String total(Duration window) {
        return "(" + over(total, window) + ")";
    }

    /**
     * Counts the bad events of a window: 0 where there are events and no bad ones, nothing where there are no events.
     */
    public String bad(Duration window) {
        return "((" + over(bad, window) + ") or " + total(window) + " * 0)";
    }

    /** Share of bad events that the promise allows. */
    public double allowedShare() {
        return Math.rint((1 - target) * 1e9) / 1e9;
    }
}
