package io.vitrine.gpu.nvml;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;

/** A set of GPUs whose events one thread waits for. Events from before a GPU was registered are lost. */
public final class NvmlEventSet {

    private final NvmlLibrary library;
    private final Pointer pointer;

    NvmlEventSet(NvmlLibrary library, Pointer pointer) {
        this.library = library;
        this.pointer = pointer;
    }

    Pointer pointer() {
        return pointer;
    }

    /** Waits for one event; {@link NvmlReturn#TIMEOUT}, which may come early, is the answer of a quiet machine. */
    public NvmlResult<NvmlEvent> await(int timeoutMillis) {
        try (Memory out = OutArguments.zeroed(Struct.EVENT_DATA.bytes())) {
            int code = library.call(NvmlSymbol.EVENT_SET_WAIT, pointer, out, timeoutMillis);
            return OutArguments.filled(code, out, NvmlEvent::read);
        }
    }

    /** Gives the set back; it must not be used after. */
    public int free() {
        return library.call(NvmlSymbol.EVENT_SET_FREE, pointer);
    }
}
