package io.vitrine.gpu;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/** When a wait for events last ended as it should: only that proves that events still reach us. Any thread. */
final class EventHeartbeat {

    private final long silentAfterNanos;
    private volatile @Nullable Long beatNanos;
    private volatile boolean waiting;

    EventHeartbeat(Duration silentAfter) {
        this.silentAfterNanos = silentAfter.toNanos();
    }

    void beat(long nowNanos) {
        beatNanos = nowNanos;
    }

    /** Someone waits for events from now on. */
    void started(long nowNanos) {
        waiting = true;
        beatNanos = nowNanos;
    }

    EventState state(long nowNanos) {
        Long beat = beatNanos;
        if (!waiting || beat == null) {
            return EventState.OFF;
        }
        return nowNanos - beat > silentAfterNanos ? EventState.SILENT : EventState.ALIVE;
    }
}
