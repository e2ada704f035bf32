package io.vitrine.gpu;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * All GPUs of the machine at one moment: what every caller gets, at once, however the driver is. Its age tells how much it is worth.
 *
 * @param takenAtNanos when the poll behind it ended, on the probe's clock
 * @param takenAt the same as time of day
 * @param generation how often the library was initialised
 * @param status how reading goes
 * @param driver the driver's versions
 * @param gpus in PCI order; empty where there are none
 * @param invalidSamples values dropped as garbage since the probe began
 * @param pollSeconds how long the poll took
 */
public record GpuSnapshot(
        long takenAtNanos,
        Instant takenAt,
        int generation,
        CollectorStatus status,
        DriverInfo driver,
        List<GpuReading> gpus,
        long invalidSamples,
        double pollSeconds) {

    /** Copies the list. */
    public GpuSnapshot {
        gpus = List.copyOf(gpus);
    }

    /** How old the readings are at a moment of the probe's clock. */
    public Duration age(long nowNanos) {
        return Duration.ofNanos(nowNanos - takenAtNanos);
    }

    /** The GPU with this UUID. */
    public Optional<GpuReading> find(String uuid) {
        return gpus.stream().filter(gpu -> gpu.identity().uuid().equals(uuid)).findFirst();
    }

    /** The GPU that CUDA counts so. */
    public Optional<GpuReading> find(CudaGpu card) {
        return gpus.stream().filter(gpu -> card.is(gpu.identity())).findFirst();
    }

    /** The GPU at this place in PCI order. */
    public Optional<GpuReading> find(int index) {
        return gpus.stream().filter(gpu -> gpu.identity().index() == index).findFirst();
    }
}
