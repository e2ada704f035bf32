package io.vitrine.gpu;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import io.vitrine.gpu.nvml.FieldValue;
import io.vitrine.gpu.nvml.NvmlDevice;
import io.vitrine.gpu.nvml.NvmlResult;
import io.vitrine.gpu.nvml.NvmlReturn;
import io.vitrine.gpu.nvml.NvmlSymbol;

/**
 * Reads one GPU, by one handle: remembers what it does not have, so as not to ask every second, and what came before, for what is a
 * difference. Dies with the handle. Poller thread only.
 */
final class DeviceReader {

    /** Codes that speak of the whole GPU; after one, nothing more is asked of it in this poll. */
    static final List<NvmlReturn> FATAL = List.of(
            NvmlReturn.UNINITIALIZED,
            NvmlReturn.INSUFFICIENT_POWER,
            NvmlReturn.DRIVER_NOT_LOADED,
            NvmlReturn.GPU_IS_LOST,
            NvmlReturn.RESET_REQUIRED,
            NvmlReturn.LIB_RM_VERSION_MISMATCH);

    /** Codes that are kept while the rest is read on. */
    private static final List<NvmlReturn> NOTED =
            List.of(NvmlReturn.UNKNOWN, NvmlReturn.CORRUPTED_INFOROM, NvmlReturn.IRQ_ISSUE);

    /** Codes that pass: the value of the poll before is kept, once. */
    private static final List<NvmlReturn> PASSING = List.of(
            NvmlReturn.IN_USE,
            NvmlReturn.MEMORY,
            NvmlReturn.NO_DATA,
            NvmlReturn.INSUFFICIENT_RESOURCES,
            NvmlReturn.NOT_READY,
            NvmlReturn.INVALID_STATE);

    private static final int MAX_LINKS = 64;
    private static final int MAX_FANS = 16;

    /** NVLink state, by link: 1 active, 2 asleep; 3 is up with its traffic switched off. */
    private static final int LINK_STATE_FIELD = 165;

    private final NvmlDevice device;
    private final GpuProbeSettings settings;
    private final ProcessReader processes;
    private final MigReader mig;
    private final ProfilingReader profiling;
    private final Map<Object, Long> absentUntilNanos = new HashMap<>();
    private final Map<GpuMetric, Double> countersBefore = new HashMap<>();
    private Map<GpuMetric, Double> readBefore = Map.of();
    private double readBeforeSeconds = Double.NaN;

    private NvmlReturn answer = NvmlReturn.SUCCESS;
    private int invalidSamples;

    DeviceReader(NvmlDevice device, GpuProbeSettings settings, ProcessReader processes) {
        this.device = device;
        this.settings = settings;
        this.processes = processes;
        this.mig = new MigReader(device);
        this.profiling = new ProfilingReader(device);
    }

    NvmlDevice device() {
        return device;
    }

    /** Garbage that was dropped in the last reading. */
    int invalidSamples() {
        return invalidSamples;
    }

    /** Reads everything; {@code reading} becomes what was had. The answer tells whether the GPU is there. */
    RawReading read(GpuIdentity identity, boolean reopened, ProbeClock clock) {
        long start = clock.nanoTime();
        answer = NvmlReturn.SUCCESS;
        ReadingBuilder reading = new ReadingBuilder();
        boolean whole = readFields(reading, start)
                && readLinks(reading, start)
                && readCalls(reading, MetricSources.CALLS, start)
                && readRates(reading, start)
                && readFans(reading, start);
        long throttleBits = whole ? throttleBits() : 0;
        boolean split = whole && mig.enabled();
        if (whole && !split) {
            profiling.read(reading, start * 1e-9);
        }
        derive(reading, start * 1e-9);
        readBefore = reading.fresh();
        List<GpuProcess> users = whole ? processes.read(device) : List.of();
        List<MigInstance> parts = split ? mig.read() : List.of();
        invalidSamples = reading.invalidSamples();
        double seconds = (clock.nanoTime() - start) * 1e-9;
        if (!whole) {
            return RawReading.silent(identity, answer, false, reopened, seconds);
        }
        return new RawReading(
                identity,
                answer,
                false,
                reopened,
                reading.values(),
                reading.absences(),
                throttleBits,
                users,
                parts,
                seconds);
    }

