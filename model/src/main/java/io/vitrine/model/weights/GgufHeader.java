package io.vitrine.model.weights;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What stands before the numbers of a GGUF file, as the
 * <a href="https://github.com/ggml-org/ggml/blob/master/docs/gguf.md">specification</a> lays it out.
 *
 * @param tensors under the names the file gives them, with offsets from the start of the file
 */
record GgufHeader(GgufMetadata metadata, List<StoredTensor> tensors) {

    private static final int MAGIC = 0x4655_4747; // the bytes "GGUF"
    private static final long MAX_HEADER_BYTES = 64L << 20;
    private static final long MAX_PAIRS = 65_536;
    private static final long MAX_TENSORS = 65_536;
    private static final int MAX_NAME_BYTES = 1024;
    private static final int MAX_DIMENSIONS = 4;
    private static final long DEFAULT_ALIGNMENT = 32;
    private static final long MAX_ALIGNMENT = 1 << 20;

    /** Named in refusals only: whoever meets one should learn which it is. */
    private static final Map<Long, String> TYPES_NOT_READ = Map.ofEntries(
            Map.entry(9L, "Q8_1"),
            Map.entry(10L, "Q2_K"),
            Map.entry(11L, "Q3_K"),
            Map.entry(15L, "Q8_K"),
            Map.entry(16L, "IQ2_XXS"),
            Map.entry(17L, "IQ2_XS"),
            Map.entry(18L, "IQ3_XXS"),
            Map.entry(19L, "IQ1_S"),
            Map.entry(20L, "IQ4_NL"),
            Map.entry(21L, "IQ3_S"),
            Map.entry(22L, "IQ2_S"),
            Map.entry(23L, "IQ4_XS"),
            Map.entry(24L, "I8"),
            Map.entry(25L, "I16"),
            Map.entry(26L, "I32"),
            Map.entry(27L, "I64"),
            Map.entry(28L, "F64"),
            Map.entry(29L, "IQ1_M"),
            Map.entry(34L, "TQ1_0"),
            Map.entry(35L, "TQ2_0"),
            Map.entry(39L, "MXFP4"));

    GgufHeader {
        tensors = List.copyOf(tensors);
    }

    static GgufHeader read(MappedFile file) {
        GgufCursor cursor = new GgufCursor(file, MAX_HEADER_BYTES);
        requireMagic(cursor);
        requireVersion(cursor);
        long tensorCount = cursor.uint64("tensor count", MAX_TENSORS);
        long pairCount = cursor.uint64("metadata count", MAX_PAIRS);
        GgufMetadata metadata = new GgufMetadataReader(cursor).read(pairCount);
        return new GgufHeader(metadata, readTensors(cursor, tensorCount, alignment(metadata), file.size()));
    }

    private static void requireMagic(GgufCursor cursor) {
        if (cursor.int32() != MAGIC) {
            throw new ModelFormatException("this is not a GGUF file: it does not start with the bytes GGUF");
        }
    }

    private static void requireVersion(GgufCursor cursor) {
        int version = cursor.int32();
        if (version == 2 || version == 3) {
            return;
        }
        int swapped = Integer.reverseBytes(version);
        throw new ModelFormatException(
                swapped >= 1 && swapped <= 3
                        ? "this is a big-endian GGUF file; only little-endian ones are read"
                        : "GGUF version is " + Integer.toUnsignedString(version) + "; versions 2 and 3 are read");
    }

    private static long alignment(GgufMetadata metadata) {
        long alignment = metadata.integer("general.alignment").orElse(DEFAULT_ALIGNMENT);
        if (alignment < 1 || alignment > MAX_ALIGNMENT || Long.bitCount(alignment) != 1) {
            throw new ModelFormatException(
                    "general.alignment is " + alignment + ", not a power of two up to " + MAX_ALIGNMENT);
        }
        return alignment;
    }

    private static List<StoredTensor> readTensors(GgufCursor cursor, long count, long alignment, long fileSize) {
        List<StoredTensor> relative = new ArrayList<>();
        for (long i = 0; i < count; i++) {
            relative.add(readTensor(cursor, alignment, fileSize));
        }
        long start = (cursor.position() + alignment - 1) / alignment * alignment;
        return relative.stream()
                .map(tensor -> new StoredTensor(
                        tensor.name(), tensor.type(), tensor.shape(), start + tensor.offset(), tensor.bytes()))
                .toList();
    }

    /** With its offset counted from the start of the data, as the file has it. */
    private static StoredTensor readTensor(GgufCursor cursor, long alignment, long fileSize) {
        String name = cursor.string("tensor name", MAX_NAME_BYTES);
        List<Long> shape = readShape(cursor, name);
        StorageType type = readType(cursor, name);
        long offset = cursor.uint64("offset of " + name, fileSize);
        if (offset % alignment != 0) {
            throw new ModelFormatException("offset of " + name + " is " + offset + ", not a multiple of " + alignment);
        }
        return StoredTensor.of(name, type, shape, offset);
    }

    /** The file has the fastest dimension first, we the slowest. */
    private static List<Long> readShape(GgufCursor cursor, String name) {
        long dimensions = cursor.uint32();
        if (dimensions < 1 || dimensions > MAX_DIMENSIONS) {
            throw new ModelFormatException(name + " has " + dimensions + " dimensions, not 1 to " + MAX_DIMENSIONS);
        }
        List<Long> shape = new ArrayList<>();
        for (int i = 0; i < dimensions; i++) {
            long length = cursor.uint64("dimension " + i + " of " + name, Long.MAX_VALUE);
            if (length == 0) {
                throw new ModelFormatException("dimension " + i + " of " + name + " is 0");
            }
            shape.add(0, length);
        }
        return shape;
    }

    private static StorageType readType(GgufCursor cursor, String name) {
        long id = cursor.uint32();
        return StorageType.ofGguf(id)
                .orElseThrow(() -> new ModelFormatException(name + " is stored as "
                        + TYPES_NOT_READ.getOrDefault(id, "type number " + id) + ", which is not read"));
    }
}
