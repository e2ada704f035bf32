package io.vitrine.observability.metrics;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

import io.vitrine.observability.catalogue.TelemetryMeters;
import io.vitrine.observability.catalogue.TelemetryWork;

/**
 * Adds up the processor time of telemetry's own threads, which are known by their names, and of scrapes. A thread that has
 * ended keeps what it had used when last looked at. Any thread.
 */
final class TelemetryCpu {

    private static final double NANOS_PER_SECOND = 1e9;

    /** How the threads of Log4j, of span export, OpenTelemetry, its HTTP client and the store are named. */
    private static final Map<String, TelemetryWork> BY_PREFIX = Map.of(
            "Log4j2", TelemetryWork.LOG,
            "AsyncAppender", TelemetryWork.LOG,
            "PeriodicMetricReader", TelemetryWork.EXPORT,
            "vitrine-span-export", TelemetryWork.EXPORT,
            "OkHttp", TelemetryWork.EXPORT,
            "okhttp", TelemetryWork.EXPORT,
            "telemetry-writer", TelemetryWork.STORE,
            "vitrine-archive", TelemetryWork.STORE);

    private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    private final Map<TelemetryWork, Long> nanos = new EnumMap<>(TelemetryWork.class);
    private final Map<Long, Long> lastByThread = new HashMap<>();

    TelemetryCpu(Instruments instruments) {
        for (TelemetryWork work : TelemetryWork.values()) {
            nanos.put(work, 0L);
            instruments.counted(TelemetryMeters.CPU_TIME, () -> seconds(work), work.label());
        }
    }

    /** Looks at the threads there are. */
    synchronized void refresh() {
        ThreadInfo[] infos = threads.getThreadInfo(threads.getAllThreadIds());
        for (ThreadInfo info : infos) {
            if (info != null) {
                workOf(info.getThreadName()).ifPresent(work -> add(work, info.getThreadId()));
            }
        }
        Set<Long> alive =
                java.util.Arrays.stream(threads.getAllThreadIds()).boxed().collect(Collectors.toSet());
        lastByThread.keySet().retainAll(alive);
    }

    /** The calling thread's processor time, for {@link #scraped}. */
    long now() {
        return threads.isCurrentThreadCpuTimeSupported() ? threads.getCurrentThreadCpuTime() : 0;
    }

    /** Counts what the calling thread has used since {@code before}. */
    synchronized void scraped(long before) {
        nanos.merge(TelemetryWork.SCRAPE, now() - before, Long::sum);
    }

    private static Optional<TelemetryWork> workOf(String threadName) {
        return BY_PREFIX.entrySet().stream()
                .filter(entry -> threadName.startsWith(entry.getKey()))
                .map(Map.Entry::getValue)
                .findFirst();
    }

    private void add(TelemetryWork work, long threadId) {
        long used = threads.getThreadCpuTime(threadId);
        if (used >= 0) {
            Long before = lastByThread.put(threadId, used);
            nanos.merge(work, used - (before == null ? 0 : before), Long::sum);
        }
    }

    private synchronized double seconds(TelemetryWork work) {
        return nanos.getOrDefault(work, 0L) / NANOS_PER_SECOND;
    }
}
