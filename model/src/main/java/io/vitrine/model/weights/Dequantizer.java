package io.vitrine.model.weights;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Turns stored blocks into float32, the formulas of ggml's reference code ({@code ggml-quants.c}). Pure functions.
 *
 * <p>Each works on arrays rather than buffers: copying a chunk out of the file costs little, and the just-in-time compiler
 * makes plain loops of array accesses. Products are taken in ggml's order, so results equal its own to the last bit.
 */
final class Dequantizer {

    private static final VarHandle SHORTS =
            MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INTS = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

    private Dequantizer() {}

    /**
     * Dequantises the first {@code blocks} blocks of {@code source} into the start of {@code destination}.
     *
     * @param destination of at least {@code blocks * type.blockValues()} floats
     */
    static void dequantize(StorageType type, byte[] source, int blocks, float[] destination) {
        switch (type) {
            case F32 -> f32(source, blocks, destination);
            case F16 -> f16(source, blocks, destination);
            case BF16 -> bf16(source, blocks, destination);
            case Q4_0 -> q4WithoutMinimum(source, blocks, destination);
            case Q4_1 -> q4WithMinimum(source, blocks, destination);
            case Q5_0 -> q5WithoutMinimum(source, blocks, destination);
            case Q5_1 -> q5WithMinimum(source, blocks, destination);
            case Q8_0 -> q8(source, blocks, destination);
            case Q4_K -> q4K(source, blocks, destination);
            case Q5_K -> q5K(source, blocks, destination);
            case Q6_K -> q6K(source, blocks, destination);
        }
    }

    /** IEEE 754 half precision to single, exactly; {@code Float.float16ToFloat} came with Java 20. */
    static float halfToFloat(short half) {
        int sign = (half & 0x8000) << 16;
        int magnitude = half & 0x7fff;
        if (magnitude < 0x0400) { // zero and subnormals: multiples of 2^-24
            return Float.intBitsToFloat(sign | Float.floatToRawIntBits(magnitude * 0x1p-24f));
        }
        if (magnitude >= 0x7c00) { // infinity and NaN
            return Float.intBitsToFloat(sign | 0x7f80_0000 | ((magnitude & 0x03ff) << 13));
        }
        return Float.intBitsToFloat(sign | ((magnitude << 13) + ((127 - 15) << 23)));
    }

    private static void f32(byte[] source, int count, float[] destination) {
        ByteBuffer.wrap(source).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(destination, 0, count);
    }

    private static void f16(byte[] source, int count, float[] destination) {
        for (int i = 0; i < count; i++) {
            destination[i] = half(source, 2 * i);
        }
    }

    private static void bf16(byte[] source, int count, float[] destination) {
        for (int i = 0; i < count; i++) {
            destination[i] = Float.intBitsToFloat((short) SHORTS.get(source, 2 * i) << 16);
        }
    }

    /** Block of 32: scale, 16 bytes of nibbles; the low nibbles are the first half. */
    private static void q4WithoutMinimum(byte[] source, int blocks, float[] destination) {
        for (int block = 0, in = 0, out = 0; block < blocks; block++, in += 18, out += 32) {
            float scale = half(source, in);
            for (int i = 0; i < 16; i++) {
                int pair = source[in + 2 + i];
                destination[out + i] = (low(pair) - 8) * scale;
                destination[out + 16 + i] = (high(pair) - 8) * scale;
            }
        }
    }

    /** Block of 32: scale, minimum, 16 bytes of nibbles. */
    private static void q4WithMinimum(byte[] source, int blocks, float[] destination) {
        for (int block = 0, in = 0, out = 0; block < blocks; block++, in += 20, out += 32) {
            float scale = half(source, in);
            float minimum = half(source, in + 2);
            for (int i = 0; i < 16; i++) {
                int pair = source[in + 4 + i];
                destination[out + i] = low(pair) * scale + minimum;
                destination[out + 16 + i] = high(pair) * scale + minimum;
            }
        }
    }

    /** Block of 32: scale, 32 fifth bits, 16 bytes of nibbles. */
    private static void q5WithoutMinimum(byte[] source, int blocks, float[] destination) {
        for (int block = 0, in = 0, out = 0; block < blocks; block++, in += 22, out += 32) {
            float scale = half(source, in);
            int fifthBits = (int) INTS.get(source, in + 2);
            for (int i = 0; i < 16; i++) {
                int pair = source[in + 6 + i];
                destination[out + i] = (low(pair) + 16 * bit(fifthBits, i) - 16) * scale;
                destination[out + 16 + i] = (high(pair) + 16 * bit(fifthBits, 16 + i) - 16) * scale;
            }
        }
    }

