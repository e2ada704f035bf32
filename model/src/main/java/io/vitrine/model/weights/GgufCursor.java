package io.vitrine.model.weights;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.StandardCharsets;

/**
 * Reads the values of a GGUF header one after the other, little-endian. Nothing is read, and no memory taken, that is not
 * known to lie inside the file. One thread only.
 */
final class GgufCursor {

    private static final VarHandle SHORTS =
            MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INTS = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private final MappedFile file;
    private final long limit;
    private final byte[] scratch = new byte[Long.BYTES];
    private final CharsetDecoder utf8 = StandardCharsets.UTF_8.newDecoder(); // reports malformed input
    private long position;

    /** @param maxBytes how much of the file may be read at all */
    GgufCursor(MappedFile file, long maxBytes) {
        this.file = file;
        this.limit = Math.min(file.size(), maxBytes);
    }

    /** Offset in the file of the next value. */
    long position() {
        return position;
    }

    byte int8() {
        take(scratch, Byte.BYTES);
        return scratch[0];
    }

    short int16() {
        take(scratch, Short.BYTES);
        return (short) SHORTS.get(scratch, 0);
    }

    int int32() {
        take(scratch, Integer.BYTES);
        return (int) INTS.get(scratch, 0);
    }

    long int64() {
        take(scratch, Long.BYTES);
        return (long) LONGS.get(scratch, 0);
    }

    long uint32() {
        return Integer.toUnsignedLong(int32());
    }

    /** An unsigned 64-bit number that must not be more than {@code max}. */
    long uint64(String what, long max) {
        long at = position;
        long value = int64();
        if (value < 0 || value > max) {
            throw new ModelFormatException(
                    what + " at offset " + at + " is " + Long.toUnsignedString(value) + ", more than " + max);
        }
        return value;
    }

    float float32() {
        return Float.intBitsToFloat(int32());
    }

    double float64() {
        return Double.longBitsToDouble(int64());
    }

    boolean bool() {
        long at = position;
        byte value = int8();
        if (value != 0 && value != 1) {
            throw new ModelFormatException("truth value at offset " + at + " is " + value + ", not 0 or 1");
        }
        return value == 1;
    }

    String string(String what, int maxBytes) {
        int length = (int) uint64("length of " + what, maxBytes);
        long at = position;
        requireInside(length);
        byte[] bytes = new byte[length];
        take(bytes, length);
        try {
            return utf8.decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException e) {
            throw new ModelFormatException(what + " at offset " + at + " is not UTF-8", e);
        }
    }

    void skip(long bytes) {
        requireInside(bytes);
        position += bytes;
    }

    /** Refuses what a file with so many bytes left cannot hold. */
    void requireInside(long bytes) {
        if (bytes > limit - position) {
            throw new ModelFormatException(
                    limit == file.size()
                            ? "file ends at " + limit + ", in the middle of what starts at offset " + position
                            : "header is longer than " + limit + " bytes");
        }
    }

    private void take(byte[] destination, int length) {
        requireInside(length);
        file.read(position, destination, length);
        position += length;
    }
}
