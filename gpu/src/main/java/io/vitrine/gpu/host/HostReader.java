package io.vitrine.gpu.host;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.stream.Stream;

import io.vitrine.gpu.ProbeClock;
import org.jspecify.annotations.Nullable;

/**
 * Reads processor, memory and power of a Linux machine. Small files of the kernel, a few microseconds: may be called from any thread that
 * may read a file, one at a time, as load and power are differences to the call before.
 */
public final class HostReader {

    private static final double KIBI = 1024;
    private static final double MICRO = 1e-6;
    private static final String NOT_TOLD = "this machine does not tell";
    private static final String NO_MODEL = "no model runs on the processor here";

    /** The first two readings make one difference. */
    static final String NEEDS_TWO = "needs a second reading";

    private final Path root;
    private final ProbeClock clock;
    private final Map<Path, Double> energyBefore = new HashMap<>();
    private double energyJoules;
    private long busyBefore = -1;
    private long totalBefore = -1;
    private long readBeforeNanos;
    private @Nullable LongSupplier stepBytes;
    private long stepBytesBefore = -1;

    /**
     * A reader of the machine whose files lie under {@code root}.
     *
     * @param root {@code /}, or a folder that a test has filled
     */
    public HostReader(Path root, ProbeClock clock) {
        this.root = root;
        this.clock = clock;
    }

    /**
     * From now on the bandwidth of memory is told, by what a model's steps read.
     *
     * @param bytesSoFar only grows; read with every reading
     */
    public synchronized void countStepBytes(LongSupplier bytesSoFar) {
        stepBytes = bytesSoFar;
        stepBytesBefore = -1;
    }

    /** Reads everything; what cannot be read is absent, never an error. */
    public synchronized HostReading read() {
        Map<HostMetric, Double> values = new EnumMap<>(HostMetric.class);
        Map<HostMetric, String> absences = new EnumMap<>(HostMetric.class);
        long now = clock.nanoTime();
        readProcessor(values);
        readMemory(values);
        double seconds = (now - readBeforeNanos) * 1e-9;
        readPower(values, seconds);
        readBandwidth(values, seconds);
        readBeforeNanos = now;
        for (HostMetric metric : HostMetric.values()) {
            if (!values.containsKey(metric)) {
                absences.put(metric, whyAbsent(metric));
            }
        }
        return new HostReading(now, clock.now(), values, absences);
    }

    private String whyAbsent(HostMetric metric) {
        if (metric == HostMetric.MEMORY_BANDWIDTH_BYTES_PER_SECOND) {
            return stepBytes == null ? NO_MODEL : NEEDS_TWO;
        }
        boolean second = (metric == HostMetric.CPU_UTILIZATION_RATIO && totalBefore >= 0)
                || (metric == HostMetric.POWER_WATTS && !energyBefore.isEmpty());
        return second ? NEEDS_TWO : NOT_TOLD;
    }

    /** The line {@code cpu user nice system idle iowait irq softirq steal …}, in ticks; guest time is in user already. */
    private void readProcessor(Map<HostMetric, Double> values) {
        List<String> lines = lines("proc/stat");
        long cpus = lines.stream().filter(line -> line.matches("cpu\\d+ .*")).count();
        if (cpus > 0) {
            values.put(HostMetric.CPU_COUNT, (double) cpus);
        }
        lines.stream().filter(line -> line.startsWith("cpu ")).findFirst().ifPresent(line -> readTicks(line, values));
        lines("proc/loadavg").stream()
                .findFirst()
                .map(line -> number(line.split(" ", -1)[0]))
                .ifPresent(load -> values.put(HostMetric.LOAD_AVERAGE, load));
    }

