package io.vitrine.gpu;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

import io.vitrine.gpu.nvml.Nvml;
import io.vitrine.gpu.nvml.NvmlDevice;
import io.vitrine.gpu.nvml.NvmlSymbol;
import io.vitrine.gpu.nvml.ProcessInfo;
import org.jspecify.annotations.Nullable;

/** The processes of a GPU; a name is asked for once in a process's life. Poller thread only. */
final class ProcessReader {

    /** Listed at most for one GPU; the sum of more would not fit a page anyway. */
    private static final int MAX_LISTED = 256;

    private final Nvml nvml;
    private final Map<Long, String> names = new HashMap<>();

    ProcessReader(Nvml nvml) {
        this.nvml = nvml;
    }

    List<GpuProcess> read(NvmlDevice device) {
        List<GpuProcess> found = new ArrayList<>();
        add(found, device, GpuProcess.Kind.COMPUTE, NvmlSymbol.COMPUTE_PROCESSES_V3, NvmlSymbol.COMPUTE_PROCESSES_V2);
        add(
                found,
                device,
                GpuProcess.Kind.GRAPHICS,
                NvmlSymbol.GRAPHICS_PROCESSES_V3,
                NvmlSymbol.GRAPHICS_PROCESSES_V2);
        add(found, device, GpuProcess.Kind.SHARED_COMPUTE, NvmlSymbol.MPS_PROCESSES_V3, NvmlSymbol.MPS_PROCESSES_V2);
        return found.size() > MAX_LISTED ? found.subList(0, MAX_LISTED) : found;
    }

    private void add(
            List<GpuProcess> found, NvmlDevice device, GpuProcess.Kind kind, NvmlSymbol newer, NvmlSymbol older) {
        List<ProcessInfo> listed = device.processes(newer, older).optional().orElse(List.of());
        listed.stream().limit(MAX_LISTED).map(info -> process(kind, info)).forEach(found::add);
    }

    private GpuProcess process(GpuProcess.Kind kind, ProcessInfo info) {
        Long bytes = info.usedBytes() < 0 ? null : info.usedBytes();
        Integer instance = info.gpuInstance() == ProcessInfo.NO_INSTANCE ? null : (int) info.gpuInstance();
        return new GpuProcess(kind, info.pid(), bytes, instance, name(info.pid()));
    }

    private @Nullable String name(long pid) {
        String name = names.computeIfAbsent(
                pid, id -> nvml.processName(id.intValue()).optional().orElse(""));
        return name.isEmpty() ? null : name;
    }

    /** Forgets the names of processes that are gone. */
    void keep(List<RawReading> readings) {
        Set<Long> alive = readings.stream()
                .flatMap(reading -> reading.processes().stream())
                .map(GpuProcess::pid)
                .collect(Collectors.toSet());
        names.keySet().retainAll(alive);
    }
}
