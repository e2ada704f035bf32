package io.vitrine.model.weights;

import java.util.Arrays;
import java.util.Optional;

/**
 * How the numbers of a tensor are stored: plain, or in blocks that share their scales. {@link Dequantizer} knows what the
 * bytes of a block mean.
 */
enum StorageType {
    F32(0, 1, 4),
    F16(1, 1, 2),
    Q4_0(2, 32, 18),
    Q4_1(3, 32, 20),
    Q5_0(6, 32, 22),
    Q5_1(7, 32, 24),
    Q8_0(8, 32, 34),
    Q4_K(12, 256, 144),
    Q5_K(13, 256, 176),
    Q6_K(14, 256, 210),
    BF16(30, 1, 2);

    private final int ggufId;
    private final int blockValues;
    private final int blockBytes;

    StorageType(int ggufId, int blockValues, int blockBytes) {
        this.ggufId = ggufId;
        this.blockValues = blockValues;
        this.blockBytes = blockBytes;
    }

    /** How many numbers a block holds; 1 where numbers stand alone. */
    int blockValues() {
        return blockValues;
    }

    /** How many bytes a block takes in the file. */
    int blockBytes() {
        return blockBytes;
    }

    static Optional<StorageType> ofGguf(long id) {
        return Arrays.stream(values()).filter(type -> type.ggufId == id).findFirst();
    }

    /** The plain types, which GGUF and safetensors spell the same. */
    static Optional<StorageType> ofSafetensors(String dtype) {
        return Arrays.stream(values())
                .filter(type -> type.blockValues == 1 && type.name().equals(dtype))
                .findFirst();
    }
}
