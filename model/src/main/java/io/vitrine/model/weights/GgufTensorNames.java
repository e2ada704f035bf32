package io.vitrine.model.weights;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import static java.util.Map.entry;

/** Gives the tensors of a GGUF file the names that Hugging Face uses. */
final class GgufTensorNames {

    private static final Map<String, String> OUTSIDE_THE_BLOCKS = Map.of(
            "token_embd.weight", "model.embed_tokens.weight",
            "output_norm.weight", "model.norm.weight",
            "output.weight", "lm_head.weight");

    private static final Map<String, String> IN_A_BLOCK = Map.ofEntries(
            entry("attn_norm", "input_layernorm"),
            entry("attn_q", "self_attn.q_proj"),
            entry("attn_k", "self_attn.k_proj"),
            entry("attn_v", "self_attn.v_proj"),
            entry("attn_output", "self_attn.o_proj"),
            entry("attn_q_norm", "self_attn.q_norm"),
            entry("attn_k_norm", "self_attn.k_norm"),
            entry("ffn_norm", "post_attention_layernorm"),
            entry("ffn_gate", "mlp.gate_proj"),
            entry("ffn_up", "mlp.up_proj"),
            entry("ffn_down", "mlp.down_proj"));

    private static final Pattern BLOCK_TENSOR = Pattern.compile("blk\\.(\\d+)\\.(\\w+)\\.(weight|bias)");

    private GgufTensorNames() {}

    /** A name that is not known stays as it is. */
    static String toHuggingFace(String name) {
        Matcher block = BLOCK_TENSOR.matcher(name);
        if (block.matches() && IN_A_BLOCK.containsKey(block.group(2))) {
            return "model.layers." + block.group(1) + "." + IN_A_BLOCK.get(block.group(2)) + "." + block.group(3);
        }
        return OUTSIDE_THE_BLOCKS.getOrDefault(name, name);
    }
}
