package io.vitrine.server.live;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

import io.vitrine.observability.MeterReading;
import io.vitrine.observability.catalogue.EventName;
import io.vitrine.observability.catalogue.LogCategory;
import io.vitrine.server.history.LogLine;
import io.vitrine.server.history.LoggedRow;
import io.vitrine.server.history.RequestRow;
import io.vitrine.server.history.StepLine;
import io.vitrine.server.history.Tail;
import io.vitrine.server.live.LiveFeed.LiveEvent;
import io.vitrine.store.telemetry.LogRow;
import io.vitrine.store.telemetry.StepRow;

/** Brings what telemetry stores, and the readings of meters, into one feed. */
public final class LiveServer implements Tail.Follower {

    private static final long LEAST_NANOS = TimeUnit.MILLISECONDS.toNanos(900);

    private final LiveFeed feed;
    private final OverviewTracker overview;
    private final SlotBoard slots;
    private long tickedNanos = System.nanoTime() - LEAST_NANOS;

    /**
     * Follows nothing yet.
     *
     * @param capacity events of each topic that are kept
     * @param meters reads series of some names
     */
    public LiveServer(int capacity, Function<Set<String>, Optional<List<MeterReading>>> meters, SlotBoard slots) {
        this.feed = new LiveFeed(capacity);
        this.overview = new OverviewTracker(meters);
        this.slots = slots;
    }

    private record Steps(List<StepRow> rows, List<SlotBoard.Occupied> slots) {}

    public LiveFeed feed() {
        return feed;
    }

    public OverviewTracker overview() {
        return overview;
    }

    /** Reads the meters and publishes the reading; to be called each second, one call at a time. */
    public void tick() {
        long now = System.nanoTime();
        if (now - tickedNanos < LEAST_NANOS) {
            // The loop was busy, and its timer catches up.
            return;
        }
        tickedNanos = now;
        feed.publish(LiveTopic.OVERVIEW, null, overview.read());
    }

    @Override
    public void logged(LogRow row) {
        LoggedRow logged = LoggedRow.of(row);
        feed.publish(LiveTopic.LOGS, row.tenantId(), logged);
        if (row.event().equals(EventName.REQUEST_COMPLETED.label())) {
            feed.publish(LiveTopic.REQUESTS, row.tenantId(), logged);
            overview.ended(RequestRow.of(row));
        }
        if (row.category().equals(LogCategory.ALERT.label())) {
            feed.publish(LiveTopic.ALERTS, null, logged);
        }
    }

    @Override
    public void stepped(List<StepRow> rows) {
        feed.publish(LiveTopic.STEPS, null, new Steps(rows, slots.occupied()));
    }

    /** An event as it is shown; made when it is read. */
    public static Object shown(LiveEvent event) {
        if (event.content() instanceof Steps steps) {
            Map<String, Object> shown = new LinkedHashMap<>();
            shown.put("steps", steps.rows().stream().map(StepLine::of).toList());
            shown.put("slots", steps.slots());
            return shown;
        }
        if (event.content() instanceof LoggedRow logged) {
            return event.topic() == LiveTopic.REQUESTS ? RequestRow.of(logged.row()) : LogLine.of(logged.row());
        }
        return event.content();
    }
}