    private void readTicks(String line, Map<HostMetric, Double> values) {
        long[] ticks = Stream.of(line.substring(4).trim().split(" +"))
                .limit(8)
                .mapToLong(HostReader::whole)
                .toArray();
        if (ticks.length < 5) {
            return;
        }
        long total = 0;
        for (long one : ticks) {
            total += one;
        }
        long busy = total - ticks[3] - ticks[4];
        // iowait can go backwards in the kernel's own count: no load this time rather than a wrong one.
        if (totalBefore >= 0 && total > totalBefore && busy >= busyBefore) {
            double load = (double) (busy - busyBefore) / (total - totalBefore);
            values.put(HostMetric.CPU_UTILIZATION_RATIO, Math.min(1, load));
        }
        totalBefore = total;
        busyBefore = busy;
    }

    private void readMemory(Map<HostMetric, Double> values) {
        Map<String, Double> info = new HashMap<>();
        for (String line : lines("proc/meminfo")) {
            String[] words = line.split("[: ]+", -1);
            Double kibi = words.length > 1 ? number(words[1]) : null;
            if (kibi != null) {
                info.put(words[0], kibi * KIBI);
            }
        }
        Double total = info.get("MemTotal");
        Double available = info.get("MemAvailable");
        if (total != null && available != null && total > 0) {
            values.put(HostMetric.MEMORY_TOTAL_BYTES, total);
            values.put(HostMetric.MEMORY_AVAILABLE_BYTES, available);
            values.put(HostMetric.MEMORY_USED_RATIO, (total - available) / total);
        }
        Double swap = info.get("SwapTotal");
        Double swapFree = info.get("SwapFree");
        if (swap != null && swapFree != null) {
            values.put(HostMetric.SWAP_USED_BYTES, swap - swapFree);
        }
    }

    /** The zones of whole packages: their parts, and zones that span the platform, would count twice. */
    private void readPower(Map<HostMetric, Double> values, double seconds) {
        double grown = 0;
        boolean readable = false;
        boolean compared = true;
        for (Path zone : zones()) {
            Double now = readNumber(zone.resolve("energy_uj"));
            if (now == null) {
                continue;
            }
            readable = true;
            Double before = energyBefore.put(zone, now);
            compared &= before != null;
            grown += before == null ? 0 : difference(before, now, readNumber(zone.resolve("max_energy_range_uj")));
        }
        if (!readable) {
            return;
        }
        energyJoules += grown * MICRO;
        values.put(HostMetric.ENERGY_JOULES, energyJoules);
        if (compared && seconds > 0) {
            values.put(HostMetric.POWER_WATTS, grown * MICRO / seconds);
        }
    }

    private void readBandwidth(Map<HostMetric, Double> values, double seconds) {
        if (stepBytes == null) {
            return;
        }
        long now = stepBytes.getAsLong();
        if (stepBytesBefore >= 0 && seconds > 0) {
            values.put(HostMetric.MEMORY_BANDWIDTH_BYTES_PER_SECOND, (now - stepBytesBefore) / seconds);
        }
        stepBytesBefore = now;
    }

    /** The counter wraps at a range that the zone tells. */
    private static double difference(double before, double now, @Nullable Double range) {
        if (now >= before) {
            return now - before;
        }
        return range == null ? 0 : range - before + now;
    }

    private List<Path> zones() {
        Path folder = root.resolve("sys/class/powercap");
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> zones = Files.list(folder)) {
            return zones.filter(
                            zone -> lines(zone.resolve("name")).stream().anyMatch(name -> name.startsWith("package")))
                    .sorted()
                    .toList();
        } catch (IOException unreadable) {
            return List.of();
        }
    }

    private @Nullable Double readNumber(Path file) {
        List<String> lines = lines(file);
        return lines.isEmpty() ? null : number(lines.get(0).trim());
    }

    private List<String> lines(String file) {
        return lines(root.resolve(file));
    }

    private static List<String> lines(Path file) {
        try {
            return Files.isReadable(file) ? Files.readAllLines(file) : List.of();
        } catch (IOException unreadable) {
            return List.of();
        }
    }

    private static @Nullable Double number(String text) {
        try {
            return Double.valueOf(text);
        } catch (NumberFormatException other) {
            return null;
        }
    }

    private static long whole(String text) {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException other) {
            return 0;
        }
    }
}
