package io.vitrine.server.machine;

import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;

/**
 * What the server's process has used since its start: counters that only grow, so that two readings say what lay
 * between them. Independent of telemetry, whose cost they show. Any thread; a reading takes some microseconds a thread.
 */
final class ProcessUse {

    private final ThreadMXBean threads = ManagementFactory.getPlatformMXBean(ThreadMXBean.class);
    private final OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    /** Bytes that threads had allocated when they were last seen; those of threads that have ended stay in the sum. */
    private final Map<Long, Long> allocatedByThread = new HashMap<>();

    private long allocatedBytes;

    /** Times in nanoseconds; what a JVM does not report is left out. */
    Map<String, Object> reading(long engineSteps) {
        Map<String, Object> reading = new LinkedHashMap<>();
        reading.put(
                "uptime_nanos",
                TimeUnit.MILLISECONDS.toNanos(
                        ManagementFactory.getRuntimeMXBean().getUptime()));
        reading.put("cpu_nanos", system.getProcessCpuTime());
        if (threads.isThreadAllocatedMemorySupported() && threads.isThreadAllocatedMemoryEnabled()) {
            reading.put("allocated_bytes", allocatedBytes());
        }
        long collections = 0;
        long pauseMillis = 0;
        for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
            collections += Math.max(0, collector.getCollectionCount());
            pauseMillis += Math.max(0, collector.getCollectionTime());
        }
        reading.put("gc_collections", collections);
        reading.put("gc_nanos", TimeUnit.MILLISECONDS.toNanos(pauseMillis));
        reading.put("engine_steps", engineSteps);
        return reading;
    }

    private synchronized long allocatedBytes() {
        long[] ids = threads.getAllThreadIds();
        long[] bytes = threads.getThreadAllocatedBytes(ids);
        Map<Long, Long> seen = new HashMap<>();
        for (int index = 0; index < ids.length; index++) {
            if (bytes[index] >= 0) {
                allocatedBytes += bytes[index] - allocatedByThread.getOrDefault(ids[index], 0L);
                seen.put(ids[index], bytes[index]);
            }
        }
        allocatedByThread.clear();
        allocatedByThread.putAll(seen);
        return allocatedBytes;
    }
}
