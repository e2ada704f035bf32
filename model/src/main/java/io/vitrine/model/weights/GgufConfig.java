package io.vitrine.model.weights;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Makes a model's configuration from the metadata of its GGUF file; messages name the key at fault. */
final class GgufConfig {

    private final GgufMetadata metadata;

    GgufConfig(GgufMetadata metadata) {
        this.metadata = metadata;
    }

    /**
     * @param vocabularySize rows of the embedding; the metadata need not state it
     * @param tiedEmbeddings whether the file has no head of its own
     * @param rotaryDivisors content of {@code rope_freqs.weight}, if the file has that tensor
     */
    ModelConfig modelConfig(int vocabularySize, boolean tiedEmbeddings, Optional<List<Float>> rotaryDivisors) {
        requireLlama();
        int hiddenSize = required("embedding_length");
        int heads = required("attention.head_count");
        int headDim = headDim(hiddenSize, heads);
        return new ModelConfig(
                Architecture.LLAMA,
                required("block_count"),
                hiddenSize,
                required("feed_forward_length"),
                heads,
                optional("attention.head_count_kv").orElse(heads),
                headDim,
                optional("vocab_size").orElse(vocabularySize),
                required("context_length"),
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

    private void requireLlama() {
        String architecture = metadata.string("general.architecture")
                .orElseThrow(() -> new ModelFormatException("metadata general.architecture is missing"));
        if (!architecture.equals("llama")) {
            throw new ModelFormatException("architecture " + architecture + " is not supported; llama is");
        }
        if (optional("expert_count").orElse(0) > 0) {
            throw new ModelFormatException("mixtures of experts (llama.expert_count) are not supported");
        }
    }

    private int headDim(int hiddenSize, int heads) {
        Optional<Integer> stated = optional("attention.key_length");
        if (stated.isEmpty() && (heads == 0 || hiddenSize % heads != 0)) {
            throw new ModelFormatException("llama.embedding_length " + hiddenSize
                    + " is not a multiple of llama.attention.head_count " + heads);
        }
        int headDim = stated.orElseGet(() -> hiddenSize / heads);
        requireHeadDim("attention.value_length", headDim, "heads of unequal keys and values");
        requireHeadDim("rope.dimension_count", headDim, "rotary embedding of a part of each head");
        return headDim;
    }

    private void requireHeadDim(String key, int headDim, String otherwise) {
        optional(key).filter(value -> value != headDim).ifPresent(value -> {
            throw new ModelFormatException("llama." + key + " is " + value + " and a head " + headDim + " wide: "
                    + otherwise + " is not supported");
        });
    }

    private RopeScaling ropeScaling(Optional<List<Float>> rotaryDivisors) {
        RopeScaling stated = statedRopeScaling();
        if (rotaryDivisors.isEmpty()) {
            return stated;
        }
        if (!(stated instanceof RopeScaling.None)) {
            throw new ModelFormatException(
                    "both llama.rope.scaling and the tensor rope_freqs.weight scale the rotary embedding: not supported");
        }
        return new RopeScaling.PerFrequency(rotaryDivisors.get());
    }

    private RopeScaling statedRopeScaling() {
        String type = metadata.string("llama.rope.scaling.type").orElse("linear"); // as llama.cpp does
        double factor = number("rope.scaling.factor")
                .or(() -> number("rope.scale_linear"))
                .orElse(1.0);
        return switch (type) {
            case "none" -> new RopeScaling.None();
            // Llama.cpp reads 0 as "not set".
            case "linear" -> factor == 0 || factor == 1 ? new RopeScaling.None() : new RopeScaling.Linear(factor);
            default ->
                throw new ModelFormatException(
                        "llama.rope.scaling.type " + type + " is not supported; none and linear are");
        };
    }

    private Optional<Integer> token(String role) {
        return integer("tokenizer.ggml." + role + "_token_id");
    }

    private int required(String key) {
        return optional(key).orElseThrow(() -> missing(key));
    }

    private Optional<Integer> optional(String key) {
        return integer("llama." + key);
    }

    private Optional<Double> number(String key) {
        return metadata.number("llama." + key);
    }

    private Optional<Integer> integer(String key) {
        return metadata.integer(key).map(value -> {
            if (value < 0 || value > Integer.MAX_VALUE) {
                throw new ModelFormatException("metadata " + key + " is " + value + ", not 0 to " + Integer.MAX_VALUE);
            }
            return value.intValue();
        });
    }

    private static ModelFormatException missing(String key) {
        return new ModelFormatException("metadata llama." + key + " is missing");
    }
}
