package io.vitrine.gpu;

import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

import io.vitrine.gpu.nvml.CallWatch;
import io.vitrine.gpu.nvml.NvmlSymbol;

/** The calls that are inside the driver now, and since when. Any thread. */
final class CallMonitor implements CallWatch {

    private record InFlight(NvmlSymbol symbol, long sinceNanos) {}

    private final ProbeClock clock;
    private final GpuProbeSettings settings;
    private final Map<Thread, InFlight> calls = new ConcurrentHashMap<>();

    CallMonitor(GpuProbeSettings settings, ProbeClock clock) {
        this.settings = settings;
        this.clock = clock;
    }

    @Override
    public void began(NvmlSymbol symbol) {
        calls.put(Thread.currentThread(), new InFlight(symbol, clock.nanoTime()));
    }

    @Override
    public void ended() {
        calls.remove(Thread.currentThread());
    }

    /** A call other than a wait for events that is past its deadline, in words. */
    Optional<String> overdue(long nowNanos) {
        return calls.values().stream()
                .filter(call -> call.symbol() != NvmlSymbol.EVENT_SET_WAIT)
                .filter(call -> nowNanos - call.sinceNanos() > deadline(call).toNanos())
                .findFirst()
                .map(call -> String.format(
                        Locale.ROOT,
                        "%s has not returned for %.1f s",
                        call.symbol().exported(),
                        (nowNanos - call.sinceNanos()) * 1e-9));
    }

    /** Whether a call is inside the driver. */
    boolean inside(NvmlSymbol symbol) {
        return calls.values().stream().anyMatch(call -> call.symbol() == symbol);
    }

    private Duration deadline(InFlight call) {
        return call.symbol() == NvmlSymbol.INIT ? settings.initDeadline() : settings.callDeadline();
    }
}
