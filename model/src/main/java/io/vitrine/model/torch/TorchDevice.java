package io.vitrine.model.torch;

import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import ai.djl.Device;

/**
 * Where the model runs: the processor, or one GPU by its CUDA index.
 *
 * @param cudaIndex from 0; empty is the processor
 */
public record TorchDevice(OptionalInt cudaIndex) {

    public static final TorchDevice CPU = new TorchDevice(OptionalInt.empty());

    /** libtorch keeps the index in a signed byte. */
    private static final int MAX_CUDA_INDEX = Byte.MAX_VALUE;

    private static final Pattern CUDA = Pattern.compile("cuda:(\\d{1,3})");

    public TorchDevice {
        cudaIndex.ifPresent(index -> {
            if (index < 0 || index > MAX_CUDA_INDEX) {
                throw new IllegalArgumentException(
                        "a CUDA index must be between 0 and " + MAX_CUDA_INDEX + ": " + index);
            }
        });
    }

    /** The GPU that CUDA counts as {@code index}. */
    public static TorchDevice cuda(int index) {
        return new TorchDevice(OptionalInt.of(index));
    }

    /**
     * Reads what {@link #toString} writes.
     *
     * @throws IllegalArgumentException if it is neither {@code cpu} nor {@code cuda:N}
     */
    public static TorchDevice parse(String text) {
        if (text.equals("cpu")) {
            return CPU;
        }
        Matcher cuda = CUDA.matcher(text);
        if (!cuda.matches()) {
            throw new IllegalArgumentException("a device must be cpu or cuda:N: " + text);
        }
        return cuda(Integer.parseInt(cuda.group(1)));
    }

    public boolean isCuda() {
        return cudaIndex.isPresent();
    }

    /** Always named: DJL's own choice of a device looks for a CUDA runtime in its way and silently falls back to the processor. */
    Device toDjl() {
        return isCuda() ? Device.gpu(cudaIndex.getAsInt()) : Device.cpu();
    }

    /** As in configuration and as libtorch writes it. */
    @Override
    public String toString() {
        return isCuda() ? "cuda:" + cudaIndex.getAsInt() : "cpu";
    }
}
