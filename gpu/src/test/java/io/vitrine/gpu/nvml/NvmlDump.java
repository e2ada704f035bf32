package io.vitrine.gpu.nvml;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Everything the binding reads, one {@code "key": "value"} a line, sorted, {@code ret:N} where a call failed: the same that
 * {@code src/test/python/nvml_dump.py} prints of the official Python binding.
 */
final class NvmlDump {

    private final Map<String, String> out = new TreeMap<>();

    static String of(String libraryPath, List<FieldValue.Request> fields, int[] profiling) {
        NvmlDump dump = new NvmlDump();
        Nvml nvml = new Nvml(
                NvmlLibrary.load(libraryPath, CallWatch.NONE).optional().orElseThrow());
        int init = nvml.init();
        if (init != 0) {
            dump.out.put("init", "ret:" + init);
        } else {
            dump.machine(nvml, fields, profiling);
            nvml.shutdown();
        }
        return dump.out.entrySet().stream()
                .map(line -> '"' + line.getKey() + "\": \"" + line.getValue() + '"')
                .collect(Collectors.joining("\n"));
    }

    private void machine(Nvml nvml, List<FieldValue.Request> fields, int[] profiling) {
        put("driver", nvml.driverVersion(), value -> value);
        put("nvml", nvml.nvmlVersion(), value -> value);
        put("cuda", nvml.cudaVersion(), value -> Integer.toString(value));
        put("process", nvml.processName(4242), value -> value);
        NvmlResult<Integer> count = nvml.deviceCount();
        put("count", count, value -> Integer.toString(value));
        for (int index = 0; index < count.optional().orElse(0); index++) {
            String g = "gpu" + index + ".";
            NvmlResult<NvmlDevice> device = nvml.device(index);
            if (device.value() == null) {
                out.put(g + "handle", "ret:" + device.code());
            } else {
                gpu(g, device.value(), fields, profiling);
            }
        }
    }

    private void gpu(String g, NvmlDevice d, List<FieldValue.Request> fields, int[] profiling) {
        put(g + "name", d.text(NvmlSymbol.NAME, 96), value -> value);
        put(g + "uuid", d.text(NvmlSymbol.UUID, 96), value -> value);
        put(g + "serial", d.text(NvmlSymbol.SERIAL, 30), value -> value);
        put(g + "vbios", d.text(NvmlSymbol.VBIOS_VERSION, 32), value -> value);
        put(g + "pci", d.pciBusId(), value -> value);
        u32(g + "minor", d.unsignedInt(NvmlSymbol.MINOR_NUMBER));
        u32(g + "architecture", d.unsignedInt(NvmlSymbol.ARCHITECTURE));
        u32(g + "persistence", d.unsignedInt(NvmlSymbol.PERSISTENCE_MODE));
        numbered(g + "migMode", d.unsignedInts(NvmlSymbol.MIG_MODE, 2));
        u32(g + "migMax", d.unsignedInt(NvmlSymbol.MAX_MIG_COUNT));
        named(g + "utilization", d.utilization(), "gpu", "memory");
        numbered(g + "encoder", d.unsignedInts(NvmlSymbol.ENCODER_UTILIZATION, 2));
        numbered(g + "decoder", d.unsignedInts(NvmlSymbol.DECODER_UTILIZATION, 2));
        numbered(g + "jpg", d.unsignedInts(NvmlSymbol.JPG_UTILIZATION, 2));
        numbered(g + "ofa", d.unsignedInts(NvmlSymbol.OFA_UTILIZATION, 2));
        memory(g, d);
        named(g + "bar1", d.bar1Memory(), "bar1Total", "bar1Free", "bar1Used");
        u32(g + "power", d.unsignedInt(NvmlSymbol.POWER_USAGE));
        u32(g + "powerLimit", d.unsignedInt(NvmlSymbol.ENFORCED_POWER_LIMIT));
        u32(g + "powerDefault", d.unsignedInt(NvmlSymbol.DEFAULT_POWER_LIMIT));
        numbered(g + "powerConstraints", d.unsignedInts(NvmlSymbol.POWER_LIMIT_CONSTRAINTS, 2));
        u64(g + "energy", d.unsignedLong(NvmlSymbol.TOTAL_ENERGY));
        for (int sensor = 0; sensor < 2; sensor++) {
            put(g + "temperature" + sensor, d.temperature(sensor), value -> Integer.toString(value));
            u32(g + "temperatureOld" + sensor, d.unsignedInt(NvmlSymbol.TEMPERATURE, sensor));
        }
        for (int threshold = 0; threshold < 4; threshold++) {
            u32(g + "threshold" + threshold, d.unsignedInt(NvmlSymbol.TEMPERATURE_THRESHOLD, threshold));
        }
        put(g + "margin", d.marginTemperature(), value -> Integer.toString(value));
        u32(g + "fans", d.unsignedInt(NvmlSymbol.FAN_COUNT));
        for (int fan = 0; fan < 2; fan++) {
            u32(g + "fan" + fan, d.unsignedInt(NvmlSymbol.FAN_SPEED, fan));
            u32(g + "rpm" + fan, d.fanRpm(fan));
        }
        for (int clock = 0; clock < 4; clock++) {
            u32(g + "clock" + clock, d.unsignedInt(NvmlSymbol.CLOCK, clock));
            u32(g + "clockMax" + clock, d.unsignedInt(NvmlSymbol.MAX_CLOCK, clock));
        }
        u32(g + "pstate", d.unsignedInt(NvmlSymbol.PERFORMANCE_STATE));
        u64(g + "eventReasons", d.unsignedLong(NvmlSymbol.CLOCKS_EVENT_REASONS));
        u64(g + "throttleReasons", d.unsignedLong(NvmlSymbol.CLOCKS_THROTTLE_REASONS));
        numbered(g + "eccMode", d.unsignedInts(NvmlSymbol.ECC_MODE, 2));
        for (int type = 0; type < 2; type++) {
            for (int counter = 0; counter < 2; counter++) {
                u64(g + "ecc" + type + counter, d.eccErrors(type, counter));
            }
        }
        numbered(g + "sram", d.sramEccStatus());
        numbered(g + "remapped", d.unsignedInts(NvmlSymbol.REMAPPED_ROWS, 4));
        named(g + "banks", d.rowRemapperHistogram(), "max", "high", "partial", "low", "none");
        for (int way = 0; way < 2; way++) {
            u32(g + "pcie" + way, d.unsignedInt(NvmlSymbol.PCIE_THROUGHPUT, way));
        }
        u32(g + "replays", d.unsignedInt(NvmlSymbol.PCIE_REPLAYS));
        u32(g + "pcieGeneration", d.unsignedInt(NvmlSymbol.PCIE_GENERATION));
        u32(g + "pcieWidth", d.unsignedInt(NvmlSymbol.PCIE_WIDTH));
        u64(g + "events", d.unsignedLong(NvmlSymbol.SUPPORTED_EVENTS));
        processes(g + "compute", d.processes(NvmlSymbol.COMPUTE_PROCESSES_V3, NvmlSymbol.COMPUTE_PROCESSES_V3));
        processes(g + "graphics", d.processes(NvmlSymbol.GRAPHICS_PROCESSES_V3, NvmlSymbol.GRAPHICS_PROCESSES_V3));
        processes(g + "mps", d.processes(NvmlSymbol.MPS_PROCESSES_V3, NvmlSymbol.MPS_PROCESSES_V3));
        for (FieldValue value : d.fieldValues(fields)) {
            String key = g + "field" + value.request().field() + "."
                    + Integer.toUnsignedString(value.request().scope());
            boolean unsigned = value.type() == 2 || value.type() == 3;
            String bits = unsigned ? Long.toUnsignedString(value.bits()) : Long.toString(value.bits());
            out.put(key, value.code() == 0 ? value.type() + ":" + bits : "ret:" + value.code());
        }
        profiling(g + "gpm", d.gpmSampler(), profiling);
        for (int slot = 0; slot < 3; slot++) {
            String m = g + "mig" + slot + ".";
            NvmlResult<NvmlDevice> part = d.migDevice(slot);
            if (part.value() == null) {
                out.put(m + "handle", "ret:" + part.code());
            } else {
                put(m + "uuid", part.value().text(NvmlSymbol.UUID, 96), value -> value);
                u32(m + "gi", part.value().unsignedInt(NvmlSymbol.GPU_INSTANCE_ID));
                u32(m + "ci", part.value().unsignedInt(NvmlSymbol.COMPUTE_INSTANCE_ID));
                memory(m, part.value());
            }
        }
    }

