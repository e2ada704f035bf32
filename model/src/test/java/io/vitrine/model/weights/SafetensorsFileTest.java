package io.vitrine.model.weights;

import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class SafetensorsFileTest {

    private static final byte[] NO_DATA = {};

    @TempDir
    Path folder;

    @Test
    void readsEveryTypeItKnows() throws IOException {
        String header = """
                {"__metadata__": {"format": "pt", "nested": "{}"},
                 "single": {"dtype": "F32", "shape": [2, 1], "data_offsets": [0, 8]},
                 "half": {"dtype": "F16", "shape": [2], "data_offsets": [12, 16]},
                 "brain": {"dtype": "BF16", "shape": [1, 2], "data_offsets": [8, 12]},
                 "scalar": {"dtype": "F32", "shape": [], "data_offsets": [16, 20]},
                 "empty": {"dtype": "F32", "shape": [0, 3], "data_offsets": [20, 20]}}\s\s\s""";
        byte[] data = GgufWriter.bytes(
                GgufWriter.floats(1.25f, -3), // F32
                new byte[] {(byte) 0x80, 0x3f, 0x20, (byte) 0xc1}, // BF16: 1, -10
                new byte[] {0x00, 0x3c, 0x01, 0x00}, // F16: 1, 2^-24
                GgufWriter.floats(42));
        try (SafetensorsFile file = SafetensorsFile.open(write(header, data))) {
            assertThat(file.names()).containsExactly("single", "half", "brain", "scalar", "empty");
            assertThat(read(file, "single", 2)).containsExactly(1.25f, -3);
            assertThat(read(file, "half", 2)).containsExactly(1, 0x1p-24f);
            assertThat(read(file, "brain", 2)).containsExactly(1, -10);
            assertThat(read(file, "scalar", 1)).containsExactly(42);
            assertThat(read(file, "empty", 0)).isEmpty();
            assertThat(file.shape("single")).containsExactly(2L, 1L);
            assertThat(file.shape("empty")).containsExactly(0L, 3L);
            assertThat(file.storedType("brain")).isEqualTo("BF16");
            assertThat(file.storedBytes("brain")).isEqualTo(4);
        }
    }

    @Test
    void refusesBytesThatBelongToNoTensor() throws IOException {
        String two = """
                {"a": {"dtype": "F32", "shape": [1], "data_offsets": [%d, %d]},
                 "b": {"dtype": "F32", "shape": [1], "data_offsets": [%d, %d]}}""";
        refuses(write(two.formatted(0, 4, 8, 12), new byte[12]), "there are 4 bytes of no tensor before b");
        refuses(write(two.formatted(8, 12, 4, 8), new byte[12]), "there are 4 bytes of no tensor before b");
        refuses(write(two.formatted(4, 8, 0, 4), new byte[11]), "there are 3 bytes behind the last tensor");
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, 1, 1000, 64L << 20, Integer.MAX_VALUE, Long.MAX_VALUE})
    void refusesAHeaderLengthBeyondTheFile(long length) throws IOException {
        refuses(
                GgufWriter.int64(length),
                "header length is " + Long.toUnsignedString(length) + " in a file of 8 bytes");
    }

    @Test
    void refusesAFileCutOffAnywhere() throws IOException {
        byte[] whole = Files.readAllBytes(write(entry("F32", "[2, 2]", "[0, 16]"), new byte[16]));
        for (int length = 0; length < whole.length; length++) {
            refuses(Arrays.copyOf(whole, length));
        }
    }

    @Test
    void neverFailsOtherwiseWhenBytesAreChanged() throws IOException {
        byte[] whole = Files.readAllBytes(TinyModels.path("llama-gqa/model.safetensors"));
        Random random = new Random(11);
        int refused = 0;
        for (int round = 0; round < 600; round++) {
            byte[] damaged = whole.clone();
            damaged[random.nextInt(round % 2 == 0 ? 8 : 2000)] = (byte) random.nextInt(256);
            Path path = Files.write(folder.resolve("changed.safetensors"), damaged);
            try (SafetensorsFile file = SafetensorsFile.open(path)) {
                assertThat(file.names()).isNotEmpty();
            } catch (ModelFormatException e) {
                assertThat(e).hasMessageStartingWith(path.toString());
                refused++;
            }
        }
        assertThat(refused).isBetween(100, 599);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "   ",
                "[]",
                "7",
                "nonsense",
                "{\"t\": 7}",
                "{\"t\": []}",
                "{} {}",
                "{\"t\": {\"dtype\": \"F32\", \"shape\": [1], \"data_offsets\": [0, 4]}",
                "{\"t\": {\"dtype\": \"F32\", \"shape\": [1.5], \"data_offsets\": [0, 4]}}",
                "{\"t\": {\"dtype\": \"F32\", \"shape\": [1e99], \"data_offsets\": [0, 4]}}",
                "{\"t\": {\"dtype\": \"F32\", \"shape\": {}, \"data_offsets\": [0, 4]}}",
                "{\"t\": {\"dtype\": \"F32\", \"shape\": [1], \"data_offsets\": [0, 4], \"more\": 1}}"
            })
    void refusesAHeaderThatIsNotTheJsonItShouldBe(String header) throws IOException {
        refuses(write(header, new byte[4]));
    }

    @Test
    void refusesAHeaderThatIsNotUtf8() throws IOException {
        byte[] header = entry("F32", "[1]", "[0, 4]").getBytes(StandardCharsets.UTF_8);
        header[2] = (byte) 0xc3;
        refuses(GgufWriter.bytes(GgufWriter.int64(header.length), header, new byte[4]), "not the JSON expected here");
    }

    @Test
    void refusesDeepNestingWithoutOverflowingTheStack() throws IOException {
        refuses(write("{\"t\": " + "[".repeat(100_000), NO_DATA));
        refuses(write("{\"__metadata__\": " + "[".repeat(100_000), NO_DATA));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"t\": null}",
                "{\"t\": {}}",
                "{\"t\": {\"shape\": [1], \"data_offsets\": [0, 4]}}",
                "{\"t\": {\"dtype\": \"F32\", \"data_offsets\": [0, 4]}}",
                "{\"t\": {\"dtype\": \"F32\", \"shape\": [1], \"data_offsets\": null}}"
            })
    void refusesATensorWithAPartMissing(String header) throws IOException {
        refuses(write(header, new byte[4]), "t lacks one of dtype, shape and data_offsets");
    }

    @ParameterizedTest
    @ValueSource(strings = {"F64", "I64", "U8", "F8_E4M3", "BOOL", "Q8_0", ""})
    void refusesOtherTypesByName(String dtype) throws IOException {
        refuses(
                write(entry(dtype, "[1]", "[0, 4]"), new byte[4]),
                "t is stored as " + dtype + "; F32, F16 and BF16 are read");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "[1]; [0, 8]; t has data_offsets [0, 8], not a range inside the 4 bytes of data",
                "[1]; [4, 8]; not a range inside",
                "[1]; [-4, 0]; not a range inside",
                "[1]; [4, 0]; not a range inside",
                "[1]; [0, 9223372036854775807]; not a range inside",
                "[1]; [0]; not a range inside",
                "[1]; []; not a range inside",
                "[2]; [0, 4]; t has 4 bytes of data, F32 [2] takes 8",
                "[1]; [0, 3]; t has 3 bytes of data, F32 [1] takes 4",
                "[-1, -1]; [0, 4]; shape of t has the dimension -1",
                "[4294967296, 4294967296]; [0, 4]; t has more values than can be counted",
                "[4611686018427387904]; [0, 4]; t has more values than can be counted"
            })
    void refusesShapesAndOffsetsThatDoNotFit(String shape, String offsets, String message) throws IOException {
        refuses(write(entry("F32", shape, offsets), new byte[4]), message);
    }

    @Test
    void refusesTensorsThatShareBytes() throws IOException {
        String header = """
                {"a": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]},
                 "b": {"dtype": "F32", "shape": [2], "data_offsets": [4, 12]}}""";
        refuses(write(header, new byte[12]), "a and b share bytes at offset");
    }

    @Test
    void refusesATensorGivenTwice() throws IOException {
        String header = """
                {"a": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]},
                 "a": {"dtype": "F32", "shape": [1], "data_offsets": [4, 8]}}""";
        refuses(write(header, new byte[8]));
    }

    private static String entry(String dtype, String shape, String offsets) {
        return "{\"t\": {\"dtype\": \"" + dtype + "\", \"shape\": " + shape + ", \"data_offsets\": " + offsets + "}}";
    }

    private static float[] read(SafetensorsFile file, String name, int count) {
        FloatBuffer values = FloatBuffer.allocate(count);
        file.readFloats(name, values);
        assertThat(values.remaining()).isZero();
        return values.array();
    }

    private Path write(String header, byte[] data) throws IOException {
        byte[] json = header.getBytes(StandardCharsets.UTF_8);
        return Files.write(
                folder.resolve("written.safetensors"), GgufWriter.bytes(GgufWriter.int64(json.length), json, data));
    }

    private void refuses(byte[] content, String... messageParts) throws IOException {
        refuses(Files.write(folder.resolve("damaged.safetensors"), content), messageParts);
    }

    private static void refuses(Path path, String... messageParts) {
        assertThatThrownBy(() -> SafetensorsFile.open(path).close())
                .isInstanceOf(ModelFormatException.class)
                .hasMessageStartingWith(path + ": ")
                .message()
                .satisfies(message -> List.of(messageParts)
                        .forEach(part -> assertThat(message).contains(part)));
    }
}
