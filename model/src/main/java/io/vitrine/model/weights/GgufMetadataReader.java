package io.vitrine.model.weights;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads the key-value pairs of a GGUF header. */
final class GgufMetadataReader {

    private static final int MAX_KEY_BYTES = 65_535; // the specification's
    private static final int MAX_STRING_BYTES = 16 << 20;
    private static final long MAX_ARRAY_LENGTH = 16L << 20;
    private static final int MAX_ARRAY_DEPTH = 4;

    private final GgufCursor cursor;

    GgufMetadataReader(GgufCursor cursor) {
        this.cursor = cursor;
    }

    GgufMetadata read(long pairs) {
        Map<String, Object> values = new LinkedHashMap<>();
        for (long i = 0; i < pairs; i++) {
            String key = cursor.string("metadata key", MAX_KEY_BYTES);
            Optional<Object> value = value(key, GgufValueType.read(cursor));
            if (value.isPresent() && values.put(key, value.get()) != null) {
                throw new ModelFormatException("there are two metadata values for " + key);
            }
        }
        return new GgufMetadata(values);
    }

    /** Empty for an array of a kind that {@link GgufMetadata} does not keep. */
    private Optional<Object> value(String key, GgufValueType type) {
        return switch (type) {
            case UINT8 -> Optional.of((long) Byte.toUnsignedInt(cursor.int8()));
            case INT8 -> Optional.of((long) cursor.int8());
            case UINT16 -> Optional.of((long) Short.toUnsignedInt(cursor.int16()));
            case INT16 -> Optional.of((long) cursor.int16());
            case UINT32 -> Optional.of(cursor.uint32());
            case INT32 -> Optional.of((long) cursor.int32());
            case FLOAT32 -> Optional.of((double) cursor.float32());
            case BOOL -> Optional.of(cursor.bool());
            case STRING -> Optional.of(cursor.string(key, MAX_STRING_BYTES));
            case ARRAY -> array(key);
            case UINT64 -> Optional.of(cursor.uint64(key, Long.MAX_VALUE));
            case INT64 -> Optional.of(cursor.int64());
            case FLOAT64 -> Optional.of(cursor.float64());
        };
    }

    private Optional<Object> array(String key) {
        GgufValueType type = GgufValueType.read(cursor);
        int length = length(key, type);
        return switch (type) {
            case UINT8, INT8, UINT16, INT16, UINT32, INT32, UINT64, INT64 -> Optional.of(integers(key, type, length));
            case FLOAT32, FLOAT64 -> Optional.of(floats(type, length));
            case STRING -> Optional.of(strings(key, length));
            case BOOL -> {
                cursor.skip((long) length * type.minBytes());
                yield Optional.empty();
            }
            case ARRAY -> {
                skipArrays(key, length, 1);
                yield Optional.empty();
            }
        };
    }

    /** Checked against what is left of the file before any memory is taken. */
    private int length(String key, GgufValueType type) {
        long length = cursor.uint64("length of array " + key, MAX_ARRAY_LENGTH);
        cursor.requireInside(length * type.minBytes());
        return (int) length;
    }

    private int[] integers(String key, GgufValueType type, int length) {
        int[] integers = new int[length];
        for (int i = 0; i < length; i++) {
            integers[i] = switch (type) {
                case UINT8 -> Byte.toUnsignedInt(cursor.int8());
                case INT8 -> cursor.int8();
                case UINT16 -> Short.toUnsignedInt(cursor.int16());
                case INT16 -> cursor.int16();
                case UINT32, INT32 -> cursor.int32();
                case UINT64, INT64 -> int32(key, cursor.int64());
                default -> throw new IllegalArgumentException("array " + key + " of " + type + " holds no integers");
            };
        }
        return integers;
    }

    private static int int32(String key, long value) {
        if (value != (int) value) {
            throw new ModelFormatException(
                    "array " + key + " has the element " + value + ", which takes more than 32 bits");
        }
        return (int) value;
    }

    private float[] floats(GgufValueType type, int length) {
        float[] floats = new float[length];
        for (int i = 0; i < length; i++) {
            floats[i] = type == GgufValueType.FLOAT32 ? cursor.float32() : (float) cursor.float64();
        }
        return floats;
    }

    private List<String> strings(String key, int length) {
        List<String> strings = new ArrayList<>(length);
        for (int i = 0; i < length; i++) {
            strings.add(cursor.string("element " + i + " of " + key, MAX_STRING_BYTES));
        }
        return List.copyOf(strings);
    }

    private void skipArrays(String key, int count, int depth) {
        if (depth == MAX_ARRAY_DEPTH) {
            throw new ModelFormatException("array " + key + " is nested more than " + MAX_ARRAY_DEPTH + " deep");
        }
        for (int i = 0; i < count; i++) {
            GgufValueType type = GgufValueType.read(cursor);
            int length = length(key, type);
            switch (type) {
                case ARRAY -> skipArrays(key, length, depth + 1);
                case STRING -> strings(key, length);
                default -> cursor.skip((long) length * type.minBytes());
            }
        }
    }
}
