package io.vitrine.model.weights;

import java.io.IOException;
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

/** Whatever a damaged or hostile file holds, opening it ends in a {@link ModelFormatException} that names file and place. */
class GgufDamageTest {

    @TempDir
    Path folder;

    @Test
    void refusesAFileCutOffAnywhere() throws IOException {
        byte[] whole = GgufWriter.tinyLlama()
                .string("general.name", "tiny")
                .array("tokenizer.ggml.tokens", GgufWriter.STRING, 1, GgufWriter.string(new byte[] {'a'}))
                .bytes();
        for (int length = 0; length < whole.length; length += 3) {
            refuses(Arrays.copyOf(whole, length));
        }
    }

    @Test
    void neverFailsOtherwiseWhenBytesAreChanged() throws IOException {
        byte[] whole = Files.readAllBytes(TinyModels.path("llama-gqa.gguf"));
        Random random = new Random(7);
        int refused = 0;
        for (int round = 0; round < 600; round++) {
            byte[] damaged = whole.clone();
            for (int change = 0; change <= round % 4; change++) {
                // Two in three changes near the start or in the tensor table, where the structure is.
                int at = random.nextInt(round % 3 == 0 ? 12_000 : 700) + (round % 3 == 2 ? 9_000 : 0);
                damaged[at] = (byte) random.nextInt(256);
            }
            Path path = Files.write(folder.resolve("changed.gguf"), damaged);
            try (GgufFile opened = GgufFile.open(path)) {
                opened.names().forEach(name -> assertThat(TinyModels.read(opened, name))
                        .isNotEmpty());
            } catch (ModelFormatException e) {
                assertThat(e).hasMessageStartingWith(path.toString());
                refused++;
            }
        }
        assertThat(refused).isBetween(100, 500);
    }

