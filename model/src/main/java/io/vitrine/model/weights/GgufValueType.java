package io.vitrine.model.weights;

/** The types of GGUF metadata values, in the order of their numbers in the file. */
enum GgufValueType {
    UINT8(1),
    INT8(1),
    UINT16(2),
    INT16(2),
    UINT32(4),
    INT32(4),
    FLOAT32(4),
    BOOL(1),
    STRING(8),
    ARRAY(12),
    UINT64(8),
    INT64(8),
    FLOAT64(8);

    private final int minBytes;

    GgufValueType(int minBytes) {
        this.minBytes = minBytes;
    }

    /** The fewest bytes a value takes: all of a number, the length of an empty string, the head of an empty array. */
    int minBytes() {
        return minBytes;
    }

    static GgufValueType read(GgufCursor cursor) {
        long at = cursor.position();
        long id = cursor.uint32();
        if (id >= values().length) {
            throw new ModelFormatException("value type at offset " + at + " is " + id + ", unknown");
        }
        return values()[(int) id];
    }
}