    /** Block of 32: scale, minimum, 32 fifth bits, 16 bytes of nibbles. */
    private static void q5WithMinimum(byte[] source, int blocks, float[] destination) {
        for (int block = 0, in = 0, out = 0; block < blocks; block++, in += 24, out += 32) {
            float scale = half(source, in);
            float minimum = half(source, in + 2);
            int fifthBits = (int) INTS.get(source, in + 4);
            for (int i = 0; i < 16; i++) {
                int pair = source[in + 8 + i];
                destination[out + i] = (low(pair) + 16 * bit(fifthBits, i)) * scale + minimum;
                destination[out + 16 + i] = (high(pair) + 16 * bit(fifthBits, 16 + i)) * scale + minimum;
            }
        }
    }

    /** Block of 32: scale, 32 signed bytes. */
    private static void q8(byte[] source, int blocks, float[] destination) {
        for (int block = 0, in = 0, out = 0; block < blocks; block++, in += 34, out += 32) {
            float scale = half(source, in);
            for (int i = 0; i < 32; i++) {
                destination[out + i] = source[in + 2 + i] * scale;
            }
        }
    }

    /**
     * Block of 256 in eight groups of 32: scale of the scales, scale of the minima, twelve bytes of six-bit scales and minima,
     * 128 bytes of nibbles. Thirty-two bytes hold two groups, the first in the low nibbles.
     */
    private static void q4K(byte[] source, int blocks, float[] destination) {
        for (int block = 0, in = 0, out = 0; block < blocks; block++, in += 144, out += 256) {
            float scaleOfScales = half(source, in);
            float scaleOfMinima = half(source, in + 2);
            for (int group = 0; group < 8; group++) {
                float scale = scaleOfScales * groupScale(source, in + 4, group);
                float minimum = scaleOfMinima * groupMinimum(source, in + 4, group);
                int nibbles = in + 16 + group / 2 * 32;
                int shift = group % 2 * 4;
                for (int i = 0; i < 32; i++) {
                    destination[out + group * 32 + i] = scale * low(source[nibbles + i] >> shift) - minimum;
                }
            }
        }
    }

    /** As {@link #q4K}, with 32 bytes of fifth bits before the nibbles: bit {@code g} of byte {@code i} is of group {@code g}. */
    private static void q5K(byte[] source, int blocks, float[] destination) {
        for (int block = 0, in = 0, out = 0; block < blocks; block++, in += 176, out += 256) {
            float scaleOfScales = half(source, in);
            float scaleOfMinima = half(source, in + 2);
            for (int group = 0; group < 8; group++) {
                float scale = scaleOfScales * groupScale(source, in + 4, group);
                float minimum = scaleOfMinima * groupMinimum(source, in + 4, group);
                int nibbles = in + 48 + group / 2 * 32;
                int shift = group % 2 * 4;
                for (int i = 0; i < 32; i++) {
                    int fifthBit = bit(source[in + 16 + i], group);
                    destination[out + group * 32 + i] =
                            scale * (low(source[nibbles + i] >> shift) + 16 * fifthBit) - minimum;
                }
            }
        }
    }

    /** Six bits: of groups 0 to 3 the low bits of bytes 0 to 3; of the others four bits here and two in the earlier bytes' top. */
    private static int groupScale(byte[] source, int at, int group) {
        return group < 4
                ? source[at + group] & 0x3f
                : low(source[at + group + 4]) + 16 * topTwoBits(source[at + group - 4]);
    }

    private static int groupMinimum(byte[] source, int at, int group) {
        return group < 4
                ? source[at + group + 4] & 0x3f
                : high(source[at + group + 4]) + 16 * topTwoBits(source[at + group]);
    }

    /**
     * Block of 256 in two halves of four groups of 32: 128 bytes of nibbles, 64 bytes of upper bit pairs, 16 signed scales
     * (one for 16 values), the scale of the scales.
     */
    private static void q6K(byte[] source, int blocks, float[] destination) {
        for (int block = 0, in = 0, out = 0; block < blocks; block++, in += 210, out += 256) {
            float scaleOfScales = half(source, in + 208);
            for (int group = 0; group < 8; group++) {
                int half = group / 4;
                int inHalf = group % 4;
                int nibbles = in + half * 64 + inHalf % 2 * 32;
                int nibbleShift = inHalf / 2 * 4;
                int pairs = in + 128 + half * 32;
                int pairShift = inHalf * 2;
                for (int i = 0; i < 32; i++) {
                    float scale = scaleOfScales * source[in + 192 + group * 2 + i / 16];
                    int upperBits = (source[pairs + i] >> pairShift) & 0x3;
                    int value = low(source[nibbles + i] >> nibbleShift) + 16 * upperBits;
                    destination[out + group * 32 + i] = scale * (value - 32);
                }
            }
        }
    }

    private static int low(int nibbles) {
        return nibbles & 0xf;
    }

    private static int high(int nibbles) {
        return (nibbles >> 4) & 0xf;
    }

    private static int bit(int bits, int index) {
        return (bits >> index) & 1;
    }

    private static int topTwoBits(int value) {
        return (value >> 6) & 0x3;
    }

    private static float half(byte[] source, int at) {
        return halfToFloat((short) SHORTS.get(source, at));
    }
}
