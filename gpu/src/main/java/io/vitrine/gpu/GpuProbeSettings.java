package io.vitrine.gpu;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

import io.vitrine.gpu.nvml.NvmlLibrary;

/**
 * How GPUs are read.
 *
 * @param library the driver's library, by file name or path
 * @param pollInterval time between two polls
 * @param eventWait how long one wait for events lasts; closing takes up to this long
 * @param callDeadline a call into the driver that takes longer makes the collector unresponsive
 * @param initDeadline the same for the first call, which can take seconds without persistence mode
 * @param lostRecheck how often a GPU that is lost, or a driver that is not there, is asked again
 * @param absenceRecheck how long a value that the GPU does not have is not asked for
 * @param measurePcieByCall whether PCIe throughput is measured by a call that blocks for 40 ms, on GPUs without byte counters
 * @param kernelLog the kernel's log, in which XIDs are looked for that did not come as events; empty for not
 */
public record GpuProbeSettings(
        String library,
        Duration pollInterval,
        Duration eventWait,
        Duration callDeadline,
        Duration initDeadline,
        Duration lostRecheck,
        Duration absenceRecheck,
        boolean measurePcieByCall,
        Optional<Path> kernelLog) {

    /** Every second, as the load changes with it; the rest as the pitfalls of drivers in the field ask. */
    public static final GpuProbeSettings DEFAULT = new GpuProbeSettings(
            NvmlLibrary.DEFAULT_NAME,
            Duration.ofSeconds(1),
            Duration.ofSeconds(1),
            Duration.ofSeconds(5),
            Duration.ofSeconds(30),
            Duration.ofSeconds(30),
            Duration.ofMinutes(10),
            true,
            Optional.empty());

    /** The same for another library and another time between polls. */
    public GpuProbeSettings with(String otherLibrary, Duration otherInterval) {
        return new GpuProbeSettings(
                otherLibrary,
                otherInterval,
                eventWait,
                callDeadline,
                initDeadline,
                lostRecheck,
                absenceRecheck,
                measurePcieByCall,
                kernelLog);
    }

    /** The same, looking for XIDs in a kernel's log too. */
    public GpuProbeSettings withKernelLog(Path log) {
        return new GpuProbeSettings(
                library,
                pollInterval,
                eventWait,
                callDeadline,
                initDeadline,
                lostRecheck,
                absenceRecheck,
                measurePcieByCall,
                Optional.of(log));
    }

    /** Refuses what cannot work. */
    public GpuProbeSettings {
        if (library.isBlank()) {
            throw new IllegalArgumentException("library must be a file name or a path: '" + library + "'");
        }
        within("pollInterval", pollInterval, Duration.ofMillis(10), Duration.ofHours(1));
        within("eventWait", eventWait, Duration.ofMillis(10), Duration.ofSeconds(10));
        within("callDeadline", callDeadline, Duration.ofMillis(10), Duration.ofMinutes(10));
        within("initDeadline", initDeadline, callDeadline, Duration.ofMinutes(10));
        within("lostRecheck", lostRecheck, Duration.ofMillis(10), Duration.ofHours(1));
        within("absenceRecheck", absenceRecheck, Duration.ofMillis(10), Duration.ofHours(24));
    }

    /** Readings older than this say nothing about the GPU any more: three polls, and at least 15 seconds. */
    public Duration staleAfter() {
        Duration threePolls = pollInterval.multipliedBy(3);
        Duration least = Duration.ofSeconds(15);
        return threePolls.compareTo(least) > 0 ? threePolls : least;
    }

    private static void within(String name, Duration value, Duration lowest, Duration highest) {
        if (value.compareTo(lowest) < 0 || value.compareTo(highest) > 0) {
            throw new IllegalArgumentException(name + " must be from " + lowest + " to " + highest + ": " + value);
        }
    }
}
