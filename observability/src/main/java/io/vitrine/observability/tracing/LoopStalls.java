package io.vitrine.observability.tracing;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

import io.opentelemetry.api.common.Attributes;
import io.vitrine.observability.LoopWatch;
import io.vitrine.observability.catalogue.SpanAttributes;
import io.vitrine.observability.catalogue.SpanEvent;

/** When each event loop was held up: its beat came late. Any thread, but each loop's stalls are its own thread's. */
final class LoopStalls implements LoopWatch {

    /** Lateness that is none: timers are coarse, and other work is due. */
    static final long TOLERANCE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    static final long PERIOD_NANOS = TimeUnit.MILLISECONDS.toNanos(PERIOD_MILLIS);

    private static final int KEPT = 64;

    private final Map<Thread, Loop> loops = new ConcurrentHashMap<>();

    @Override
    public void beat(long atNanos) {
        loops.computeIfAbsent(Thread.currentThread(), thread -> new Loop()).beat(atNanos);
    }

    /** Stalls of the calling event loop between two times; one that is only just over too. */
    List<Interruption> overlapping(long fromNanos, long toNanos, WallClock clock) {
        Loop loop = loops.get(Thread.currentThread());
        return loop == null ? List.of() : loop.overlapping(fromNanos, toNanos, clock);
    }

    private record Stall(long startNanos, long endNanos) {}

    /** One event loop's; on its thread. */
    private static final class Loop {

        private final Deque<Stall> stalls = new ArrayDeque<>();
        private boolean beating;
        private long lastBeatNanos;

        void beat(long atNanos) {
            if (beating && late(atNanos)) {
                if (stalls.size() == KEPT) {
                    stalls.removeFirst();
                }
                stalls.addLast(new Stall(lastBeatNanos + PERIOD_NANOS, atNanos));
            }
            beating = true;
            lastBeatNanos = atNanos;
        }

        private boolean late(long atNanos) {
            return atNanos - lastBeatNanos > PERIOD_NANOS + TOLERANCE_NANOS;
        }

        List<Interruption> overlapping(long fromNanos, long toNanos, WallClock clock) {
            List<Stall> known = new ArrayList<>(stalls);
            if (beating && late(toNanos)) {
                known.add(new Stall(lastBeatNanos + PERIOD_NANOS, toNanos));
            }
            return known.stream()
                    .filter(stall -> stall.startNanos - toNanos <= 0 && stall.endNanos - fromNanos >= 0)
                    .map(stall -> interruption(stall, clock))
                    .toList();
        }

        private static Interruption interruption(Stall stall, WallClock clock) {
            long nanos = stall.endNanos - stall.startNanos;
            return new Interruption(
                    SpanEvent.EVENT_LOOP_STALL,
                    clock.epoch(stall.startNanos),
                    nanos,
                    Attributes.of(SpanAttributes.DURATION, nanos));
        }
    }
}
