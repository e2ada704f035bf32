package io.vitrine.server.doctor;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

import io.vitrine.gpu.CollectorState;
import io.vitrine.model.torch.CpuFeatures;

/**
 * What {@link Diagnosis} judges: this machine as the configured server would find it.
 *
 * @param proxies the proxy variables that are set, by name in lower case
 */
public record MachineFacts(
        Java java,
        Processor processor,
        Memory memory,
        List<Port> ports,
        Disk disk,
        Clock clock,
        Model model,
        Gpus gpus,
        long descriptorLimit,
        String hugePages,
        Map<String, String> proxies) {

    public MachineFacts {
        ports = List.copyOf(ports);
        proxies = Map.copyOf(proxies);
    }

    /**
     * The Java that runs this.
     *
     * @param hasCompiler whether it is a JDK, which building needs
     */
    public record Java(int major, String version, String home, boolean hasCompiler) {}

    /**
     * The processor, and the system on it.
     *
     * @param system as Java names it, such as {@code Linux}
     * @param architecture as Java names it, such as {@code amd64}
     */
    public record Processor(String system, String architecture, int cores, CpuFeatures features) {}

    /**
     * Bytes, of the machine or of the container it is.
     *
     * @param availableBytes free, or in caches that the kernel gives back
     * @param heapBytes most that Java's heap may take
     */
    public record Memory(long totalBytes, long availableBytes, long heapBytes) {}

    /**
     * A port the server listens on.
     *
     * @param problem why it cannot be had; absent where it is free
     * @param isVitrine whether what answers there is a Vitrine
     */
    public record Port(String key, String host, int number, Optional<String> problem, boolean isVitrine) {}

    /**
     * The data folder.
     *
     * @param problem why it cannot be written
     * @param retentionBytes most that stored telemetry may take by its limits
     */
    public record Disk(Path folder, Optional<String> problem, long usableBytes, long retentionBytes) {}

    /**
     * The wall clock.
     *
     * @param newestFile the latest time of a file in the data folder; absent if there is none
     * @param synchronised whether a time service keeps it; absent if none says
     */
    public record Clock(Instant now, Optional<Instant> newestFile, Optional<Boolean> synchronised) {}

    /**
     * The configured model.
     *
     * @param bytes of its files on this machine; absent if they have to be fetched first
     */
    public record Model(String name, OptionalLong bytes) {}

    /**
     * GPUs, their driver, and libtorch for CUDA.
     *
     * @param device as in {@code engine.device}
     * @param sentence the driver's state, in words
     * @param names of the GPUs, in PCI order
     * @param driverVersion empty if there is none
     * @param libraryPath {@code PYTORCH_LIBRARY_PATH}
     * @param hasCudaLibrary whether {@code libtorch_cuda.so} lies there
     * @param flavor {@code PYTORCH_FLAVOR}
     */
    public record Gpus(
            String device,
            CollectorState state,
            String sentence,
            List<String> names,
            String driverVersion,
            Optional<String> libraryPath,
            boolean hasCudaLibrary,
            Optional<String> flavor) {

        public Gpus {
            names = List.copyOf(names);
        }
    }
}
