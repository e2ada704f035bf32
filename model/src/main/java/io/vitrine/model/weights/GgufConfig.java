package io.vitrine.model.weights;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Makes a model's configuration from the metadata of its GGUF file; messages name the key at fault. */
final class GgufConfig {

    private static final Map<String, Architecture> ARCHITECTURES =
            Map.of("llama", Architecture.LLAMA, "qwen2", Architecture.QWEN2, "qwen3", Architecture.QWEN3);

    private final GgufMetadata metadata;

    /** The file's word for its architecture, which most keys begin with. */
    private final String name;

    private final Architecture architecture;

    /** @throws ModelFormatException if the metadata names no architecture, or one that the decoder cannot run */
    GgufConfig(GgufMetadata metadata) {
        this.metadata = metadata;
        this.name = metadata.string("general.architecture")
                .orElseThrow(() -> new ModelFormatException("metadata general.architecture is missing"));
        this.architecture = Optional.ofNullable(ARCHITECTURES.get(name))
                .orElseThrow(() -> new ModelFormatException(
                        "architecture " + name + " is not supported; llama, qwen2 and qwen3 are"));
    }

    /**
     * @param vocabularySize rows of the embedding; the metadata need not state it
     * @param tiedEmbeddings whether the file has no head of its own
     * @param rotaryDivisors content of {@code rope_freqs.weight}, if the file has that tensor
     */
    ModelConfig modelConfig(int vocabularySize, boolean tiedEmbeddings, Optional<List<Float>> rotaryDivisors) {
        refuseExperts();
        int hiddenSize = required("embedding_length");
        int heads = required("attention.head_count");
        int headDim = headDim(hiddenSize, heads);
        return new ModelConfig(
                architecture,
                required("block_count"),
                hiddenSize,
                required("feed_forward_length"),
                heads,
                optional("attention.head_count_kv").orElse(heads),
                headDim,
                optional("vocab_size").orElse(vocabularySize),
                contextLength(),
                number("attention.layer_norm_rms_epsilon")
                        .orElseThrow(() -> missing("attention.layer_norm_rms_epsilon")),
                number("rope.freq_base").orElse(10_000.0),
                ropeScaling(rotaryDivisors),
                tiedEmbeddings);
    }

    GenerationConfig generationConfig() {
        Set<Integer> endOfTextIds = new LinkedHashSet<>();
        for (String role : List.of("eos", "eot", "eom")) {
            token(role).ifPresent(endOfTextIds::add);
        }
        return new GenerationConfig(
                endOfTextIds,
                token("bos").orElse(null),
                metadata.number("general.sampling.temp").orElse(null),
                metadata.number("general.sampling.top_p").orElse(null),
                integer("general.sampling.top_k").orElse(null));
    }

    private void refuseExperts() {
        if (optional("expert_count").orElse(0) > 0) {
            throw new ModelFormatException("mixtures of experts (" + fullKey("expert_count") + ") are not supported");
        }
    }

    /**
     * At most the sliding window, if one is stated; 0 means that there is none. The converter leaves Mistral's out, so a file of
     * Mistral 7B v0.1 states 32768 tokens and no sign of its window of 4096: whoever runs it has to ask for less.
     */
    private int contextLength() {
        int context = required("context_length");
        return optional("attention.sliding_window")
                .filter(window -> window > 0)
                .map(window -> Math.min(window, context))
                .orElse(context);
    }

    private int headDim(int hiddenSize, int heads) {
        Optional<Integer> stated = optional("attention.key_length");
        if (stated.isEmpty() && (heads == 0 || hiddenSize % heads != 0)) {
            throw new ModelFormatException(fullKey("embedding_length") + " " + hiddenSize + " is not a multiple of "
                    + fullKey("attention.head_count") + " " + heads);
        }
        int headDim = stated.orElseGet(() -> hiddenSize / heads);
        requireHeadDim("attention.value_length", headDim, "heads of unequal keys and values");
        requireHeadDim("rope.dimension_count", headDim, "rotary embedding of a part of each head");
        return headDim;
    }

    private void requireHeadDim(String key, int headDim, String otherwise) {
        optional(key).filter(value -> value != headDim).ifPresent(value -> {
            throw new ModelFormatException(fullKey(key) + " is " + value + " and a head " + headDim + " wide: "
                    + otherwise + " is not supported");
        });
    }

    private RopeScaling ropeScaling(Optional<List<Float>> rotaryDivisors) {
        RopeScaling stated = statedRopeScaling();
        if (rotaryDivisors.isEmpty()) {
            return stated;
        }
        if (!(stated instanceof RopeScaling.None)) {
            throw new ModelFormatException("both " + fullKey("rope.scaling")
                    + " and the tensor rope_freqs.weight scale the rotary embedding: not supported");
        }
        return new RopeScaling.PerFrequency(rotaryDivisors.get());
    }

    private RopeScaling statedRopeScaling() {
        String type = metadata.string(fullKey("rope.scaling.type")).orElse("linear"); // as llama.cpp does
        double factor = number("rope.scaling.factor")
                .or(() -> number("rope.scale_linear"))
                .orElse(1.0);
        return switch (type) {
            case "none" -> new RopeScaling.None();
            // Llama.cpp reads 0 as "not set".
            case "linear" -> factor == 0 || factor == 1 ? new RopeScaling.None() : new RopeScaling.Linear(factor);
            default ->
                throw new ModelFormatException(
                        fullKey("rope.scaling.type") + " " + type + " is not supported; none and linear are");
        };
    }

    private Optional<Integer> token(String role) {
        return integer("tokenizer.ggml." + role + "_token_id");
    }

    private int required(String key) {
        return optional(key).orElseThrow(() -> missing(key));
    }

    private Optional<Integer> optional(String key) {
        return integer(fullKey(key));
    }

    private Optional<Double> number(String key) {
        return metadata.number(fullKey(key));
    }

    private Optional<Integer> integer(String key) {
        return metadata.integer(key).map(value -> {
            if (value < 0 || value > Integer.MAX_VALUE) {
                throw new ModelFormatException("metadata " + key + " is " + value + ", not 0 to " + Integer.MAX_VALUE);
            }
            return value.intValue();
        });
    }

    private ModelFormatException missing(String key) {
        return new ModelFormatException("metadata " + fullKey(key) + " is missing");
    }

    private String fullKey(String key) {
        return name + "." + key;
    }
}
