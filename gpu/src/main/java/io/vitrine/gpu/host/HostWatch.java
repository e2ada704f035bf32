package io.vitrine.gpu.host;

import java.time.Duration;
import java.util.function.LongSupplier;

import io.vitrine.gpu.ProbeClock;
import org.jspecify.annotations.Nullable;

/**
 * The host's reading for several who ask: however often they do, the kernel's files are read once in a while at most. Load, power and
 * bandwidth are of the time between the last two readings, whoever asked for them. Any thread that may read a file.
 */
public final class HostWatch {

    private final HostReader reader;
    private final ProbeClock clock;
    private final long freshNanos;
    private @Nullable HostReading latest;

    /** @param freshFor how long a reading is good enough for everybody */
    public HostWatch(HostReader reader, ProbeClock clock, Duration freshFor) {
        this.reader = reader;
        this.clock = clock;
        this.freshNanos = freshFor.toNanos();
    }

    /** The latest reading; a new one if that is no longer fresh. */
    public synchronized HostReading reading() {
        HostReading known = latest;
        if (known == null || clock.nanoTime() - known.takenAtNanos() >= freshNanos) {
            known = reader.read();
            latest = known;
        }
        return known;
    }

    /** A model runs on the processor: from now on the bandwidth of memory is told, by the bytes that its steps have read so far. */
    public synchronized void countStepBytes(LongSupplier bytesSoFar) {
        reader.countStepBytes(bytesSoFar);
        latest = null;
    }
}
