package io.vitrine.model.weights;

import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/** Holds a checkpoint to its own configuration: every tensor the decoder needs, in the right shape. */
final class ExpectedTensors {

    private final Set<String> unaccounted;
    private final Function<String, List<Long>> shapeOf;

    private ExpectedTensors(Set<String> names, Function<String, List<Long>> shapeOf) {
        this.unaccounted = new HashSet<>(names);
        this.shapeOf = shapeOf;
    }

    /**
     * @param names tensors the checkpoint has
     * @param shapeOf shape of a tensor that it has
     * @throws ModelFormatException naming the first tensor that is missing, misshapen or unknown
     */
    static void check(ModelConfig config, Set<String> names, Function<String, List<Long>> shapeOf) {
        ExpectedTensors expected = new ExpectedTensors(names, shapeOf);
        expected.check(config);
        expected.refuse(config, expected.unaccounted);
    }

    /**
     * As {@link #check}, for formats whose files carry more than the model: a vision tower, a value head, buffers. A tensor of a layer
     * (a bias, a norm) would change what the layer computes, so one that is unknown is refused here too.
     *
     * @return tensors that are no part of the model, in order of their names
     */
    static List<String> checkNeeded(ModelConfig config, Set<String> names, Function<String, List<Long>> shapeOf) {
        ExpectedTensors expected = new ExpectedTensors(names, shapeOf);
        expected.check(config);
        expected.refuse(
                config,
                expected.unaccounted.stream()
                        .filter(name -> name.startsWith("model.layers."))
                        .collect(Collectors.toSet()));
        return expected.unaccounted.stream().sorted().toList();
    }

    private void check(ModelConfig config) {
        long hidden = config.hiddenSize();
        expect("model.embed_tokens.weight", config.vocabularySize(), hidden);
        // Stops at the first that is missing, so a wild number of layers costs nothing.
        for (int layer = 0; layer < config.layers(); layer++) {
            checkLayer(config, "model.layers." + layer + ".");
        }
        expect("model.norm.weight", hidden);
        if (config.tiedEmbeddings()) {
            unaccounted.remove("lm_head.weight"); // some write the embedding a second time
        } else {
            expect("lm_head.weight", config.vocabularySize(), hidden);
        }
        // A buffer that old versions of transformers stored; it follows from the configuration.
        unaccounted.removeIf(name -> name.endsWith(".self_attn.rotary_emb.inv_freq"));
    }

    private void refuse(ModelConfig config, Set<String> unknown) {
        unknown.stream().min(Comparator.naturalOrder()).ifPresent(name -> {
            throw new ModelFormatException("tensor " + name + " has no place in a model of architecture "
                    + config.architecture() + " with " + config.layers() + " layers");
        });
    }

    private void checkLayer(ModelConfig config, String prefix) {
        long hidden = config.hiddenSize();
        long intermediate = config.intermediateSize();
        long queries = (long) config.heads() * config.headDim();
        long keys = (long) config.kvHeads() * config.headDim();
        expect(prefix + "input_layernorm.weight", hidden);
        expect(prefix + "self_attn.q_proj.weight", queries, hidden);
        expect(prefix + "self_attn.k_proj.weight", keys, hidden);
        expect(prefix + "self_attn.v_proj.weight", keys, hidden);
        expect(prefix + "self_attn.o_proj.weight", hidden, queries);
        if (config.architecture().qkvBias()) {
            expect(prefix + "self_attn.q_proj.bias", queries);
            expect(prefix + "self_attn.k_proj.bias", keys);
            expect(prefix + "self_attn.v_proj.bias", keys);
        }
        if (config.architecture().qkNorm()) {
            expect(prefix + "self_attn.q_norm.weight", config.headDim());
            expect(prefix + "self_attn.k_norm.weight", config.headDim());
        }
        expect(prefix + "post_attention_layernorm.weight", hidden);
        expect(prefix + "mlp.gate_proj.weight", intermediate, hidden);
        expect(prefix + "mlp.up_proj.weight", intermediate, hidden);
        expect(prefix + "mlp.down_proj.weight", hidden, intermediate);
    }

    private void expect(String name, long... shape) {
        List<Long> expected = LongStream.of(shape).boxed().toList();
        if (!unaccounted.remove(name)) {
            throw new ModelFormatException("tensor " + name + " " + expected + " is missing");
        }
        List<Long> found = shapeOf.apply(name);
        if (!found.equals(expected)) {
            throw new ModelFormatException("tensor " + name + " has shape " + found + ", expected " + expected);
        }
    }
}
