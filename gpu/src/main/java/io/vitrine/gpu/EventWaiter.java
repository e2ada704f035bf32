package io.vitrine.gpu;

import java.time.Duration;
import java.util.Optional;

import io.vitrine.gpu.nvml.NvmlEvent;
import io.vitrine.gpu.nvml.NvmlEventSet;
import io.vitrine.gpu.nvml.NvmlResult;
import io.vitrine.gpu.nvml.NvmlReturn;
import io.vitrine.gpu.nvml.ProcessInfo;

/** Waits for the driver's events and brings them to the board. Its own thread: a wait that hangs holds up nobody else. */
final class EventWaiter {

    private static final Duration NOTHING_TO_WAIT_FOR = Duration.ofSeconds(1);
    private static final Duration EARLY_TIMEOUT = Duration.ofMillis(100);
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

    private final GpuCollector collector;
    private final GpuBoard board;
    private final EventHeartbeat heartbeat;
    private final ProbeClock clock;
    private Duration pause = Duration.ZERO;

    EventWaiter(GpuCollector collector, GpuBoard board, EventHeartbeat heartbeat, ProbeClock clock) {
        this.collector = collector;
        this.board = board;
        this.heartbeat = heartbeat;
        this.clock = clock;
    }

    /** Waits once; the answer is how long to rest before the next time. */
    Duration waitOnce(Duration wait) {
        collector.gate().lock();
        try {
            Optional<NvmlSession> session = collector.session();
            Optional<NvmlEventSet> events = session.flatMap(NvmlSession::events);
            return events.isEmpty() ? NOTHING_TO_WAIT_FOR : waitOnce(session.get(), events.get(), wait);
        } finally {
            collector.gate().unlock();
        }
    }

    private Duration waitOnce(NvmlSession session, NvmlEventSet events, Duration wait) {
        long start = clock.nanoTime();
        NvmlResult<NvmlEvent> result = events.await((int) wait.toMillis());
        NvmlEvent event = result.value();
        if (event != null || result.returned() == NvmlReturn.TIMEOUT) {
            long now = clock.nanoTime();
            heartbeat.beat(now);
            pause = Duration.ZERO;
            if (event != null) {
                session.whose(event).map(gpu -> event(event, gpu, now)).ifPresent(board::arrived);
                return Duration.ZERO;
            }
            boolean early = now - start <= wait.toNanos() / 2;
            return early ? EARLY_TIMEOUT : Duration.ZERO;
        }
        // The set may be undefined now, and a lost GPU in it answers at once and for ever: without a pause this would
        // spin a core.
        session.freeEvents();
        session.buildEvents();
        pause = pause.isZero() ? FIRST_PAUSE : shorter(pause.multipliedBy(2), LONGEST_PAUSE);
        return pause;
    }

    private GpuEvent event(NvmlEvent event, GpuIdentity gpu, long now) {
        GpuEvent.Kind kind = GpuEvent.Kind.of(event.type());
        String where = event.gpuInstance() == ProcessInfo.NO_INSTANCE ? "" : ", GPU instance " + event.gpuInstance();
        if (kind != GpuEvent.Kind.XID) {
            return new GpuEvent(kind, gpu, null, kind.words() + where, now, clock.now());
        }
        Xid xid = XidTable.find((int) Math.min(event.data(), Integer.MAX_VALUE));
        String detail = "XID " + xid.code() + ": " + xid.meaning() + where + "; " + xid.action();
        return new GpuEvent(kind, gpu, xid, detail, now, clock.now());
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }
}
