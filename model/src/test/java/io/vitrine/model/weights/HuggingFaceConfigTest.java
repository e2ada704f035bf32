package io.vitrine.model.weights;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class HuggingFaceConfigTest {

    /** As published with Llama 3.2 1B, before transformers 5. */
    private static final String LLAMA_3_2 = """
            {
              "architectures": ["LlamaForCausalLM"], "attention_bias": false, "attention_dropout": 0.0,
              "bos_token_id": 128000, "eos_token_id": [128001, 128008, 128009], "head_dim": 64, "hidden_act": "silu",
              "hidden_size": 2048, "initializer_range": 0.02, "intermediate_size": 8192,
              "max_position_embeddings": 131072, "mlp_bias": false, "model_type": "llama", "num_attention_heads": 32,
              "num_hidden_layers": 16, "num_key_value_heads": 8, "pretraining_tp": 1, "rms_norm_eps": 1e-05,
              "rope_scaling": {"factor": 32.0, "high_freq_factor": 4.0, "low_freq_factor": 1.0,
                "original_max_position_embeddings": 8192, "rope_type": "llama3"},
              "rope_theta": 500000.0, "tie_word_embeddings": true, "torch_dtype": "bfloat16",
              "transformers_version": "4.45.0.dev0", "use_cache": true, "vocab_size": 128256
            }""";

    private static final String LEAST = """
            {"model_type": "llama", "hidden_size": 8, "num_attention_heads": 2, "num_hidden_layers": 1,
             "intermediate_size": 16, "vocab_size": 10}""";

    /** As published with Mistral 7B v0.1. */
    private static final String MISTRAL_7B = """
            {
              "architectures": ["MistralForCausalLM"], "bos_token_id": 1, "eos_token_id": 2, "hidden_act": "silu",
              "hidden_size": 4096, "initializer_range": 0.02, "intermediate_size": 14336,
              "max_position_embeddings": 32768, "model_type": "mistral", "num_attention_heads": 32,
              "num_hidden_layers": 32, "num_key_value_heads": 8, "rms_norm_eps": 1e-05, "rope_theta": 10000.0,
              "sliding_window": 4096, "tie_word_embeddings": false, "torch_dtype": "bfloat16",
              "transformers_version": "4.34.0.dev0", "use_cache": true, "vocab_size": 32000
            }""";

    /** As published with Qwen2.5 0.5B Instruct. */
    private static final String QWEN_2_5 = """
            {
              "architectures": ["Qwen2ForCausalLM"], "attention_dropout": 0.0, "bos_token_id": 151643,
              "eos_token_id": 151645, "hidden_act": "silu", "hidden_size": 896, "initializer_range": 0.02,
              "intermediate_size": 4864, "max_position_embeddings": 32768, "max_window_layers": 21,
              "model_type": "qwen2", "num_attention_heads": 14, "num_hidden_layers": 24, "num_key_value_heads": 2,
              "rms_norm_eps": 1e-06, "rope_theta": 1000000.0, "sliding_window": 32768, "tie_word_embeddings": true,
              "torch_dtype": "bfloat16", "transformers_version": "4.43.1", "use_cache": true,
              "use_sliding_window": false, "vocab_size": 151936
            }""";

    /** As published with Qwen3 0.6B. */
    private static final String QWEN_3 = """
            {
              "architectures": ["Qwen3ForCausalLM"], "attention_bias": false, "attention_dropout": 0.0,
              "bos_token_id": 151643, "eos_token_id": 151645, "head_dim": 128, "hidden_act": "silu",
              "hidden_size": 1024, "initializer_range": 0.02, "intermediate_size": 3072,
              "max_position_embeddings": 40960, "max_window_layers": 28, "model_type": "qwen3",
              "num_attention_heads": 16, "num_hidden_layers": 28, "num_key_value_heads": 8, "rms_norm_eps": 1e-06,
              "rope_scaling": null, "rope_theta": 1000000, "sliding_window": null, "tie_word_embeddings": true,
              "torch_dtype": "bfloat16", "transformers_version": "4.51.0", "use_cache": true,
              "use_sliding_window": false, "vocab_size": 151936
            }""";

    @TempDir
    Path folder;

    @Test
    void readsAPublishedConfiguration() throws IOException {
        assertThat(config(LLAMA_3_2))
                .isEqualTo(new ModelConfig(
                        Architecture.LLAMA,
                        16,
                        2048,
                        8192,
                        32,
                        8,
                        64,
                        128256,
                        131072,
                        1e-5,
                        500_000,
                        new RopeScaling.Llama3(32, 1, 4, 8192),
                        true));
    }

    @Test
    void readsThePublishedConfigurationsOfOtherArchitectures() throws IOException {
        RopeScaling none = new RopeScaling.None();
        assertThat(config(MISTRAL_7B))
                .isEqualTo(new ModelConfig(
                        Architecture.MISTRAL, 32, 4096, 14336, 32, 8, 128, 32000, 4096, 1e-5, 10_000, none, false));
        assertThat(config(QWEN_2_5))
                .isEqualTo(new ModelConfig(
                        Architecture.QWEN2, 24, 896, 4864, 14, 2, 64, 151936, 32768, 1e-6, 1_000_000, none, true));
        assertThat(config(QWEN_3))
                .isEqualTo(new ModelConfig(
                        Architecture.QWEN3, 28, 1024, 3072, 16, 8, 128, 151936, 40960, 1e-6, 1_000_000, none, true));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '"',
            value = {
                "{'model_type': 'llama'}; 2048",
                "{'model_type': 'llama', 'sliding_window': 100}; 2048",
                "{'model_type': 'mistral'}; 4096",
                "{'model_type': 'mistral', 'sliding_window': null}; 131072",
                "{'model_type': 'mistral', 'sliding_window': 100}; 100",
                "{'model_type': 'mistral', 'sliding_window': 100, 'max_position_embeddings': 99}; 99",
                "{'model_type': 'qwen2'}; 32768",
                "{'model_type': 'qwen2', 'sliding_window': 100}; 32768",
                "{'model_type': 'qwen2', 'sliding_window': 100, 'use_sliding_window': true}; 100",
                "{'model_type': 'qwen2', 'sliding_window': null, 'use_sliding_window': true}; 32768",
                "{'model_type': 'qwen3', 'use_sliding_window': true}; 4096",
                "{'model_type': 'qwen3', 'sliding_window': 100, 'use_sliding_window': false}; 32768"
            })
    void hasNoLongerContextThanASlidingWindowThatIsUsed(String change, int contextLength) throws IOException {
        assertThat(config(with(LEAST, change)).contextLength()).isEqualTo(contextLength);
    }

    @Test
    void takesTheHeadWidthOfEachArchitectureWhereItIsLeftOut() throws IOException {
        assertThat(config(with(LEAST, "{'model_type': 'qwen2'}")).headDim()).isEqualTo(4);
        assertThat(config(with(LEAST, "{'model_type': 'qwen3'}")).headDim()).isEqualTo(128);
    }

    @Test
    void takesTheDefaultsOfTransformersForWhatIsLeftOut() throws IOException {
        ModelConfig expected = new ModelConfig(
                Architecture.LLAMA, 1, 8, 16, 2, 2, 4, 10, 2048, 1e-6, 10_000, new RopeScaling.None(), false);
        assertThat(config(LEAST)).isEqualTo(expected);
        assertThat(config(with(LEAST, "{'num_key_value_heads': null, 'head_dim': null, 'rope_scaling': null}")))
                .isEqualTo(expected);
    }

    @Test
    void readsTheRotaryParametersOfTransformers5() throws IOException {
        ModelConfig config =
                config(with(LEAST, "{'rope_parameters': {'rope_type': 'linear', 'factor': 4, 'rope_theta': 20000.0}}"));
        assertThat(config.ropeScaling()).isEqualTo(new RopeScaling.Linear(4));
        assertThat(config.ropeTheta()).isEqualTo(20_000);
    }

    @Test
    void readsTheRotaryParametersOfTheFirstVersions() throws IOException {
        ModelConfig config =
                config(with(LEAST, "{'rope_scaling': {'type': 'linear', 'factor': 2.5}, 'rope_theta': 5}"));
        assertThat(config.ropeScaling()).isEqualTo(new RopeScaling.Linear(2.5));
        assertThat(config.ropeTheta()).isEqualTo(5);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "model_type",
                "hidden_size",
                "num_attention_heads",
                "num_hidden_layers",
                "intermediate_size",
                "vocab_size"
            })
    void refusesAConfigurationWithoutWhatItNeeds(String field) throws IOException {
        refuses(with(LEAST, "{'" + field + "': null}"), field + " is missing");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '"',
            value = {
                "{'model_type': 'gemma2'}; model_type gemma2 is not supported; llama, mistral, qwen2 and qwen3 are",
                "{'model_type': 'qwen3', 'attention_bias': true}; attention_bias true is not supported",
                "{'model_type': 'qwen2', 'rope_scaling': {'type': 'yarn', 'factor': 4}}; rope_type yarn is not supported",
                "{'model_type': 'mistral', 'sliding_window': 'all'}; sliding_window should be a 32-bit integer",
                "{'model_type': 'mistral', 'sliding_window': 0}; contextLength must be > 0: 0",
                "{'model_type': 'qwen2', 'architectures': ['LlamaForCausalLM']}; Qwen2ForCausalLM is",
                "{'model_type': 'qwen3', 'architectures': ['Qwen2ForCausalLM']}; Qwen3ForCausalLM is",
                "{'model_type': 'mistral', 'architectures': ['MistralForTokenClassification']}; MistralForCausalLM is",
                "{'architectures': ['LlamaForSequenceClassification']}; [\"LlamaForSequenceClassification\"] are not",
                "{'attention_bias': true}; attention_bias true is not supported",
                "{'mlp_bias': true}; mlp_bias true is not supported",
                "{'hidden_act': 'gelu'}; hidden_act gelu is not supported",
                "{'partial_rotary_factor': 0.5}; partial_rotary_factor 0.5 is not supported",
                "{'rope_parameters': {'partial_rotary_factor': 0.25}}; partial_rotary_factor 0.25 is not supported",
                "{'quantization_config': {'bits': 4}}; quantization_config is not supported",
                "{'rope_scaling': {'rope_type': 'yarn', 'factor': 4}}; rope_type yarn is not supported",
                "{'rope_scaling': {'type': 'dynamic', 'factor': 4}}; rope_type dynamic is not supported",
                "{'rope_scaling': {'type': 'linear'}}; factor is missing",
                "{'rope_scaling': {'type': 'linear', 'factor': 0}}; factor of the rotary scaling must be > 0",
                "{'rope_scaling': {'rope_type': 'llama3', 'factor': 4}}; low_freq_factor is missing",
                "{'hidden_size': 9}; hidden_size 9 is not a multiple of num_attention_heads 2",
                "{'num_attention_heads': 0}; num_attention_heads 0",
                "{'num_key_value_heads': 3}; heads must be a multiple of kvHeads: 2, 3",
                "{'head_dim': 5}; headDim must be even: 5",
                "{'vocab_size': -1}; vocabularySize must be > 0: -1",
                "{'rms_norm_eps': 0}; rmsNormEpsilon must be > 0",
                "{'hidden_size': '8'}; hidden_size should be a 32-bit integer, is \"\"8\"\"",
                "{'hidden_size': 8.5}; hidden_size should be a 32-bit integer, is 8.5",
                "{'hidden_size': 4294967304}; hidden_size should be a 32-bit integer, is 4294967304",
                "{'rope_theta': 'big'}; rope_theta should be a number",
                "{'attention_bias': 1}; attention_bias should be true or false, is 1",
                "{'rope_scaling': 4}; rope_scaling should be an object, is 4",
                "{'model_type': 7}; model_type should be a string, is 7"
            })
    void refusesByName(String change, String message) throws IOException {
        refuses(with(LEAST, change), message.replace("\"\"", "\""));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "[]", "{", "{} {}", "{\"a\": 1, \"a\": 2}", "null"})
    void refusesWhatIsNotOneJsonObject(String content) throws IOException {
        refuses(content, "");
    }

    @Test
    void refusesAFileThatIsTooLarge() throws IOException {
        Path path = Files.writeString(folder.resolve("config.json"), " ".repeat(1001));
        assertThatThrownBy(() -> JsonFields.read(path, 1000))
                .isInstanceOf(ModelFormatException.class)
                .hasMessage(path + ": file has 1001 bytes, more than 1000");
    }

    @Test
    void readsTheGenerationConfigurationAndTakesTheRestFromTheModels() throws IOException {
        JsonFields model = fields("{\"eos_token_id\": 9, \"bos_token_id\": 1}");
        assertThat(generation("{\"eos_token_id\": [2, 3], \"temperature\": 0.6, \"top_p\": 0.9, \"top_k\": 20}", model))
                .isEqualTo(new GenerationConfig(Set.of(2, 3), 1, 0.6, 0.9, 20));
        assertThat(generation("{\"eos_token_id\": 2, \"bos_token_id\": 5}", model))
                .isEqualTo(new GenerationConfig(Set.of(2), 5, null, null, null));
        assertThat(generation("{}", model)).isEqualTo(new GenerationConfig(Set.of(9), 1, null, null, null));
        assertThat(generation("{}", fields("{}"))).isEqualTo(new GenerationConfig(Set.of(), null, null, null, null));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '"',
            value = {
                "{'eos_token_id': 'two'}; eos_token_id should be a token id or a list of them",
                "{'eos_token_id': [2, 2.5]}; eos_token_id should be a token id or a list of them",
                "{'eos_token_id': [[2]]}; eos_token_id should be a token id or a list of them",
                "{'eos_token_id': -1}; end-of-text token must be >= 0: -1",
                "{'bos_token_id': -1}; begin-of-text token must be >= 0: -1",
                "{'temperature': -0.1}; temperature must be >= 0 and finite: -0.1",
                "{'top_p': 1.5}; top_p must be > 0 and <= 1: 1.5",
                "{'top_k': -2}; top_k must be >= 0: -2"
            })
    void refusesAGenerationConfigurationThatCannotBe(String content, String message) {
        assertThatThrownBy(() -> generation(content.replace('\'', '"'), fields("{}")))
                .hasMessageContaining(message);
    }

    private ModelConfig config(String content) throws IOException {
        JsonFields fields = fields(content);
        return ModelFormatException.inFile(folder.resolve("config.json"), () -> HuggingFaceConfig.modelConfig(fields));
    }

    private GenerationConfig generation(String content, JsonFields model) throws IOException {
        return HuggingFaceGenerationConfig.generationConfig(fields(content), model);
    }

    private JsonFields fields(String content) throws IOException {
        return JsonFields.read(Files.writeString(folder.resolve("config.json"), content), 1 << 20);
    }

    private static String with(String content, String change) throws IOException {
        ObjectMapper mapper = new ObjectMapper();
        ObjectNode changed = (ObjectNode) mapper.readTree(content);
        changed.setAll((ObjectNode) mapper.readTree(change.replace('\'', '"')));
        return changed.toString();
    }

    private void refuses(String content, String message) {
        assertThatThrownBy(() -> config(content))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageStartingWith(folder.resolve("config.json") + ": ")
                .hasMessageContaining(message);
    }
}
