package io.vitrine.model.weights;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Base64;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

class DequantizerTest {

    @ParameterizedTest
    @EnumSource(value = StorageType.class, names = "F32", mode = EnumSource.Mode.EXCLUDE)
    void givesTheValuesOfTheGgufPackageToTheLastBit(StorageType type) throws IOException {
        JsonNode oracle = new ObjectMapper()
                .readTree(TinyModels.path("quantised-blocks.json").toFile())
                .get(type.name());
        byte[] stored = oracle.get("blocks").binaryValue();
        float[] expected = littleEndianFloats(oracle.get("values").asText());

        float[] values = new float[expected.length];
        Dequantizer.dequantize(type, stored, stored.length / type.blockBytes(), values);

        assertThat(stored.length / type.blockBytes() * type.blockValues()).isEqualTo(1024);
        assertThat(values).containsExactly(expected);
    }

    @Test
    void copiesFloat32AsItIs() {
        float[] values = {0f, -0f, 1.5f, -Float.MAX_VALUE, Float.MIN_VALUE, Float.NEGATIVE_INFINITY, Float.NaN};
        float[] read = new float[values.length];
        Dequantizer.dequantize(StorageType.F32, GgufWriter.floats(values), values.length, read);
        assertThat(read).containsExactly(values);
    }

    @Test
    void leavesWhatLiesAfterTheAskedBlocksAlone() {
        byte[] twoBlocks = new byte[2 * StorageType.Q8_0.blockBytes()];
        float[] values = new float[64];
        values[32] = 7;
        Dequantizer.dequantize(StorageType.Q8_0, twoBlocks, 1, values);
        assertThat(values[32]).isEqualTo(7);
    }

    /** By the definition in IEEE 754: sign, five bits of exponent, ten of fraction. */
    @Test
    void convertsEveryHalfPrecisionNumber() {
        for (int bits = 0; bits < 1 << 16; bits++) {
            double sign = bits >> 15 == 0 ? 1 : -1;
            int exponent = (bits >> 10) & 0x1f;
            int fraction = bits & 0x3ff;
            double expected = sign
                    * switch (exponent) {
                        case 0 -> Math.scalb((double) fraction, -24);
                        case 31 -> fraction == 0 ? Double.POSITIVE_INFINITY : Double.NaN;
                        default -> Math.scalb(1 + fraction / 1024.0, exponent - 15);
                    };
            // By value of the object, for which NaN equals NaN.
            assertThat((Float) Dequantizer.halfToFloat((short) bits))
                    .as("%04x", bits)
                    .isEqualTo((Float) (float) expected);
        }
    }

    @Test
    void keepsTheSignOfAHalfPrecisionZero() {
        assertThat(Float.floatToRawIntBits(Dequantizer.halfToFloat((short) 0x8000)))
                .isEqualTo(0x8000_0000);
    }

    private static float[] littleEndianFloats(String base64) {
        ByteBuffer bytes = ByteBuffer.wrap(Base64.getDecoder().decode(base64)).order(ByteOrder.LITTLE_ENDIAN);
        float[] floats = new float[bytes.remaining() / Float.BYTES];
        bytes.asFloatBuffer().get(floats);
        return floats;
    }
}
