package io.vitrine.model.weights;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class GgufConfigTest {

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "general.architecture",
                "llama.block_count",
                "llama.context_length",
                "llama.embedding_length",
                "llama.feed_forward_length",
                "llama.attention.head_count",
                "llama.attention.layer_norm_rms_epsilon"
            })
    void refusesAFileWithoutWhatItNeeds(String key) throws IOException {
        refuses(GgufWriter.tinyLlama().without(key), "metadata " + key + " is missing");
    }

    /** Converters differ in which integer type they write. */
    @Test
    void readsNumbersOfAnotherIntegerType() throws IOException {
        GgufWriter writer = GgufWriter.tinyLlama()
                .pair("llama.block_count", GgufWriter.UINT64, GgufWriter.int64(1))
                .pair("llama.embedding_length", GgufWriter.INT32, GgufWriter.int32(4))
                .pair("llama.attention.head_count", GgufWriter.UINT8, new byte[] {2})
                .pair("flag", GgufWriter.UINT8, new byte[] {1});
        try (GgufFile gguf = GgufFile.open(writer.write(folder))) {
            assertThat(gguf.config().layers()).isEqualTo(1);
            assertThat(gguf.config().hiddenSize()).isEqualTo(4);
            assertThat(gguf.config().heads()).isEqualTo(2);
            assertThat(gguf.metadata().flag("flag")).contains(true);
        }
    }

    @Test
    void refusesOtherArchitecturesByName() throws IOException {
        refuses(
                GgufWriter.tinyLlama().string("general.architecture", "gemma2"),
                "architecture gemma2 is not supported; llama, qwen2 and qwen3 are");
    }

    @ParameterizedTest
    @CsvSource({
        "llama.expert_count, 8, mixtures of experts",
        "llama.rope.dimension_count, 1, rotary embedding of a part of each head is not supported",
        "llama.attention.value_length, 4, heads of unequal keys and values is not supported",
        "llama.attention.head_count, 3, llama.embedding_length 4 is not a multiple of llama.attention.head_count 3",
        "llama.attention.head_count, 0, llama.attention.head_count 0",
        "llama.attention.head_count_kv, 3, heads must be a multiple of kvHeads",
        "llama.attention.key_length, 3, headDim must be even: 3",
        "llama.context_length, 0, contextLength must be > 0: 0",
        "llama.context_length, -1, metadata llama.context_length is 4294967295",
    })
    void refusesWhatTheDecoderCannotDo(String key, int value, String message) throws IOException {
        refuses(GgufWriter.tinyLlama().uint32(key, value), message);
    }

    @Test
    void refusesAValueOfAnotherType() throws IOException {
        refuses(
                GgufWriter.tinyLlama().string("llama.block_count", "one"),
                "GGUF metadata llama.block_count should be a Long, is a String");
        refuses(
                GgufWriter.tinyLlama().float32("llama.attention.layer_norm_rms_epsilon", Float.NaN),
                "rmsNormEpsilon must be > 0 and finite: NaN");
    }

    @ParameterizedTest
    @ValueSource(strings = {"qwen2", "qwen3"})
    void looksForKeysUnderTheNameOfTheArchitecture(String architecture) throws IOException {
        refuses(
                GgufWriter.tinyLlama().string("general.architecture", architecture),
                "metadata " + architecture + ".embedding_length is missing");
    }

    @ParameterizedTest
    @CsvSource({"0, 16", "7, 7", "16, 16", "17, 16"})
    void hasNoLongerContextThanItsSlidingWindow(int window, int contextLength) throws IOException {
        GgufWriter writer = GgufWriter.tinyLlama().uint32("llama.attention.sliding_window", window);
        try (GgufFile gguf = GgufFile.open(writer.write(folder))) {
            assertThat(gguf.config().contextLength()).isEqualTo(contextLength);
        }
    }

    @Test
    void takesHeadsWithoutGroupsWhereTheFileNamesNone() throws IOException {
        GgufWriter writer = GgufWriter.tinyLlama()
                .without("llama.attention.head_count_kv")
                .tensor("blk.0.attn_k.weight", 4, 4)
                .tensor("blk.0.attn_v.weight", 4, 4);
        try (GgufFile gguf = GgufFile.open(writer.write(folder))) {
            assertThat(gguf.config().kvHeads()).isEqualTo(2);
        }
    }

    @Test
    void readsTheRotaryBaseAndLinearScaling() throws IOException {
        GgufWriter writer = GgufWriter.tinyLlama()
                .float32("llama.rope.freq_base", 500_000)
                .string("llama.rope.scaling.type", "linear")
                .float32("llama.rope.scaling.factor", 4);
        try (GgufFile gguf = GgufFile.open(writer.write(folder))) {
            assertThat(gguf.config().ropeTheta()).isEqualTo(500_000);
            assertThat(gguf.config().ropeScaling()).isEqualTo(new RopeScaling.Linear(4));
        }
    }

    @ParameterizedTest
    @CsvSource({"none, 4", "linear, 1", "linear, 0"})
    void doesNotScaleWhereTheMetadataAsksForNothing(String type, float factor) throws IOException {
        GgufWriter writer = GgufWriter.tinyLlama()
                .string("llama.rope.scaling.type", type)
                .float32("llama.rope.scaling.factor", factor);
        try (GgufFile gguf = GgufFile.open(writer.write(folder))) {
            assertThat(gguf.config().ropeScaling()).isEqualTo(new RopeScaling.None());
        }
    }

    @Test
    void scalesLinearlyByTheOldKeyToo() throws IOException {
        try (GgufFile gguf = GgufFile.open(
                GgufWriter.tinyLlama().float32("llama.rope.scale_linear", 2).write(folder))) {
            assertThat(gguf.config().ropeScaling()).isEqualTo(new RopeScaling.Linear(2));
        }
    }

    @Test
    void refusesScalingItDoesNotKnow() throws IOException {
        refuses(
                GgufWriter.tinyLlama().string("llama.rope.scaling.type", "yarn"),
                "llama.rope.scaling.type yarn is not supported; none and linear are");
        refuses(
                GgufWriter.tinyLlama().float32("llama.rope.scaling.factor", 4).tensor("rope_freqs.weight", 1),
                "both llama.rope.scaling and the tensor rope_freqs.weight");
    }

    @Test
    void refusesRotaryDivisorsThatDoNotFit() throws IOException {
        // The writer's first value is 0, by which nothing can be divided.
        refuses(GgufWriter.tinyLlama().tensor("rope_freqs.weight", 1), "divisor of the rotary scaling must be > 0");
        refuses(
                GgufWriter.tinyLlama().tensor("rope_freqs.weight", 0, GgufWriter.NEXT, new float[] {1, 2}, 2),
                "must have a divisor for each of 1 frequencies, has 2");
        refuses(GgufWriter.tinyLlama().tensor("rope_freqs.weight", 5000), "rope_freqs.weight has 5000 values");
    }

    @ParameterizedTest
    @ValueSource(strings = {"token_embd.weight", "output_norm.weight", "blk.0.ffn_up.weight", "blk.0.attn_k.weight"})
    void refusesAFileThatLacksATensor(String name) throws IOException {
        String known = name.equals("token_embd.weight") ? name : GgufTensorNames.toHuggingFace(name);
        refuses(GgufWriter.tinyLlama().without(name), "tensor " + known, "is missing");
    }

    @Test
    void refusesATensorOfAnotherShape() throws IOException {
        refuses(
                GgufWriter.tinyLlama().tensor("blk.0.attn_k.weight", 2, 4),
                "tensor model.layers.0.self_attn.k_proj.weight has shape [4, 2], expected [2, 4]");
        refuses(
                GgufWriter.tinyLlama().uint32("llama.vocab_size", 6),
                "tensor model.embed_tokens.weight has shape [5, 4], expected [6, 4]");
    }

    @Test
    void refusesTensorsThatItWouldNotUse() throws IOException {
        refuses(
                GgufWriter.tinyLlama().tensor("blk.0.attn_q.bias", 4),
                "tensor model.layers.0.self_attn.q_proj.bias has no place in a model of architecture LLAMA");
        refuses(
                GgufWriter.tinyLlama().tensor("blk.0.attn_q_norm.weight", 2),
                "tensor model.layers.0.self_attn.q_norm.weight has no place in a model of architecture LLAMA");
        refuses(GgufWriter.tinyLlama().tensor("blk.0.other.weight", 4), "tensor blk.0.other.weight has no place");
        refuses(
                GgufWriter.tinyLlama().tensor("blk.1.attn_q.weight", 4, 4),
                "tensor model.layers.1.self_attn.q_proj.weight has no place",
                "with 1 layers");
    }

    @Test
    void refusesMoreLayersThanThereAreWithoutCountingThem() throws IOException {
        refuses(
                GgufWriter.tinyLlama().uint32("llama.block_count", Integer.MAX_VALUE),
                "tensor model.layers.1.input_layernorm.weight [4] is missing");
    }

    @Test
    void namesEveryTokenThatEndsAnAnswer() throws IOException {
        GgufWriter writer = GgufWriter.tinyLlama()
                .uint32("tokenizer.ggml.bos_token_id", 1)
                .uint32("tokenizer.ggml.eos_token_id", 2)
                .uint32("tokenizer.ggml.eot_token_id", 3)
                .uint32("tokenizer.ggml.eom_token_id", 4)
                .float32("general.sampling.temp", 0.5f)
                .float32("general.sampling.top_p", 0.25f)
                .uint32("general.sampling.top_k", 40);
        try (GgufFile gguf = GgufFile.open(writer.write(folder))) {
            assertThat(gguf.generationConfig()).isEqualTo(new GenerationConfig(Set.of(2, 3, 4), 1, 0.5, 0.25, 40));
        }
    }

    @Test
    void namesNoTokensWhereTheFileHasNone() throws IOException {
        try (GgufFile gguf = GgufFile.open(GgufWriter.tinyLlama().write(folder))) {
            assertThat(gguf.generationConfig()).isEqualTo(new GenerationConfig(Set.of(), null, null, null, null));
        }
    }

    @Test
    void readsMetadataOfEveryType() throws IOException {
        GgufWriter writer = GgufWriter.tinyLlama()
                .pair("uint8", GgufWriter.UINT8, new byte[] {(byte) 200})
                .pair("int16", GgufWriter.INT16, new byte[] {(byte) 0xfe, (byte) 0xff})
                .uint32("uint32", -1)
                .pair("int32", GgufWriter.INT32, GgufWriter.int32(-5))
                .pair("uint64", GgufWriter.UINT64, GgufWriter.int64(Long.MAX_VALUE))
                .pair("int64", GgufWriter.INT64, GgufWriter.int64(-6))
                .pair("float64", GgufWriter.FLOAT64, GgufWriter.int64(Double.doubleToRawLongBits(0.1)))
                .float32("float32", 0.5f)
                .pair("bool", GgufWriter.BOOL, new byte[] {1})
                .string("string", "naïve 🙂")
                .array("integers", GgufWriter.INT32, 2, GgufWriter.int32(7), GgufWriter.int32(-8))
                .array("bytes", GgufWriter.UINT8, 2, new byte[] {9, (byte) 255})
                .array("floats", GgufWriter.FLOAT32, 2, GgufWriter.floats(1.5f, -2))
                .array("strings", GgufWriter.STRING, 2, GgufWriter.string(new byte[0]), GgufWriter.string(new byte[] {
                    'b'
                }))
                .array("doubles", GgufWriter.FLOAT64, 1, new byte[8])
                .array("longs", GgufWriter.INT64, 2, GgufWriter.int64(-3), GgufWriter.int64(4))
                .array(
                        "arrays",
                        GgufWriter.ARRAY,
                        2,
                        GgufWriter.int32(GgufWriter.UINT8),
                        GgufWriter.int64(3),
                        new byte[3],
                        GgufWriter.int32(GgufWriter.STRING),
                        GgufWriter.int64(1),
                        GgufWriter.string(new byte[] {'c'}))
                .string("last", "end");
        try (GgufFile gguf = GgufFile.open(writer.write(folder))) {
            Map<String, Object> values = gguf.metadata().values();
            assertThat(values)
                    .containsEntry("uint8", 200L)
                    .containsEntry("int16", -2L)
                    .containsEntry("uint32", 4294967295L)
                    .containsEntry("int32", -5L)
                    .containsEntry("uint64", Long.MAX_VALUE)
                    .containsEntry("int64", -6L)
                    .containsEntry("float64", 0.1)
                    .containsEntry("float32", 0.5)
                    .containsEntry("bool", true)
                    .containsEntry("string", "naïve 🙂")
                    .containsEntry("integers", new int[] {7, -8})
                    .containsEntry("bytes", new int[] {9, 255})
                    .containsEntry("floats", new float[] {1.5f, -2})
                    .containsEntry("doubles", new float[] {0})
                    .containsEntry("longs", new int[] {-3, 4})
                    .containsEntry("last", "end")
                    .doesNotContainKeys("arrays");
            assertThat(gguf.metadata().strings("strings").orElseThrow()).containsExactly("", "b");
        }
    }

    private void refuses(GgufWriter writer, String... messageParts) throws IOException {
        Path path = writer.write(folder);
        assertThatThrownBy(() -> GgufFile.open(path))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageStartingWith(path + ": ")
                .hasMessageContainingAll(messageParts);
    }
}
