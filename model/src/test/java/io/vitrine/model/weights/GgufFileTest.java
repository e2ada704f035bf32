package io.vitrine.model.weights;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

class GgufFileTest {

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"llama-gqa", "llama-untied", "qwen2", "qwen3"})
    void holdsTheTensorsOfTheHuggingFaceFolderItWasConvertedFrom(String model) throws IOException {
        try (GgufFile gguf = GgufFile.open(TinyModels.path(model + ".gguf"));
                HuggingFaceFolder original = HuggingFaceFolder.open(TinyModels.path(model))) {
            assertThat(gguf.names()).isEqualTo(original.names());
            for (String name : original.names()) {
                assertThat(gguf.shape(name)).as(name).isEqualTo(original.shape(name));
                boolean vector = original.shape(name).size() == 1; // the converter leaves vectors in single precision
                assertThat(gguf.storedType(name)).as(name).isEqualTo(vector ? "F32" : original.storedType(name));
                assertThat(inHalves(gguf, name)).as(name).containsExactly(TinyModels.read(original, name));
            }
        }
    }

    @Test
    void hasTheRowsOfQueriesAndKeysPermutedInLlamaModelsOnly() throws IOException {
        assertThat(rotaryLayout("llama-gqa.gguf")).isEqualTo(RotaryLayout.INTERLEAVED);
        assertThat(rotaryLayout("qwen2.gguf")).isEqualTo(RotaryLayout.HALVES);
        assertThat(rotaryLayout("qwen3.gguf")).isEqualTo(RotaryLayout.HALVES);
    }

    private static RotaryLayout rotaryLayout(String model) throws IOException {
        try (GgufFile gguf = GgufFile.open(TinyModels.path(model))) {
            return gguf.rotaryLayout();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"llama-gqa", "qwen2", "qwen3"})
    void hasTheConfigurationOfTheOriginal(String model) throws IOException {
        try (GgufFile gguf = GgufFile.open(TinyModels.path(model + ".gguf"));
                HuggingFaceFolder original = HuggingFaceFolder.open(TinyModels.path(model))) {
            // The file has the epsilon in single precision.
            assertThat(gguf.config())
                    .usingRecursiveComparison()
                    .ignoringFields("rmsNormEpsilon")
                    .isEqualTo(original.config());
            assertThat(gguf.config().rmsNormEpsilon()).isCloseTo(1e-5, within(1e-12));
        }
    }

    @Test
    void takesTheTokensThatEndAnAnswerFromItsMetadata() throws IOException {
        try (GgufFile gguf = GgufFile.open(TinyModels.path("llama-gqa.gguf"))) {
            assertThat(gguf.generationConfig()).isEqualTo(new GenerationConfig(Set.of(2), 1, null, null, null));
        }
    }

    @Test
    void turnsTheRotaryDivisorsOfTheFileIntoTheScalingTheyStandFor() throws IOException {
        try (GgufFile gguf = GgufFile.open(TinyModels.path("llama-untied.gguf"));
                HuggingFaceFolder original = HuggingFaceFolder.open(TinyModels.path("llama-untied"))) {
            assertThat(gguf.names()).doesNotContain("rope_freqs.weight");
            assertThat(gguf.config().ropeScaling()).isInstanceOf(RopeScaling.PerFrequency.class);
            assertThat(original.config().ropeScaling()).isEqualTo(new RopeScaling.Llama3(4, 1, 4, 64));
            assertThat(gguf.config().rotaryFrequencies())
                    .containsExactly(original.config().rotaryFrequencies(), within(1e-7));
        }
    }

    @Test
    void keepsTheTokenizerInItsMetadata() throws IOException {
        try (GgufFile gguf = GgufFile.open(TinyModels.path("llama-gqa.gguf"))) {
            GgufMetadata metadata = gguf.metadata();
            assertThat(metadata.strings("tokenizer.ggml.tokens").orElseThrow())
                    .hasSize(320)
                    .startsWith("<|endoftext|>", "<|im_start|>", "<|im_end|>", "!");
            assertThat(metadata.integers("tokenizer.ggml.token_type").orElseThrow())
                    .hasSize(320)
                    .startsWith(3, 3, 3, 1);
            assertThat(metadata.flag("tokenizer.ggml.add_bos_token")).contains(false);
            assertThat(metadata.string("tokenizer.chat_template").orElseThrow()).contains("<|im_start|>assistant\n");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3})
    void readsVersion(int version) throws IOException {
        try (GgufFile gguf =
                GgufFile.open(GgufWriter.tinyLlama().version(version).write(folder))) {
            assertThat(gguf.config())
                    .isEqualTo(new ModelConfig(
                            Architecture.LLAMA, 1, 4, 6, 2, 1, 2, 5, 16, 1e-5f, 10_000, new RopeScaling.None(), true));
            assertThat(gguf.shape("model.layers.0.mlp.down_proj.weight")).containsExactly(4L, 6L);
            assertThat(TinyModels.read(gguf, "model.norm.weight")).containsExactly(0, 1, 2, 3);
        }
    }

    @Test
    void hasItsOwnHeadWhenTheFileHasOne() throws IOException {
        GgufWriter writer = GgufWriter.tinyLlama().tensor("output.weight", 4, 5);
        try (GgufFile gguf = GgufFile.open(writer.write(folder))) {
            assertThat(gguf.config().tiedEmbeddings()).isFalse();
            assertThat(gguf.shape("lm_head.weight")).containsExactly(5L, 4L);
        }
    }

    @Test
    void honoursAnotherAlignment() throws IOException {
        GgufWriter writer =
                GgufWriter.tinyLlama().uint32("general.alignment", 8).alignment(8);
        try (GgufFile gguf = GgufFile.open(writer.write(folder))) {
            assertThat(TinyModels.read(gguf, "model.layers.0.mlp.down_proj.weight"))
                    .startsWith(0, 1, 2)
                    .endsWith(22, 23);
        }
    }

    @Test
    void readsQuantisedTensorsOfManyChunksWhole() throws IOException {
        // 40 blocks a row so that no chunk ends with a row, and more values than two chunks hold.
        int rows = 20;
        int columns = 40 * 32;
        byte[] stored = new byte[rows * 40 * 34];
        for (int block = 0; block < rows * 40; block++) {
            ByteBuffer view = ByteBuffer.wrap(stored, block * 34, 34).order(ByteOrder.LITTLE_ENDIAN);
            view.putShort((short) 0x3c00); // 1
            view.put((byte) block);
        }
        Path path = Files.write(folder.resolve("blocks"), stored);
        StoredTensor tensor = StoredTensor.of("blocks", StorageType.Q8_0, List.of((long) rows, (long) columns), 0);
        try (TensorFile file = new TensorFile(MappedFile.open(path), List.of(tensor))) {
            FloatBuffer values = FloatBuffer.allocate(rows * columns + 1);
            values.put(-1);
            file.readFloats("blocks", values);
            assertThat(values.remaining()).isZero();
            assertThat(values.get(0)).isEqualTo(-1);
            for (int block = 0; block < rows * 40; block++) {
                assertThat(values.get(1 + block * 32)).isEqualTo((byte) block);
                assertThat(values.get(2 + block * 32)).isZero();
            }
        }
    }

    @Test
    void readsTensorsBeyondTwoGibibytes() throws IOException {
        long far = (3L << 30) - 32; // its sixteen values lie on both sides of a multiple of a gibibyte
        GgufWriter writer = GgufWriter.tinyLlama();
        Path path = writer.write(folder);
        long dataStart = dataStart(path);
        writer.tensor("blk.0.attn_q.weight", 0, far - dataStart, new float[16], 4, 4)
                .write(folder);
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
            file.seek(far);
            file.write(GgufWriter.floats(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15));
        }
        try (GgufFile gguf = GgufFile.open(path)) {
            assertThat(TinyModels.read(gguf, "model.layers.0.self_attn.q_proj.weight"))
                    .containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
        }
    }

    private static long dataStart(Path path) throws IOException {
        try (MappedFile file = MappedFile.open(path)) {
            return GgufHeader.read(file).tensors().get(0).offset();
        }
    }

    @Test
    void readsTheSameFromSeveralThreadsAtOnce() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try (GgufFile gguf = GgufFile.open(TinyModels.path("llama-gqa.gguf"))) {
            List<Future<float[]>> reads = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                reads.add(threads.submit(() -> TinyModels.read(gguf, "model.embed_tokens.weight")));
            }
            float[] expected = TinyModels.read(gguf, "model.embed_tokens.weight");
            for (Future<float[]> read : reads) {
                assertThat(read.get(30, TimeUnit.SECONDS)).isEqualTo(expected);
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void refusesABufferThatIsTooSmallAndLeavesItAsItWas() throws IOException {
        try (GgufFile gguf = GgufFile.open(GgufWriter.tinyLlama().write(folder))) {
            FloatBuffer small = FloatBuffer.allocate(19);
            assertThatThrownBy(() -> gguf.readFloats("model.embed_tokens.weight", small))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("model.embed_tokens.weight has 20 values, the buffer has room for 19");
            assertThat(small.position()).isZero();
        }
    }

    @Test
    void refusesATensorItDoesNotHave() throws IOException {
        try (GgufFile gguf = GgufFile.open(GgufWriter.tinyLlama().write(folder))) {
            assertThatThrownBy(() -> gguf.shape("token_embd.weight"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("written.gguf has no tensor named token_embd.weight");
        }
    }

    @Test
    void refusesToReadOnceClosed() throws IOException {
        GgufFile gguf = GgufFile.open(GgufWriter.tinyLlama().write(folder));
        gguf.close();
        assertThatThrownBy(() -> TinyModels.read(gguf, "model.norm.weight"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("is closed");
    }

    @Test
    void saysWhichFileIsNotThere() {
        assertThatThrownBy(() -> Checkpoint.open(folder.resolve("absent.gguf")))
                .isInstanceOf(NoSuchFileException.class)
                .hasMessageContaining("absent.gguf");
    }

    /** The converter moved rows i and i + half of each Q and K head to 2i and 2i + 1; this moves them back. */
    private static float[] inHalves(GgufFile gguf, String name) {
        float[] stored = TinyModels.read(gguf, name);
        boolean turned = name.contains("q_proj") || name.contains("k_proj");
        if (!turned || gguf.rotaryLayout() == RotaryLayout.HALVES) {
            return stored;
        }
        int columns = gguf.config().hiddenSize();
        int headDim = gguf.config().headDim();
        float[] moved = new float[stored.length];
        for (int row = 0; row < stored.length / columns; row++) {
            int inHead = row % headDim;
            int target = row - inHead + inHead / 2 + inHead % 2 * (headDim / 2);
            System.arraycopy(stored, row * columns, moved, target * columns, columns);
        }
        return moved;
    }
}
