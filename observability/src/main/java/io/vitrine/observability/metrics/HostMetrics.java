package io.vitrine.observability.metrics;

import java.io.IOException;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.DoubleSupplier;

import com.sun.management.OperatingSystemMXBean;
import io.vitrine.observability.catalogue.HostMeters;
import io.vitrine.observability.catalogue.MeterDefinition;
import io.vitrine.observability.catalogue.Transfer;

/** Meters of the machine and of the process's use of it, read at the scrape. */
final class HostMetrics {

    private static final double NANOS_PER_SECOND = 1e9;
    private static final double MILLIS_PER_SECOND = 1e3;

    private final Instruments instruments;
    private final ProcFiles files;

    /** @param files the kernel's; a meter whose file is not there is left out */
    HostMetrics(Instruments instruments, ProcFiles files) {
        this.instruments = instruments;
        this.files = files;
    }

    void bind(Path dataFolder) {
        gauge(HostMeters.CPUS, () -> Runtime.getRuntime().availableProcessors());
        if (ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system) {
            instruments.counted(HostMeters.CPU_TIME, () -> system.getProcessCpuTime() / NANOS_PER_SECOND);
        }
        instruments.counted(HostMeters.COLLECTION_TIME, HostMetrics::collectionSeconds);
        gauge(HostMeters.MEMORY, () -> files.memoryBytes("MemTotal"));
        gauge(HostMeters.MEMORY_AVAILABLE, () -> files.memoryBytes("MemAvailable"));
        gauge(HostMeters.PROCESS_MEMORY, files::residentBytes);
        counters(HostMeters.DISK_IO, files::diskBytes);
        counters(HostMeters.NETWORK_IO, files::networkBytes);
        counters(HostMeters.PROCESS_IO, files::processBytes);
        gauge(HostMeters.DISK_FREE, () -> store(dataFolder).getUsableSpace());
        gauge(HostMeters.DISK_SIZE, () -> store(dataFolder).getTotalSpace());
    }

    /** A collector that keeps no time says -1. */
    private static double collectionSeconds() {
        return ManagementFactory.getGarbageCollectorMXBeans().stream()
                        .mapToLong(GarbageCollectorMXBean::getCollectionTime)
                        .filter(millis -> millis > 0)
                        .sum()
                / MILLIS_PER_SECOND;
    }

    /** The folder may not have been made yet: then its parent's disk is the one. */
    private static FileStore store(Path folder) throws IOException {
        Path existing = folder.toAbsolutePath();
        while (existing.getParent() != null && !Files.exists(existing)) {
            existing = existing.getParent();
        }
        return Files.getFileStore(existing);
    }

    private void gauge(MeterDefinition meter, Reading reading) {
        if (reading.isThere()) {
            instruments.gauge(meter, reading);
        }
    }

    private void counters(MeterDefinition meter, ReadingOf readings) {
        for (Transfer direction : Transfer.values()) {
            Reading reading = () -> readings.read(direction);
            if (reading.isThere()) {
                instruments.counted(meter, reading, direction.label());
            }
        }
    }

    private interface ReadingOf {
        double read(Transfer direction) throws IOException;
    }

    /** A number from a file; not a number if it cannot be read now. */
    private interface Reading extends DoubleSupplier {

        double read() throws IOException;

        @Override
        default double getAsDouble() {
            try {
                return read();
            } catch (IOException | RuntimeException e) {
                return Double.NaN;
            }
        }

        default boolean isThere() {
            return !Double.isNaN(getAsDouble());
        }
    }
}
