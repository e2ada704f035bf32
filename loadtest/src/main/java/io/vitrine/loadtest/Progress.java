package io.vitrine.loadtest;

import java.io.PrintWriter;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

import io.vitrine.loadtest.client.RunMonitor;
import io.vitrine.loadtest.client.RunMonitor.Reading;

/** Live numbers of a run on one line, drawn again and again on a terminal, else now and then on a line of its own. */
final class Progress implements AutoCloseable {

    private static final long REDRAW_MILLIS = 500;
    private static final long LINE_MILLIS = 5000;

    private final PrintWriter err;
    private final boolean terminal;
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "load-progress");
        thread.setDaemon(true);
        return thread;
    });

    private final ScheduledFuture<?> timer;

    /** @param expected what ends the run */
    Progress(PrintWriter err, boolean terminal, String stage, RunMonitor monitor, Expected expected) {
        this.err = err;
        this.terminal = terminal;
        long start = System.nanoTime();
        long period = terminal ? REDRAW_MILLIS : LINE_MILLIS;
        Line line = new Line(stage, expected);
        timer = clock.scheduleAtFixedRate(
                () -> show(line.of(monitor.read(), (System.nanoTime() - start) / 1e9)),
                period,
                period,
                TimeUnit.MILLISECONDS);
    }

    private void show(String line) {
        if (terminal) {
            err.print("\r\033[K" + line);
        } else {
            err.println(line);
        }
        err.flush();
    }

    @Override
    public void close() {
        timer.cancel(false);
        clock.shutdownNow();
        if (terminal) {
            err.print("\r\033[K");
            err.flush();
        }
    }

    /** What ends a run: a number of requests, a time, or whichever comes first. */
    record Expected(OptionalDouble requests, OptionalDouble seconds) {

        /** The estimate of the time left. */
        OptionalDouble secondsLeft(long ended, double elapsed) {
            double left = Double.POSITIVE_INFINITY;
            if (seconds.isPresent()) {
                left = Math.max(0, seconds.getAsDouble() - elapsed);
            }
            if (requests.isPresent() && ended > 0) {
                left = Math.min(left, Math.max(0, elapsed * (requests.getAsDouble() - ended) / ended));
            }
            return Double.isFinite(left) ? OptionalDouble.of(left) : OptionalDouble.empty();
        }
    }

    /** The line's text from one reading to the next. */
    static final class Line {

        private final String stage;
        private final Expected expected;
        private long tokens;
        private double elapsed;

        Line(String stage, Expected expected) {
            this.stage = stage;
            this.expected = expected;
        }

        String of(Reading reading, double now) {
            double rate = (reading.tokens() - tokens) / Math.max(1e-3, now - elapsed);
            tokens = reading.tokens();
            elapsed = now;
            OptionalDouble left = expected.secondsLeft(reading.ended(), now);
            return String.format(
                    Locale.ROOT,
                    "%s %.0f s: %d sent, %d in flight, %d ended, %d failed, %.0f tokens/s, TTFT %s, %s",
                    stage,
                    now,
                    reading.sent(),
                    reading.inFlight(),
                    reading.ended(),
                    reading.failed(),
                    rate,
                    Double.isNaN(reading.ttftMillis())
                            ? "–"
                            : String.format(Locale.ROOT, "%.0f ms", reading.ttftMillis()),
                    left.isPresent() ? String.format(Locale.ROOT, "%.0f s left", left.getAsDouble()) : "time unknown");
        }
    }
}