    private void memory(String g, NvmlDevice d) {
        named(g + "memory", d.memory(), "total", "reserved", "free", "used");
        named(g + "memoryOld", d.memoryOld(), "total", "free", "used");
        named(
                g + "attributes",
                d.migAttributes(),
                "multiprocessorCount",
                "gpuInstanceSliceCount",
                "computeInstanceSliceCount",
                "memorySizeMB");
    }

    private void profiling(String key, NvmlResult<GpmSampler> sampler, int[] ids) {
        if (sampler.value() == null) {
            out.put(key, "ret:" + sampler.code());
            return;
        }
        sampler.value().sample(ids);
        Map<Integer, Double> values = sampler.value().sample(ids).optional().orElseThrow();
        for (int id : ids) {
            Double value = values.get(id);
            out.put(key + "." + id, value == null ? "absent" : Long.toString(Double.doubleToRawLongBits(value)));
        }
        sampler.value().free();
    }

    private void processes(String key, NvmlResult<List<ProcessInfo>> result) {
        put(key, result, listed -> listed.stream()
                .map(one -> one.pid() + ","
                        + (one.usedBytes() == ProcessInfo.UNKNOWN_BYTES
                                ? "None"
                                : Long.toUnsignedString(one.usedBytes()))
                        + "," + one.gpuInstance() + "," + one.computeInstance())
                .collect(Collectors.joining(" ")));
    }

    private void u32(String key, NvmlResult<Long> result) {
        put(key, result, value -> Long.toString(value));
    }

    private void u64(String key, NvmlResult<Long> result) {
        put(key, result, Long::toUnsignedString);
    }

    private void numbered(String key, NvmlResult<long[]> result) {
        parts(key, result, i -> Integer.toString(i));
    }

    private void named(String key, NvmlResult<long[]> result, String... names) {
        parts(key, result, i -> names[i]);
    }

    private void parts(String key, NvmlResult<long[]> result, Function<Integer, String> name) {
        long[] values = result.value();
        if (values == null) {
            out.put(key, "ret:" + result.code());
            return;
        }
        for (int i = 0; i < values.length; i++) {
            out.put(key + "." + name.apply(i), Long.toUnsignedString(values[i]));
        }
    }

    private <T> void put(String key, NvmlResult<T> result, Function<T, String> form) {
        T value = result.value();
        out.put(key, value == null ? "ret:" + result.code() : form.apply(value));
    }
}