    private boolean readFields(ReadingBuilder reading, long now) {
        List<MetricSources.Field> asked = MetricSources.FIELDS.stream()
                .filter(field -> !knownAbsent(field, now))
                .toList();
        List<FieldValue> values = device.fieldValues(
                asked.stream().map(MetricSources.Field::request).toList());
        for (int i = 0; i < asked.size(); i++) {
            MetricSources.Field field = asked.get(i);
            NvmlReturn returned = NvmlReturn.of(values.get(i).code());
            if (returned == NvmlReturn.SUCCESS) {
                reading.put(field.metric(), values.get(i).asDouble() * field.scale());
            } else if (!goesOn(field, returned, now)) {
                return false;
            } else {
                absent(reading, field.metric(), returned);
            }
        }
        return true;
    }

    private void absent(ReadingBuilder reading, GpuMetric metric, NvmlReturn why) {
        Double before = readBefore.get(metric);
        if (before != null && PASSING.contains(why)) {
            reading.keep(metric, before);
        } else {
            reading.absent(metric, why);
        }
    }

    /** NVLink links that are up: one field, once for each link there is. */
    private boolean readLinks(ReadingBuilder reading, long now) {
        int links = (int) reading.value(GpuMetric.NVLINK_LINKS).orElse(0);
        List<FieldValue.Request> requests = new ArrayList<>();
        for (int link = 0; link < Math.min(links, MAX_LINKS); link++) {
            requests.add(new FieldValue.Request(LINK_STATE_FIELD, link));
        }
        if (requests.isEmpty() || knownAbsent("links", now)) {
            return true;
        }
        List<FieldValue> states = device.fieldValues(requests);
        if (states.stream().noneMatch(state -> state.code() == 0)) {
            return goesOn("links", NvmlReturn.of(states.get(0).code()), now);
        }
        long up = states.stream()
                .filter(state -> state.code() == 0 && (state.bits() == 1 || state.bits() == 2))
                .count();
        reading.put(GpuMetric.NVLINK_ACTIVE_LINKS, (double) up);
        return true;
    }

    private boolean readCalls(ReadingBuilder reading, List<MetricSources.Call> calls, long now) {
        for (MetricSources.Call call : calls) {
            if (call.metrics().stream().allMatch(reading::has) || knownAbsent(call, now)) {
                continue;
            }
            NvmlResult<double[]> result = call.read().apply(device);
            double[] values = result.value();
            if (values == null && !goesOn(call, result.returned(), now)) {
                return false;
            }
            for (int i = 0; i < call.metrics().size(); i++) {
                if (values == null) {
                    absent(reading, call.metrics().get(i), result.returned());
                } else {
                    reading.put(call.metrics().get(i), values[i]);
                }
            }
        }
        return true;
    }

    private boolean readRates(ReadingBuilder reading, long now) {
        rate(reading, GpuMetric.PCIE_SENT_BYTES, GpuMetric.PCIE_SENT_BYTES_PER_SECOND, now);
        rate(reading, GpuMetric.PCIE_RECEIVED_BYTES, GpuMetric.PCIE_RECEIVED_BYTES_PER_SECOND, now);
        return reading.has(GpuMetric.PCIE_SENT_BYTES)
                || !settings.measurePcieByCall()
                || readCalls(reading, MetricSources.PCIE_RATES, now);
    }

    /** A counter that fell has wrapped or begun anew: no rate this time. */
    private void rate(ReadingBuilder reading, GpuMetric counter, GpuMetric rate, long now) {
        if (!reading.has(counter)) {
            return;
        }
        double value = reading.value(counter).orElse(0);
        Double before = countersBefore.put(counter, value);
        double seconds = now * 1e-9 - readBeforeSeconds;
        if (before != null && value >= before && seconds > 0) {
            reading.put(rate, (value - before) / seconds);
        }
    }