    @Test
    void refusesAnotherMagic() throws IOException {
        refuses(GgufWriter.tinyLlama().magic("GGML"), "not a GGUF file");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 4, -1})
    void refusesAnotherVersion(int version) throws IOException {
        refuses(
                GgufWriter.tinyLlama().version(version),
                "GGUF version is " + Integer.toUnsignedString(version) + "; versions 2 and 3 are read");
    }

    @Test
    void refusesABigEndianFileBySayingSo() throws IOException {
        refuses(GgufWriter.tinyLlama().version(Integer.reverseBytes(3)), "big-endian");
    }

    @ParameterizedTest
    @ValueSource(longs = {65_537, Integer.MAX_VALUE, 1L << 40, Long.MAX_VALUE})
    void refusesCountsThatAreTooLarge(long count) throws IOException {
        refuses(GgufWriter.tinyLlama().tensorCount(count), "tensor count at offset 8 is " + count);
        refuses(GgufWriter.tinyLlama().pairCount(count), "metadata count at offset 16 is " + count);
    }

    @Test
    void refusesCountsBeyondWhatTheFileHolds() throws IOException {
        refuses(GgufWriter.tinyLlama().tensorCount(60_000));
        refuses(GgufWriter.tinyLlama().pairCount(60_000));
    }

    @ParameterizedTest
    @ValueSource(longs = {1 << 20, 16 << 20, (16 << 20) + 1, Integer.MAX_VALUE, 1L << 32, Long.MAX_VALUE, -1})
    void refusesStringsThatAreTooLong(long length) throws IOException {
        refuses(GgufWriter.tinyLlama().pair("long", GgufWriter.STRING, GgufWriter.int64(length)));
        refuses(GgufWriter.tinyLlama().rawPair(GgufWriter.int64(length), new byte[100]));
    }

    @ParameterizedTest
    @ValueSource(ints = {GgufWriter.UINT8, GgufWriter.INT32, GgufWriter.FLOAT64, GgufWriter.STRING, GgufWriter.ARRAY})
    void refusesArraysThatAreTooLong(int elementType) throws IOException {
        for (long length : new long[] {1 << 20, 16 << 20, (16 << 20) + 1, Integer.MAX_VALUE, 1L << 61, -1}) {
            refuses(GgufWriter.tinyLlama().array("long", elementType, length));
        }
    }

    @Test
    void refusesArraysNestedTooDeep() throws IOException {
        byte[] nested = GgufWriter.bytes(GgufWriter.int32(GgufWriter.UINT8), GgufWriter.int64(0));
        for (int depth = 0; depth < 200; depth++) {
            nested = GgufWriter.bytes(GgufWriter.int32(GgufWriter.ARRAY), GgufWriter.int64(1), nested);
        }
        refuses(GgufWriter.tinyLlama().pair("deep", GgufWriter.ARRAY, nested), "array deep is nested more than 4 deep");
    }

    @Test
    void refusesAHeaderThatIsTooLong() throws IOException {
        GgufWriter writer = GgufWriter.tinyLlama();
        byte[] large = GgufWriter.string(new byte[16 << 20]);
        for (int i = 0; i < 5; i++) {
            writer.pair("large" + i, GgufWriter.STRING, large);
        }
        refuses(writer, "header is longer than " + (64 << 20) + " bytes");
    }

    @Test
    void refusesTextThatIsNotUtf8() throws IOException {
        byte[] halfACharacter = GgufWriter.string(new byte[] {'a', (byte) 0xc3});
        refuses(
                GgufWriter.tinyLlama().pair("name", GgufWriter.STRING, halfACharacter),
                "name at offset",
                "is not UTF-8");
        refuses(
                GgufWriter.tinyLlama().array("tokens", GgufWriter.STRING, 1, halfACharacter),
                "element 0 of tokens at offset",
                "is not UTF-8");
        refuses(GgufWriter.tinyLlama().rawPair(halfACharacter), "metadata key at offset", "is not UTF-8");
    }

    @Test
    void refusesUnknownValueTypes() throws IOException {
        refuses(GgufWriter.tinyLlama().pair("odd", 13, new byte[8]), "value type at offset", "is 13");
        refuses(GgufWriter.tinyLlama().pair("odd", -1, new byte[8]), "is 4294967295");
        refuses(GgufWriter.tinyLlama().array("odd", 13, 1), "is 13");
    }

    @Test
    void refusesATruthValueThatIsNeither() throws IOException {
        refuses(GgufWriter.tinyLlama().pair("odd", GgufWriter.BOOL, new byte[] {2}), "is 2, not 0 or 1");
    }

    @Test
    void refusesAKeyGivenTwice() throws IOException {
        byte[] again = GgufWriter.bytes(
                GgufWriter.string("llama.block_count".getBytes(StandardCharsets.UTF_8)),
                GgufWriter.int32(GgufWriter.UINT32),
                GgufWriter.int32(1));
        refuses(GgufWriter.tinyLlama().rawPair(again), "two metadata values for llama.block_count");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 3, 24, 1 << 21, -32})
    void refusesAnAlignmentThatIsNoPowerOfTwo(int alignment) throws IOException {
        refuses(GgufWriter.tinyLlama().uint32("general.alignment", alignment), "general.alignment is");
    }

    @Test
    void refusesDimensionsThatCannotBe() throws IOException {
        refuses(withEmbedding(0), "token_embd.weight has 0 dimensions");
        refuses(withEmbedding(0, 1, 1, 1, 1, 1), "token_embd.weight has 5 dimensions");
        refuses(withEmbedding(0, 4, 0), "dimension 1 of token_embd.weight is 0");
        refuses(withEmbedding(0, 4, -1), "dimension 1 of token_embd.weight at offset", "18446744073709551615");
        refuses(withEmbedding(0, 1L << 40, 1L << 40), "token_embd.weight has more values than can be counted");
        refuses(withEmbedding(0, Long.MAX_VALUE), "token_embd.weight has more values than can be counted");
        refuses(withEmbedding(0, 1L << 30, 1L << 30), "past the end of the file");
    }

    @Test
    void refusesRowsThatDoNotFillTheirBlocks() throws IOException {
        refuses(withEmbedding(2, 48, 2), "token_embd.weight is stored as Q4_0 in blocks of 32");
        refuses(withEmbedding(12, 128, 2), "token_embd.weight is stored as Q4_K in blocks of 256");
    }

    @ParameterizedTest
    @CsvSource({"10, Q2_K", "20, IQ4_NL", "39, MXFP4", "4, type number 4", "999, type number 999"})
    void refusesOtherTensorTypesByName(int type, String name) throws IOException {
        refuses(withEmbedding(type, 256, 2), "token_embd.weight is stored as " + name + ", which is not read");
    }

    @Test
    void refusesAnOffsetOutsideTheFile() throws IOException {
        refuses(withOffset(1 << 20), "offset of output_norm.weight at offset", "is 1048576, more than");
        refuses(withOffset(Long.MAX_VALUE - 31), "offset of output_norm.weight");
        refuses(withOffset(-32));
        int inside = (GgufWriter.tinyLlama().bytes().length - 64) / 32 * 32; // of the file, but not of its data
        refuses(withOffset(inside), "model.norm.weight takes 16 bytes at offset", "past the end of the file");
    }

    @Test
    void refusesAnOffsetThatIsNotAligned() throws IOException {
        refuses(withOffset(8), "offset of output_norm.weight is 8, not a multiple of 32");
    }

    @Test
    void refusesTensorsThatShareBytes() throws IOException {
        refuses(withOffset(64), "model.embed_tokens.weight and model.norm.weight share bytes at offset");
    }

    @Test
    void refusesATensorGivenTwiceUnderDifferentNames() throws IOException {
        refuses(GgufWriter.tinyLlama().tensor("model.norm.weight", 4), "there are two tensors named model.norm.weight");
    }

    private static GgufWriter withEmbedding(int type, long... dimensions) {
        return GgufWriter.tinyLlama().tensor("token_embd.weight", type, GgufWriter.NEXT, new float[0], dimensions);
    }

    private static GgufWriter withOffset(long offset) {
        return GgufWriter.tinyLlama().tensor("output_norm.weight", 0, offset, new float[4], 4);
    }

    private void refuses(GgufWriter writer, String... messageParts) throws IOException {
        refuses(writer.bytes(), messageParts);
    }

    private void refuses(byte[] content, String... messageParts) throws IOException {
        Path path = Files.write(folder.resolve("damaged.gguf"), content);
        assertThatThrownBy(() -> GgufFile.open(path))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageStartingWith(path + ": ")
                .message()
                .satisfies(message -> List.of(messageParts)
                        .forEach(part -> assertThat(message).contains(part)));
    }
}
