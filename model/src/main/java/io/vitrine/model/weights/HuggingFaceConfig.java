package io.vitrine.model.weights;

import java.util.Map;
import java.util.Optional;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * Makes a model's configuration from {@code config.json}, with the defaults of transformers' configuration classes. What the
 * decoder cannot do is refused by name: running such a model anyway would give wrong answers, not an error.
 */
final class HuggingFaceConfig {

    private static final Map<String, ModelType> MODEL_TYPES = Map.of(
            "llama", new ModelType(Architecture.LLAMA, "LlamaForCausalLM", 2048),
            "mistral", new ModelType(Architecture.MISTRAL, "MistralForCausalLM", 131_072),
            "qwen2", new ModelType(Architecture.QWEN2, "Qwen2ForCausalLM", 32_768),
            "qwen3", new ModelType(Architecture.QWEN3, "Qwen3ForCausalLM", 32_768));

    private static final int DEFAULT_SLIDING_WINDOW = 4096;
    private static final int DEFAULT_QWEN3_HEAD_DIM = 128;

    private final JsonFields json;
    private final ModelType type;

    /** @param modelClass the one of transformers' classes for this type that gives logits of the next token */
    private record ModelType(Architecture architecture, String modelClass, int defaultContextLength) {}

    private HuggingFaceConfig(JsonFields json) {
        this.json = json;
        this.type =
                modelType(json.text("model_type").orElseThrow(() -> new ModelFormatException("model_type is missing")));
    }

    private static ModelType modelType(String name) {
        return Optional.ofNullable(MODEL_TYPES.get(name))
                .orElseThrow(() -> new ModelFormatException(
                        "model_type " + name + " is not supported; llama, mistral, qwen2 and qwen3 are"));
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
                type.architecture,
                json.requiredInteger("num_hidden_layers"),
                hiddenSize,
                json.requiredInteger("intermediate_size"),
                heads,
                json.integer("num_key_value_heads").orElse(heads),
                json.integer("head_dim").orElseGet(() -> defaultHeadDim(hiddenSize, heads)),
                json.requiredInteger("vocab_size"),
                contextLength(),
                json.number("rms_norm_eps").orElse(1e-6),
                rope.number("rope_theta").or(() -> json.number("rope_theta")).orElse(10_000.0),
                ropeScaling(rope),
                json.flag("tie_word_embeddings"));
    }

    private int defaultHeadDim(int hiddenSize, int heads) {
        if (type.architecture == Architecture.QWEN3) {
            return DEFAULT_QWEN3_HEAD_DIM;
        }
        if (heads <= 0 || hiddenSize % heads != 0) {
            throw new ModelFormatException(
                    "hidden_size " + hiddenSize + " is not a multiple of num_attention_heads " + heads);
        }
        return hiddenSize / heads;
    }

    private int contextLength() {
        int stated = json.integer("max_position_embeddings").orElse(type.defaultContextLength);
        return slidingWindow().map(window -> Math.min(window, stated)).orElse(stated);
    }

    /** Qwen configurations state a window that only counts if another field says so; Mistral's counts. */
    private Optional<Integer> slidingWindow() {
        boolean used =
                switch (type.architecture) {
                    case LLAMA -> false;
                    case MISTRAL -> true;
                    case QWEN2, QWEN3 -> json.flag("use_sliding_window");
                };
        if (!used) {
            return Optional.empty();
        }
        // Unlike elsewhere, null is not the default here: it means that there is no window.
        return json.object().has("sliding_window")
                ? json.integer("sliding_window")
                : Optional.of(DEFAULT_SLIDING_WINDOW);
    }

    private void refuseWhatTheDecoderCannotDo() {
        json.field("architectures").ifPresent(this::requireCausal);
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

    private void requireCausal(JsonNode modelClasses) {
        for (JsonNode modelClass : modelClasses) {
            if (modelClass.asText().equals(type.modelClass)) {
                return;
            }
        }
        throw new ModelFormatException(
                "architectures " + modelClasses + " are not supported; " + type.modelClass + " is");
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
