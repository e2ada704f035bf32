package io.vitrine.gpu.nvml;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;

/** NVML's calls about the machine as a whole: from initialisation to the handles of its GPUs. Handles die with {@link #shutdown}. */
public final class Nvml {

    private static final int VERSION_BYTES = 80;
    private static final int PROCESS_NAME_BYTES = 256;

    private final NvmlLibrary library;

    /** On a library that is loaded; nothing is called yet. */
    public Nvml(NvmlLibrary library) {
        this.library = library;
    }

    /** Attaches to the driver; counted, so each success wants one {@link #shutdown}. */
    public int init() {
        return library.call(NvmlSymbol.INIT, 0);
    }

    /** Gives one {@link #init} back. */
    public int shutdown() {
        return library.call(NvmlSymbol.SHUTDOWN);
    }

    /** For example {@code 570.86.10}. */
    public NvmlResult<String> driverVersion() {
        return text(NvmlSymbol.DRIVER_VERSION, VERSION_BYTES);
    }

    /** The library's own version, for example {@code 12.570.86.10}. */
    public NvmlResult<String> nvmlVersion() {
        return text(NvmlSymbol.NVML_VERSION, VERSION_BYTES);
    }

    /** The CUDA version the driver is made for, as 1000 × major + 10 × minor. */
    public NvmlResult<Integer> cudaVersion() {
        try (Memory out = new Memory(Integer.BYTES)) {
            int code = library.call(NvmlSymbol.CUDA_VERSION, out);
            return code == 0 ? NvmlResult.of(out.getInt(0)) : NvmlResult.failed(code);
        }
    }

    /** The name of a process that uses a GPU. */
    public NvmlResult<String> processName(int pid) {
        return text(NvmlSymbol.PROCESS_NAME, PROCESS_NAME_BYTES, pid);
    }

    /** GPUs there are, with those one may not open. */
    public NvmlResult<Integer> deviceCount() {
        try (Memory out = new Memory(Integer.BYTES)) {
            int code = library.call(NvmlSymbol.COUNT, out);
            return code == 0 ? NvmlResult.of(out.getInt(0)) : NvmlResult.failed(code);
        }
    }

    /** The handle of a GPU, in PCI order from 0; one that is lost or not ours to open refuses here, alone. */
    public NvmlResult<NvmlDevice> device(int index) {
        try (Memory out = new Memory(Long.BYTES)) {
            int code = library.call(NvmlSymbol.HANDLE_BY_INDEX, index, out);
            return code == 0 ? NvmlResult.of(deviceOf(out.getPointer(0))) : NvmlResult.failed(code);
        }
    }

    /** An empty event set. */
    public NvmlResult<NvmlEventSet> eventSet() {
        try (Memory out = new Memory(Long.BYTES)) {
            int code = library.call(NvmlSymbol.EVENT_SET_CREATE, out);
            return code == 0 ? NvmlResult.of(new NvmlEventSet(library, out.getPointer(0))) : NvmlResult.failed(code);
        }
    }

    private NvmlDevice deviceOf(Pointer handle) {
        return new NvmlDevice(library, handle);
    }

    private NvmlResult<String> text(NvmlSymbol symbol, int bytes, Object... leading) {
        return OutArguments.text(library, symbol, bytes, leading);
    }
}
