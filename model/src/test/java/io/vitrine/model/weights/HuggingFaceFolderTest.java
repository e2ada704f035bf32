package io.vitrine.model.weights;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class HuggingFaceFolderTest {

    private static final String FIRST_SHARD = "model-00001-of-00002.safetensors";
    private static final String SECOND_SHARD = "model-00002-of-00002.safetensors";
    private static final String INDEX = "model.safetensors.index.json";

    @TempDir
    Path folder;

    @Test
    void opensAModelInOneFile() throws IOException {
        try (Checkpoint model = Checkpoint.open(TinyModels.path("llama-gqa"))) {
            assertThat(model.config())
                    .isEqualTo(new ModelConfig(
                            Architecture.LLAMA,
                            2,
                            32,
                            48,
                            4,
                            2,
                            8,
                            320,
                            512,
                            1e-5,
                            10_000,
                            new RopeScaling.None(),
                            true));
            assertThat(model.generationConfig()).isEqualTo(new GenerationConfig(Set.of(2), 1, null, null, null));
            assertThat(model.rotaryLayout()).isEqualTo(RotaryLayout.HALVES);
            assertThat(model.names()).hasSize(2 + 2 * 9);
            assertThat(model.shape("model.layers.1.self_attn.k_proj.weight")).containsExactly(16L, 32L);
            assertThat(model.storedType("model.norm.weight")).isEqualTo("F32");
            assertThat(model.storedBytes("model.norm.weight")).isEqualTo(128);
        }
    }

    @Test
    void opensAModelInShards() throws IOException {
        try (Checkpoint model = Checkpoint.open(TinyModels.path("llama-linear-bf16"));
                SafetensorsFile first = SafetensorsFile.open(TinyModels.path("llama-linear-bf16/" + FIRST_SHARD));
                SafetensorsFile second = SafetensorsFile.open(TinyModels.path("llama-linear-bf16/" + SECOND_SHARD))) {
            assertThat(model.config().ropeScaling()).isEqualTo(new RopeScaling.Linear(4));
            assertThat(first.names()).isNotEmpty().doesNotContainAnyElementsOf(second.names());
            assertThat(model.names())
                    .hasSize(2 + 2 * 9)
                    .containsAll(first.names())
                    .containsAll(second.names());
            assertThat(model.storedType("model.norm.weight")).isEqualTo("BF16");
            assertThat(TinyModels.read(model, "model.norm.weight"))
                    .hasSize(32)
                    .startsWith(0.89453125f, 0.65625f, 1.0390625f, 0.421875f) // as PyTorch reads them
                    .endsWith(1.359375f);
        }
    }

    @Test
    void refusesToReadOnceClosed() throws IOException {
        Checkpoint model = Checkpoint.open(TinyModels.path("llama-linear-bf16"));
        model.close();
        assertThatThrownBy(() -> TinyModels.read(model, "model.norm.weight")).hasMessageContaining("is closed");
    }

    @Test
    void saysWhenAFileIsNotThere() throws IOException {
        assertThatThrownBy(() -> Checkpoint.open(folder))
                .isInstanceOf(NoSuchFileException.class)
                .hasMessageContaining("config.json");
        copy("llama-gqa");
        Files.delete(folder.resolve("model.safetensors"));
        assertThatThrownBy(() -> Checkpoint.open(folder))
                .isInstanceOf(NoSuchFileException.class)
                .hasMessageContaining("has neither model.safetensors nor model.safetensors.index.json");
    }

    @Test
    void doesWithoutAGenerationConfiguration() throws IOException {
        copy("llama-gqa");
        Files.delete(folder.resolve("generation_config.json"));
        try (Checkpoint model = Checkpoint.open(folder)) {
            assertThat(model.generationConfig()).isEqualTo(new GenerationConfig(Set.of(2), 1, null, null, null));
        }
    }

    @Test
    void refusesWeightsThatAreNotTheConfigurations() throws IOException {
        copy("llama-gqa");
        replace("config.json", "\"num_key_value_heads\": 2", "\"num_key_value_heads\": 4");
        refuses(folder + ": tensor model.layers.0.self_attn.k_proj.weight has shape [16, 32], expected [32, 32]");
        replace("config.json", "\"num_key_value_heads\": 4", "\"num_key_value_heads\": 2");
        replace("config.json", "\"tie_word_embeddings\": true", "\"tie_word_embeddings\": false");
        refuses(folder + ": tensor lm_head.weight [320, 32] is missing");
        replace("config.json", "\"num_hidden_layers\": 2", "\"num_hidden_layers\": 1");
        replace("config.json", "\"tie_word_embeddings\": false", "\"tie_word_embeddings\": true");
        refuses("tensor model.layers.1.input_layernorm.weight has no place");
    }

    @ParameterizedTest
    @ValueSource(strings = {"self_attn.q_proj.bias [32]", "self_attn.k_proj.bias [16]", "self_attn.v_proj.bias [16]"})
    void refusesAModelWithoutTheBiasesOfItsArchitecture(String tensor) throws IOException {
        copy("qwen2");
        hideInWeights(tensor);
        refuses("tensor model.layers.0." + tensor + " is missing");
    }

    @ParameterizedTest
    @ValueSource(strings = {"self_attn.q_norm.weight [12]", "self_attn.k_norm.weight [12]"})
    void refusesAModelWithoutTheNormsOfItsArchitecture(String tensor) throws IOException {
        copy("qwen3");
        hideInWeights(tensor);
        refuses("tensor model.layers.0." + tensor + " is missing");
    }

    /** Gives the tensors another name of the same length. */
    private void hideInWeights(String tensor) throws IOException {
        String name = tensor.substring(0, tensor.indexOf(' '));
        Path file = folder.resolve("model.safetensors");
        String content = Files.readString(file, StandardCharsets.ISO_8859_1);
        Files.writeString(file, content.replace(name, "x".repeat(name.length())), StandardCharsets.ISO_8859_1);
    }

    @Test
    void readsPastAHeadThatATiedModelStoresAllTheSame() throws IOException {
        copy("llama-untied");
        replace("config.json", "\"tie_word_embeddings\": false", "\"tie_word_embeddings\": true");
        try (Checkpoint model = Checkpoint.open(folder)) {
            assertThat(model.config().tiedEmbeddings()).isTrue();
        }
    }

    @Test
    void saysWhichShardIsNotThere() throws IOException {
        copy("llama-linear-bf16");
        Files.delete(folder.resolve(SECOND_SHARD));
        assertThatThrownBy(() -> Checkpoint.open(folder))
                .isInstanceOf(NoSuchFileException.class)
                .hasMessageContaining(SECOND_SHARD);
    }

    @Test
    void refusesAnIndexThatPointsToTheWrongShard() throws IOException {
        copy("llama-linear-bf16");
        String name = "model.norm.weight";
        String content = Files.readString(folder.resolve(INDEX));
        String wrong = content.contains("\"" + name + "\": \"" + FIRST_SHARD) ? SECOND_SHARD : FIRST_SHARD;
        Files.writeString(folder.resolve(INDEX), content.replaceAll("(\"" + name + "\": \")[^\"]+", "$1" + wrong));
        refuses(folder.resolve(INDEX) + ": " + name + " should be in " + wrong + ", which does not have it");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "../other.safetensors",
                "/etc/x.safetensors",
                "a/b.safetensors",
                "model.bin",
                "",
                "a\\u0000.safetensors"
            })
    void refusesAnIndexThatPointsOutOfTheFolder(String fileName) throws IOException {
        copy("llama-linear-bf16");
        replace(INDEX, FIRST_SHARD, fileName);
        refuses("should be a plain name that ends in .safetensors");
    }

    @Test
    void refusesAnIndexWithoutAMap() throws IOException {
        copy("llama-linear-bf16");
        Files.writeString(folder.resolve(INDEX), "{}");
        refuses(folder.resolve(INDEX) + ": weight_map is missing");
    }

    private void refuses(String message) {
        assertThatThrownBy(() -> Checkpoint.open(folder))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageStartingWith(folder.toString())
                .hasMessageContaining(message);
    }

    /** A value head, say. One of a layer would change what the layer computes. */
    @Test
    void readsPastTensorsThatAreNoPartOfTheModel() throws IOException {
        copy("llama-untied");
        replace("config.json", "\"tie_word_embeddings\": false", "\"tie_word_embeddings\": true");
        renameInWeights("lm_head.weight", "v_head.weights");
        try (Checkpoint model = Checkpoint.open(folder)) {
            assertThat(model.unusedTensors()).containsExactly("v_head.weights");
        }
    }

    private void renameInWeights(String name, String other) throws IOException {
        Path file = folder.resolve("model.safetensors");
        String content = Files.readString(file, StandardCharsets.ISO_8859_1);
        assertThat(content).contains(name);
        Files.writeString(file, content.replace(name, other), StandardCharsets.ISO_8859_1);
    }

    private void replace(String file, String from, String to) throws IOException {
        String content = Files.readString(folder.resolve(file));
        assertThat(content).contains(from);
        Files.writeString(folder.resolve(file), content.replace(from, to));
    }

    private void copy(String model) throws IOException {
        try (Stream<Path> files = Files.list(TinyModels.path(model))) {
            for (Path file : files.toList()) {
                Files.copy(file, folder.resolve(file.getFileName().toString()));
            }
        }
    }
}
