package io.vitrine.gpu;

import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/** Looks from outside whether the driver still answers. Makes no call into it, so nothing there can hold it up. */
final class Watchdog {

    private final GpuProbeSettings settings;
    private final GpuCollector collector;
    private final CallMonitor calls;
    private final GpuBoard board;
    private final ProbeClock clock;

    Watchdog(GpuProbeSettings settings, GpuCollector collector, CallMonitor calls, GpuBoard board, ProbeClock clock) {
        this.settings = settings;
        this.collector = collector;
        this.calls = calls;
        this.board = board;
        this.clock = clock;
    }

    void check() {
        long now = clock.nanoTime();
        Optional<String> stuck = calls.overdue(now);
        Duration age = board.latest().age(now);
        if (stuck.isPresent()) {
            board.stalled(stuck.get());
        } else if (collector.session().isPresent() && age.compareTo(settings.staleAfter()) > 0) {
            board.stalled(String.format(Locale.ROOT, "no poll has ended for %.1f s", age.toMillis() * 1e-3));
        }
    }

    /** How often to look: a deadline is noticed at most a quarter of itself too late. */
    Duration interval() {
        Duration quarter = settings.callDeadline().dividedBy(4);
        return quarter.compareTo(Duration.ofSeconds(1)) < 0 ? quarter : Duration.ofSeconds(1);
    }
}
