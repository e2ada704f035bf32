package io.vitrine.model.weights;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** The embedding of Qwen2.5-7B: past 2 GiB in float32. The file is sparse, so that it takes next to nothing of the disk. */
class LargeTensorTest {

    private static final int ROWS = 152_064;
    private static final int WIDTH = 3_584;
    private static final long BYTES = 2L * ROWS * WIDTH;

    /** 1 and -2 in bfloat16. */
    private static final byte[] ONE_AND_MINUS_TWO = {(byte) 0x80, 0x3f, 0x00, (byte) 0xc0};

    @TempDir
    private Path folder;

    @Test
    void readsRowsOfSafetensorsInSlices() throws IOException {
        Path file = folder.resolve("model.safetensors");
        byte[] header = "{\"w\":{\"dtype\":\"BF16\",\"shape\":[%d,%d],\"data_offsets\":[0,%d]}}"
                .formatted(ROWS, WIDTH, BYTES)
                .getBytes(StandardCharsets.UTF_8);
        write(file, GgufWriter.bytes(GgufWriter.int64(header.length), header));
        try (SafetensorsFile opened = SafetensorsFile.open(file)) {
            assertSlices((first, rows, floats) -> opened.readRows("w", first, rows, floats));
            assertThatThrownBy(() -> opened.readRows("w", ROWS - 1, 2, FloatBuffer.allocate(2 * WIDTH)))
                    .isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(() -> opened.readRows("w", 0, 2, FloatBuffer.allocate(WIDTH)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("room");
        }
    }

    @Test
    void readsRowsOfGgufInSlices() throws IOException {
        Path file = folder.resolve("model.gguf");
        byte[] header = new GgufWriter()
                .tensor("token_embd.weight", 30, 0, new float[0], WIDTH, ROWS) // 30 is bfloat16
                .bytes();
        write(file, java.util.Arrays.copyOf(header, (header.length + 31) / 32 * 32));
        MappedFile mapped = MappedFile.open(file);
        try (TensorFile opened = new TensorFile(mapped, GgufHeader.read(mapped).tensors())) {
            assertSlices((first, rows, floats) -> opened.readRows("token_embd.weight", first, rows, floats));
        }
    }

    /** What lies before the values; then all zeros, but for the first two of the last row and of the row past 2 GiB of float32. */
    private static void write(Path file, byte[] start) throws IOException {
        try (RandomAccessFile writing = new RandomAccessFile(file.toFile(), "rw")) {
            writing.write(start);
            writing.setLength(start.length + BYTES);
            for (int row : new int[] {ROWS - 1, pastTwoGibibytes()}) {
                writing.seek(start.length + 2L * row * WIDTH);
                writing.write(ONE_AND_MINUS_TWO);
            }
        }
    }

    private static int pastTwoGibibytes() {
        return (int) ((1L << 31) / Float.BYTES / WIDTH) + 1;
    }

    private interface Reading {
        void read(int firstRow, int rows, FloatBuffer floats);
    }

    private static void assertSlices(Reading reading) {
        for (int row : new int[] {ROWS - 1, pastTwoGibibytes()}) {
            float[] floats = new float[3 * WIDTH];
            reading.read(row - 2, 3, FloatBuffer.wrap(floats));
            for (int i = 0; i < floats.length; i++) {
                float expected = i == 2 * WIDTH ? 1 : i == 2 * WIDTH + 1 ? -2 : 0;
                assertThat(floats[i]).isEqualTo(expected);
            }
        }
    }
}
