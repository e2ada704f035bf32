package io.vitrine.gpu.nvml;

import java.nio.charset.StandardCharsets;
import java.util.Optional;

import com.sun.jna.Memory;
import com.sun.jna.NativeLibrary;
import com.sun.jna.ptr.IntByReference;

/**
 * CUDA's own driver library, asked one thing: which card it counts as the n-th. Only it knows what {@code CUDA_VISIBLE_DEVICES} and
 * {@code CUDA_DEVICE_ORDER} make of the cards of the machine. Any thread; blocks while the driver starts.
 */
public final class CudaDriver {

    /** The name to load. */
    public static final String DEFAULT_NAME = "libcuda.so.1";

    private static final int SUCCESS = 0;
    /** {@code 0000:3b:00.0} and its end; room for a longer domain. */
    private static final int BUS_ID_BYTES = 32;

    private CudaDriver() {}

    /**
     * The PCI bus id of the card that CUDA counts as {@code ordinal} in this process.
     *
     * @param library a file name, or a path
     * @return empty where there is no such library, or it knows no such card
     */
    public static Optional<String> pciBusId(String library, int ordinal) {
        try (Memory text = new Memory(BUS_ID_BYTES)) {
            NativeLibrary cuda = NativeLibrary.getInstance(library);
            IntByReference device = new IntByReference();
            boolean known = cuda.getFunction("cuInit").invokeInt(new Object[] {0}) == SUCCESS
                    && cuda.getFunction("cuDeviceGet").invokeInt(new Object[] {device, ordinal}) == SUCCESS
                    && cuda.getFunction("cuDeviceGetPCIBusId")
                                    .invokeInt(new Object[] {text, BUS_ID_BYTES, device.getValue()})
                            == SUCCESS;
            return known ? Optional.of(text.getString(0, StandardCharsets.US_ASCII.name())) : Optional.empty();
        } catch (UnsatisfiedLinkError missing) {
            return Optional.empty();
        }
    }
}
