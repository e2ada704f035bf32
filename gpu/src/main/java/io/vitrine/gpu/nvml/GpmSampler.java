package io.vitrine.gpu.nvml;

import java.util.Map;
import java.util.TreeMap;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;

/**
 * Profiling metrics of one GPU over the time between two calls. NVML takes the difference of two samples, so there are two
 * buffers that change places; the first call has nothing to compare with.
 */
public final class GpmSampler {

    /** The struct's declared array grew between headers; the library touches {@code numMetrics} entries and no more. */
    private static final int HEAD_BYTES = 24;

    private static final int METRIC_BYTES = 40;
    private static final int VERSION = 1;

    private final NvmlLibrary library;
    private final Pointer device;
    private Pointer older;
    private Pointer newer;
    private boolean seeded;

    private GpmSampler(NvmlLibrary library, Pointer device, Pointer older, Pointer newer) {
        this.library = library;
        this.device = device;
        this.older = older;
        this.newer = newer;
    }

    static NvmlResult<GpmSampler> of(NvmlLibrary library, Pointer device) {
        try (Memory support = OutArguments.zeroed(8)) {
            support.setInt(0, VERSION);
            int code = library.call(NvmlSymbol.GPM_SUPPORT, device, support);
            if (code == 0 && support.getInt(4) == 0) {
                code = NvmlReturn.NOT_SUPPORTED.code();
            }
            return code == 0 ? allocated(library, device) : NvmlResult.failed(code);
        }
    }

    private static NvmlResult<GpmSampler> allocated(NvmlLibrary library, Pointer device) {
        NvmlResult<Long> first = OutArguments.unsignedLong(library, NvmlSymbol.GPM_ALLOCATE);
        NvmlResult<Long> second = OutArguments.unsignedLong(library, NvmlSymbol.GPM_ALLOCATE);
        Long one = first.value();
        Long other = second.value();
        if (one == null || other == null) {
            return NvmlResult.failed(one == null ? first.code() : second.code());
        }
        return NvmlResult.of(new GpmSampler(library, device, new Pointer(one), new Pointer(other)));
    }

    /** Forgets the last sample: after a gap, or values that cannot be. */
    public void reseed() {
        seeded = false;
    }

    /** The metrics, by NVML's ids, that had a finite value since the last call; none on the first. */
    public NvmlResult<Map<Integer, Double>> sample(int... metrics) {
        int code = library.call(NvmlSymbol.GPM_SAMPLE, device, newer);
        if (code != 0) {
            seeded = false;
            return NvmlResult.failed(code);
        }
        NvmlResult<Map<Integer, Double>> values = seeded ? difference(metrics) : NvmlResult.of(Map.of());
        Pointer swapped = older;
        older = newer;
        newer = swapped;
        seeded = true;
        return values;
    }

    private NvmlResult<Map<Integer, Double>> difference(int[] metrics) {
        try (Memory ask = OutArguments.zeroed(HEAD_BYTES + METRIC_BYTES * metrics.length)) {
            ask.setInt(0, VERSION);
            ask.setInt(4, metrics.length);
            ask.setPointer(8, older);
            ask.setPointer(16, newer);
            for (int i = 0; i < metrics.length; i++) {
                ask.setInt(at(i), metrics[i]);
            }
            int code = library.call(NvmlSymbol.GPM_METRICS, ask);
            return code == 0 ? NvmlResult.of(values(ask, metrics)) : NvmlResult.failed(code);
        }
    }

    private static Map<Integer, Double> values(Memory answer, int[] metrics) {
        Map<Integer, Double> values = new TreeMap<>();
        for (int i = 0; i < metrics.length; i++) {
            double value = answer.getDouble(at(i) + 8);
            if (answer.getInt(at(i) + 4) == 0 && Double.isFinite(value)) {
                values.put(metrics[i], value);
            }
        }
        return values;
    }

    private static long at(int metric) {
        return HEAD_BYTES + (long) metric * METRIC_BYTES;
    }

    /** Gives the buffers back; not after the library's shutdown. */
    public void free() {
        library.call(NvmlSymbol.GPM_FREE, older);
        library.call(NvmlSymbol.GPM_FREE, newer);
    }
}