    private boolean readFans(ReadingBuilder reading, long now) {
        if (knownAbsent(NvmlSymbol.FAN_COUNT, now)) {
            return true;
        }
        NvmlResult<Long> fans = device.unsignedInt(NvmlSymbol.FAN_COUNT);
        Long count = fans.value();
        if (count == null) {
            reading.absent(GpuMetric.FAN_SPEED_RATIO, fans.returned());
            return goesOn(NvmlSymbol.FAN_COUNT, fans.returned(), now);
        }
        double fastest = -1;
        double slowest = Double.MAX_VALUE;
        for (int fan = 0; fan < Math.min(count, MAX_FANS); fan++) {
            fastest = Math.max(
                    fastest,
                    device.unsignedInt(NvmlSymbol.FAN_SPEED, fan).optional().orElse(-1L));
            slowest = Math.min(slowest, device.fanRpm(fan).optional().orElse(Long.MAX_VALUE));
        }
        if (fastest >= 0) {
            reading.put(GpuMetric.FAN_SPEED_RATIO, fastest * 0.01);
        }
        if (slowest < Long.MAX_VALUE) {
            reading.put(GpuMetric.FAN_SPEED_RPM, slowest);
        }
        return true;
    }

    private long throttleBits() {
        NvmlResult<Long> bits = device.unsignedLong(NvmlSymbol.CLOCKS_EVENT_REASONS);
        if (bits.returned().asksForOlder()) {
            bits = device.unsignedLong(NvmlSymbol.CLOCKS_THROTTLE_REASONS);
        }
        Long value = bits.value();
        return value == null ? 0 : value;
    }

    /** Gives native buffers back, while the library is still initialised. */
    void close() {
        profiling.close();
    }

    private void derive(ReadingBuilder reading, double nowSeconds) {
        readBeforeSeconds = nowSeconds;
        if (reading.has(GpuMetric.MEMORY_USED_BYTES)) {
            double used = reading.value(GpuMetric.MEMORY_USED_BYTES).orElse(0);
            reading.put(
                    GpuMetric.MEMORY_OCCUPIED_BYTES,
                    used + reading.value(GpuMetric.MEMORY_RESERVED_BYTES).orElse(0));
        }
        double total = reading.value(GpuMetric.MEMORY_TOTAL_BYTES).orElse(0);
        if (total > 0 && reading.has(GpuMetric.MEMORY_OCCUPIED_BYTES)) {
            reading.put(
                    GpuMetric.MEMORY_OCCUPIED_RATIO,
                    reading.value(GpuMetric.MEMORY_OCCUPIED_BYTES).orElse(0) / total);
        }
        if (reading.value(GpuMetric.TEMPERATURE_MARGIN_CELSIUS).orElse(1) <= 0) {
            // Parts that do not measure it say 0 or less.
            reading.remove(GpuMetric.TEMPERATURE_MARGIN_CELSIUS, "not measured by this GPU");
        }
    }

    private boolean knownAbsent(Object source, long now) {
        Long until = absentUntilNanos.get(source);
        return until != null && now - until < 0;
    }

    /** What a code means for the rest of the poll: false ends it. */
    private boolean goesOn(Object source, NvmlReturn returned, long now) {
        if (FATAL.contains(returned) || (returned == NvmlReturn.INVALID_ARGUMENT && stale())) {
            answer = returned;
            return false;
        }
        if (NOTED.contains(returned)) {
            answer = returned;
        }
        if (returned.asksForOlder()
                || returned == NvmlReturn.INVALID_ARGUMENT
                || returned == NvmlReturn.NOT_SUPPORTED
                || returned == NvmlReturn.NO_PERMISSION) {
            absentUntilNanos.put(source, now + settings.absenceRecheck().toNanos());
        }
        return true;
    }

    /** A sensor, a field or a threshold that the driver does not know answers as a handle does that is no longer good: this tells them apart. */
    private boolean stale() {
        return device.text(NvmlSymbol.UUID, NvmlSession.TEXT_BYTES).returned() == NvmlReturn.INVALID_ARGUMENT;
    }
}
