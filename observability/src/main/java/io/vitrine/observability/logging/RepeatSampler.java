package io.vitrine.observability.logging;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import io.vitrine.model.engine.NanoClock;
import io.vitrine.observability.catalogue.EventName;
import org.apache.logging.log4j.Level;

/**
 * Lets the first few lines of each kind through in an interval, and counts the others: a full queue that refuses a thousand
 * requests a second says so ten times a minute, and then how often it was.
 *
 * <p>Any thread. Takes a lock, for as long as a look into a small map takes; only lines of floods come here.
 */
final class RepeatSampler {

    /** What repeats what. */
    record Kind(EventName event, Level level, Optional<String> errorType, Optional<String> logger, String text) {

        /** All that do not fit into the map, of one event. */
        Kind withoutDetails() {
            return new Kind(event, level, Optional.empty(), Optional.empty(), "");
        }
    }

    /** How many lines of a kind were left out in an interval that is over. */
    record LeftOut(Kind kind, long count, long intervalNanos) {}

    /** More kinds than this in one interval share a count for each event. */
    private static final int MAX_KINDS = 256;

    private final int limit;
    private final long intervalNanos;
    private final NanoClock clock;
    private final Map<Kind, Integer> seen = new HashMap<>();
    private List<LeftOut> reports = new ArrayList<>();
    private long startNanos;

    RepeatSampler(int limit, long intervalNanos, NanoClock clock) {
        this.limit = limit;
        this.intervalNanos = intervalNanos;
        this.clock = clock;
        startNanos = clock.nanoTime();
    }

    /** Whether this line is to be written. */
    synchronized boolean admits(Kind kind) {
        endInterval();
        Kind counted = seen.size() < MAX_KINDS || seen.containsKey(kind) ? kind : kind.withoutDetails();
        return seen.merge(counted, 1, Integer::sum) <= limit;
    }

    /** Begins a new interval if this one is over. */
    synchronized void endInterval() {
        if (clock.nanoTime() - startNanos >= intervalNanos) {
            endNow();
        }
    }

    /** Begins a new interval, however long this one was. */
    synchronized void endNow() {
        long now = clock.nanoTime();
        seen.forEach((kind, count) -> {
            if (count > limit) {
                reports.add(new LeftOut(kind, (long) count - limit, now - startNanos));
            }
        });
        seen.clear();
        startNanos = now;
    }

    /** What was left out in intervals that are over, each told once. */
    synchronized List<LeftOut> takeReports() {
        if (reports.isEmpty()) {
            return List.of();
        }
        List<LeftOut> taken = reports;
        reports = new ArrayList<>();
        return taken;
    }
}
