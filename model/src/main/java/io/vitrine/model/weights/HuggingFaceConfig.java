package io.vitrine.model.weights;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * Makes a model's configuration from {@code config.json}, with the defaults of transformers' {@code LlamaConfig}. What the
 * decoder cannot do is refused by name: running such a model anyway would give wrong answers, not an error.
 */
final class HuggingFaceConfig {

    private final JsonFields json;

    private HuggingFaceConfig(JsonFields json) {
        this.json = json;
    }

    static ModelConfig modelConfig(JsonFields json) {
        return new HuggingFaceConfig(json).modelConfig();
    }

    private ModelConfig modelConfig() {
        refuseWhatTheDecoderCannotDo();
        int hiddenSize = json.requiredInteger("hidden_size");
        int heads = json.requiredInteger("num_attention_heads");
        JsonFields rope = ropeParameters();
        return new ModelConfig(
                Architecture.LLAMA,
                json.requiredInteger("num_hidden_layers"),
                hiddenSize,
                json.requiredInteger("intermediate_size"),
                heads,
                json.integer("num_key_value_heads").orElse(heads),
                json.integer("head_dim").orElseGet(() -> headDim(hiddenSize, heads)),
                json.requiredInteger("vocab_size"),
                json.integer("max_position_embeddings").orElse(2048),
                json.number("rms_norm_eps").orElse(1e-6),
                rope.number("rope_theta").or(() -> json.number("rope_theta")).orElse(10_000.0),
                ropeScaling(rope),
                json.flag("tie_word_embeddings"));
    }

    private static int headDim(int hiddenSize, int heads) {
        if (heads <= 0 || hiddenSize % heads != 0) {
            throw new ModelFormatException(
                    "hidden_size " + hiddenSize + " is not a multiple of num_attention_heads " + heads);
        }
        return hiddenSize / heads;
    }

    private void refuseWhatTheDecoderCannotDo() {
        String modelType = json.text("model_type").orElseThrow(() -> new ModelFormatException("model_type is missing"));
        if (!modelType.equals("llama")) {
            throw new ModelFormatException("model_type " + modelType + " is not supported; llama is");
        }
        json.field("architectures").ifPresent(HuggingFaceConfig::requireCausalLlama);
        refuseFlag("attention_bias");
        refuseFlag("mlp_bias");
        json.text("hidden_act").filter(name -> !name.equals("silu")).ifPresent(name -> {
            throw new ModelFormatException("hidden_act " + name + " is not supported; silu is");
        });
        json.field("quantization_config").ifPresent(value -> {
            throw new ModelFormatException("quantization_config is not supported: weights must be F32, F16 or BF16");
        });
        refusePartialRotary(json);
    }

    private static void requireCausalLlama(JsonNode architectures) {
        for (JsonNode architecture : architectures) {
            if (architecture.asText().equals("LlamaForCausalLM")) {
                return;
            }
        }
        throw new ModelFormatException("architectures " + architectures + " are not supported; LlamaForCausalLM is");
    }

    private void refuseFlag(String name) {
        if (json.flag(name)) {
            throw new ModelFormatException(name + " true is not supported");
        }
    }

    private static void refusePartialRotary(JsonFields fields) {
        fields.number("partial_rotary_factor").filter(factor -> factor != 1).ifPresent(factor -> {
            throw new ModelFormatException("partial_rotary_factor " + factor + " is not supported; 1 is");
        });
    }

    /** Transformers 5 writes {@code rope_parameters}; before it, {@code rope_scaling}, which still wins when both are there. */
    private JsonFields ropeParameters() {
        return json.fields("rope_scaling")
                .or(() -> json.fields("rope_parameters"))
                .orElse(JsonFields.EMPTY);
    }

    private static RopeScaling ropeScaling(JsonFields rope) {
        refusePartialRotary(rope);
        String type = rope.text("rope_type").or(() -> rope.text("type")).orElse("default");
        return switch (type) {
            case "default" -> new RopeScaling.None();
            case "linear" -> new RopeScaling.Linear(rope.requiredNumber("factor"));
            case "llama3" ->
                new RopeScaling.Llama3(
                        rope.requiredNumber("factor"),
                        rope.requiredNumber("low_freq_factor"),
                        rope.requiredNumber("high_freq_factor"),
                        rope.requiredInteger("original_max_position_embeddings"));
            default ->
                throw new ModelFormatException(
                        "rope_type " + type + " is not supported; default, linear and llama3 are");
        };
    }
}
