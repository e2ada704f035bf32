package io.vitrine.model.weights;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Gives the tensors of a GGUF file of a Llama model the names that Hugging Face uses. */
final class GgufTensorNames {

    private static final Map<String, String> OUTSIDE_THE_BLOCKS = Map.of(
            "token_embd.weight", "model.embed_tokens.weight",
            "output_norm.weight", "model.norm.weight",
            "output.weight", "lm_head.weight");

    private static final Map<String, String> IN_A_BLOCK = Map.of(
            "attn_norm", "input_layernorm",
            "attn_q", "self_attn.q_proj",
            "attn_k", "self_attn.k_proj",
            "attn_v", "self_attn.v_proj",
            "attn_output", "self_attn.o_proj",
            "ffn_norm", "post_attention_layernorm",
            "ffn_gate", "mlp.gate_proj",
            "ffn_up", "mlp.up_proj",
            "ffn_down", "mlp.down_proj");

    private static final Pattern BLOCK_WEIGHT = Pattern.compile("blk\\.(\\d+)\\.(\\w+)\\.weight");

    private GgufTensorNames() {}

    /** A name that is not known stays as it is. */
    static String toHuggingFace(String name) {
        Matcher block = BLOCK_WEIGHT.matcher(name);
        if (block.matches() && IN_A_BLOCK.containsKey(block.group(2))) {
            return "model.layers." + block.group(1) + "." + IN_A_BLOCK.get(block.group(2)) + ".weight";
        }
        return OUTSIDE_THE_BLOCKS.getOrDefault(name, name);
    }
}
