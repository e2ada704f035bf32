package io.vitrine.observability.catalogue;

import java.util.List;

import static io.vitrine.observability.catalogue.MeterDefinition.counter;
import static io.vitrine.observability.catalogue.MeterDefinition.gauge;

/**
 * Meters of the machine and the process that Micrometer has none for, or under a name that promtool finds fault with. Most
 * are read from {@code /proc} at the scrape: where there is
 * none, as on other systems than Linux, they are absent. In a container the machine is the host, and the network is the
 * container's.
 */
public final class HostMeters {

    private static final String BYTES = "bytes";
    private static final Label DIRECTION =
            Label.of("direction", "which way the bytes went", Transfer.class, Transfer::label);

    public static final MeterDefinition CPUS = gauge("vitrine.host.cpus", "{cpu}", "Processors the process may use.");
    public static final MeterDefinition CPU_TIME =
            counter("vitrine.process.cpu.time", MeterDefinition.SECONDS, "Processor time the process has used.");
    public static final MeterDefinition COLLECTION_TIME = counter(
            "vitrine.process.gc.time",
            MeterDefinition.SECONDS,
            "Time that garbage collections took; nothing else runs meanwhile in the default configuration.");
    public static final MeterDefinition MEMORY = gauge("vitrine.host.memory", BYTES, "Memory the machine has.");
    public static final MeterDefinition MEMORY_AVAILABLE = gauge(
            "vitrine.host.memory.available",
            BYTES,
            "Memory that can be had without swapping, as the kernel guesses it.");
    public static final MeterDefinition DISK_IO =
            counter("vitrine.host.disk.io", BYTES, "Bytes moved by the machine's disks.", DIRECTION);
    public static final MeterDefinition NETWORK_IO = counter(
            "vitrine.host.network.io", BYTES, "Bytes moved by the network interfaces but the loopback.", DIRECTION);
    public static final MeterDefinition PROCESS_MEMORY =
            gauge("vitrine.process.resident.memory", BYTES, "Memory the process holds, weights and KV cache included.");
    public static final MeterDefinition PROCESS_IO =
            counter("vitrine.process.disk.io", BYTES, "Bytes the process made disks move.", DIRECTION);
    public static final MeterDefinition DISK_FREE =
            gauge("vitrine.data.disk.free", BYTES, "Bytes that can be written on the disk of the data folder.");
    public static final MeterDefinition DISK_SIZE =
            gauge("vitrine.data.disk.size", BYTES, "Size of the disk of the data folder.");

    static final List<MeterDefinition> ALL = List.of(
            CPUS,
            CPU_TIME,
            COLLECTION_TIME,
            MEMORY,
            MEMORY_AVAILABLE,
            DISK_IO,
            NETWORK_IO,
            PROCESS_MEMORY,
            PROCESS_IO,
            DISK_FREE,
            DISK_SIZE);

    private HostMeters() {}
}
