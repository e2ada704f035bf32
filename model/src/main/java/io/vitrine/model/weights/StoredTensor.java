package io.vitrine.model.weights;

import java.util.List;

/**
 * Where a tensor lies in its file.
 *
 * @param shape slowest dimension first
 * @param offset from the start of the file, in bytes
 * @param bytes what {@code shape} takes when stored as {@code type}
 */
record StoredTensor(String name, StorageType type, List<Long> shape, long offset, long bytes) {

    StoredTensor {
        shape = List.copyOf(shape);
    }

    /** Works out the size, and refuses a shape that is too large to count or does not fill whole blocks. */
    static StoredTensor of(String name, StorageType type, List<Long> shape, long offset) {
        long row = shape.isEmpty() ? 1 : shape.get(shape.size() - 1);
        if (row % type.blockValues() != 0) {
            throw new ModelFormatException(name + " is stored as " + type + " in blocks of " + type.blockValues()
                    + ", which do not divide its rows: " + shape);
        }
        try {
            long blocks = shape.stream().reduce(1L, Math::multiplyExact) / type.blockValues();
            return new StoredTensor(name, type, shape, offset, Math.multiplyExact(blocks, type.blockBytes()));
        } catch (ArithmeticException e) {
            throw new ModelFormatException(name + " has more values than can be counted: " + shape, e);
        }
    }

    long values() {
        return bytes / type.blockBytes() * type.blockValues();
    }
}
