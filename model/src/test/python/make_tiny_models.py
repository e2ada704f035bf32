"""Makes the tiny random models under src/test/resources/tiny, with the logits `transformers` computes for them.

The Java decoder is held to these logits: `transformers` (float32, eager attention) is the oracle, and the `gguf` package
is the oracle for the GGUF layout and for the dequantisation of every block type. Run by hand, once; the results are committed:

    pip install torch transformers tokenizers safetensors gguf numpy
    python model/src/test/python/make_tiny_models.py

The versions that made the committed files are in `tiny/README.md`. Seeds are fixed: the same versions give the same files.
"""

import base64
import copy
import importlib.metadata
import json
import math
import shutil
from pathlib import Path

import gguf
import numpy
import safetensors.torch
import tokenizers
import torch
import transformers

TINY = Path(__file__).resolve().parents[1] / "resources" / "tiny"

TRAINING_TEXT = [
    "The quick brown fox jumps over the lazy dog.",
    "What is the capital of France? The capital of France is Paris.",
    "You are a helpful AI assistant.",
    "user assistant system",
]

CHAT_TEMPLATE = (
    "{% for message in messages %}"
    "{% if loop.first and messages[0]['role'] != 'system' %}"
    "{{ '<|im_start|>system\nYou are a helpful assistant.<|im_end|>\n' }}"
    "{% endif %}"
    "{{ '<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n' }}"
    "{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)

SPECIAL_TOKENS = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]


def main():
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    if TINY.exists():
        shutil.rmtree(TINY)
    TINY.mkdir(parents=True)

    gqa = make_model("llama-gqa", seed=1, positions=72, vocab_size=320, head_dim=8, tie_word_embeddings=True,
                     rope={"rope_type": "default", "rope_theta": 10000.0}, max_position_embeddings=512)
    tokenizer = make_tokenizer(gqa)
    make_gguf("llama-gqa", gqa, tokenizer)

    # The original context is such that one frequency is kept, one falls on the ramp and the others are divided.
    untied = make_model("llama-untied", seed=2, positions=80, vocab_size=128, head_dim=16, tie_word_embeddings=False,
                        rope={"rope_type": "llama3", "rope_theta": 500000.0, "factor": 4.0, "low_freq_factor": 1.0,
                              "high_freq_factor": 4.0, "original_max_position_embeddings": 64},
                        max_position_embeddings=256)
    make_gguf("llama-untied", untied, None)

    make_model("llama-linear-bf16", seed=5, positions=80, vocab_size=128, head_dim=8, tie_word_embeddings=True,
               rope={"rope_type": "linear", "rope_theta": 10000.0, "factor": 4.0}, max_position_embeddings=256,
               dtype=torch.bfloat16, max_shard_size="24KB")

    # Small in every direction but the positions, which reach into a second page.
    small = {"vocab_size": 64, "intermediate_size": 16, "positions": 66, "greedy_tokens": 46, "tie_word_embeddings": True,
             "rope": {"rope_type": "default", "rope_theta": 10000.0}, "max_position_embeddings": 256, "dtype": torch.float16}
    qwen2 = make_model("qwen2", seed=7, head_dim=None, family="Qwen2", **small)
    make_gguf("qwen2", qwen2, None, "qwen2", numpy.float16)
    qwen3 = make_model("qwen3", seed=8, head_dim=12, family="Qwen3", **small)
    make_gguf("qwen3", qwen3, None, "qwen3", numpy.float16)
    make_model("mistral", seed=9, head_dim=8, family="Mistral", sliding_window=66, **small)

    make_quantised_blocks()
    write_readme()


def make_model(name, seed, positions, vocab_size, head_dim, tie_word_embeddings, rope, max_position_embeddings,
               dtype=torch.float32, max_shard_size="1GB", family="Llama", intermediate_size=48, greedy_tokens=60, **options):
    """A random model in Hugging Face's layout, and beside it the logits of every position of a random sequence."""
    torch.manual_seed(seed)
    if head_dim is not None:  # Qwen2 has no such field
        options["head_dim"] = head_dim
    config = getattr(transformers, f"{family}Config")(
        vocab_size=vocab_size, hidden_size=32, intermediate_size=intermediate_size, num_hidden_layers=2,
        num_attention_heads=4, num_key_value_heads=2, max_position_embeddings=max_position_embeddings, rms_norm_eps=1e-5,
        initializer_range=0.3, tie_word_embeddings=tie_word_embeddings, rope_parameters=rope, bos_token_id=1,
        eos_token_id=2, pad_token_id=None, attn_implementation="eager", **options)
    model_class = getattr(transformers, f"{family}ForCausalLM")
    model = model_class(config)
    with torch.no_grad():
        for parameter_name, parameter in model.named_parameters():
            # Norm weights start as ones and biases as zeros, which would hide a forgotten operation.
            if "norm" in parameter_name:
                parameter.copy_(1 + 0.3 * torch.randn_like(parameter))
            elif parameter_name.endswith(".bias"):
                parameter.copy_(torch.randn_like(parameter))
    folder = TINY / name
    model = model.to(dtype)
    model.generation_config = transformers.GenerationConfig(bos_token_id=1, eos_token_id=2)
    model.save_pretrained(folder, max_shard_size=max_shard_size)
    # The oracle computes in float32 whatever the file holds. Loaded anew: converting the model would round its rotary
    # frequencies, which no file holds, to the file's type.
    model = model_class.from_pretrained(folder, dtype=torch.float32, attn_implementation="eager").eval()

    input_ids = torch.randint(3, vocab_size, (1, positions))
    with torch.no_grad():
        logits = model(input_ids).logits[0]
    reject_weak_fixture(model, input_ids, logits, rope)
    safetensors.torch.save_file({"logits": logits.contiguous()}, folder / "reference.safetensors")
    greedy_prompt = input_ids[0, :20].tolist()
    (folder / "reference.json").write_text(json.dumps({
        "input_ids": input_ids[0].tolist(),
        "greedy": continue_greedily(model, greedy_prompt, greedy_tokens),
    }) + "\n")
    return model


def reject_weak_fixture(model, input_ids, logits, rope):
    """A model whose logits hardly depend on one of its parts or on the order of tokens could not show an error."""
    assert logits.std() > 0.5, logits.std()
    reversed_ids = input_ids.clone()
    reversed_ids[0, :-1] = input_ids[0, :-1].flip(0)
    with torch.no_grad():
        assert (model(reversed_ids).logits[0, -1] - logits[-1]).abs().max() > 0.1
    if rope["rope_type"] != "default":
        config = transformers.LlamaConfig.from_dict(model.config.to_dict())
        config.rope_parameters = {"rope_type": "default", "rope_theta": rope["rope_theta"]}
        config._attn_implementation = "eager"
        plain = transformers.LlamaForCausalLM(config).eval()
        plain.load_state_dict(model.state_dict())
        with torch.no_grad():
            assert (plain(input_ids).logits[0] - logits).abs().max() > 0.1
    for part in ["q_proj.bias", "k_proj.bias", "v_proj.bias", "q_norm.weight", "k_norm.weight"]:
        reject_idle_part(model, part, input_ids, logits)
    if getattr(model.config, "sliding_window", None) is not None:
        reject_idle_window(model, input_ids)


def reject_idle_part(model, part, input_ids, logits):
    """Where the model has such a bias or norm, the logits must change without it."""
    changed = copy.deepcopy(model)
    with torch.no_grad():
        parameters = [parameter for name, parameter in changed.named_parameters() if name.endswith(part)]
        for parameter in parameters:
            parameter.fill_(1 if "norm" in part else 0)
        if parameters:
            assert (changed(input_ids).logits[0] - logits).abs().max() > 0.1, part


def reject_idle_window(model, input_ids):
    """The reference sees what attention without a window sees, exactly up to the window's length."""
    unlimited = copy.deepcopy(model)
    unlimited.config.sliding_window = None
    assert input_ids.shape[1] == model.config.sliding_window
    with torch.no_grad():
        assert torch.equal(unlimited(input_ids).logits, model(input_ids).logits)
        longer = torch.cat([input_ids, input_ids], 1)
        assert (unlimited(longer).logits - model(longer).logits).abs().max() > 0.1


def continue_greedily(model, prompt, count):
    """Greedy tokens after a prompt, and by how much the best logit led the second at its closest."""
    ids, smallest_lead = list(prompt), math.inf
    for _ in range(count):
        with torch.no_grad():
            best = model(torch.tensor([ids])).logits[0, -1].topk(2)
        smallest_lead = min(smallest_lead, (best.values[0] - best.values[1]).item())
        ids.append(best.indices[0].item())
    # Ten times the agreement asked of the logits, so that rounding cannot choose the token.
    assert smallest_lead > 1e-3, smallest_lead
    return {"prompt": list(prompt), "tokens": ids[len(prompt):], "smallest_lead": smallest_lead}


def make_tokenizer(model):
    """A byte-level BPE of 320 tokens, set up as SmolLM2's, and what `transformers` makes of some texts with it."""
    tokenizer = tokenizers.Tokenizer(tokenizers.models.BPE())
    tokenizer.pre_tokenizer = tokenizers.pre_tokenizers.Sequence([
        tokenizers.pre_tokenizers.Digits(individual_digits=True),
        tokenizers.pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True),
    ])
    tokenizer.decoder = tokenizers.decoders.ByteLevel(add_prefix_space=True, trim_offsets=True, use_regex=True)
    tokenizer.train_from_iterator(TRAINING_TEXT, tokenizers.trainers.BpeTrainer(
        vocab_size=model.config.vocab_size, special_tokens=SPECIAL_TOKENS,
        initial_alphabet=tokenizers.pre_tokenizers.ByteLevel.alphabet(), show_progress=False))
    assert tokenizer.get_vocab_size() == model.config.vocab_size, tokenizer.get_vocab_size()
    folder = TINY / "llama-gqa"
    tokenizer.save(str(folder / "tokenizer.json"))
    (folder / "tokenizer_config.json").write_text(json.dumps({
        "add_prefix_space": False,
        "bos_token": "<|im_start|>",
        "chat_template": CHAT_TEMPLATE,
        "clean_up_tokenization_spaces": False,
        "eos_token": "<|im_end|>",
        "model_max_length": model.config.max_position_embeddings,
        "pad_token": "<|im_end|>",
        "tokenizer_class": "PreTrainedTokenizerFast",
        "unk_token": "<|endoftext|>",
    }, indent=2) + "\n")

    fast = transformers.AutoTokenizer.from_pretrained(folder)
    texts = ["", "The capital of France", "héllo 日本 🙂", "  two  spaces\n\n\ttab 12345", "<|im_start|>user\nHi<|im_end|>",
             "it's we'll DON'T"]
    chats = [
        [{"role": "user", "content": "Hi"}],
        [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "What is the capital of France?"}],
    ]
    (folder / "tokenizer-reference.json").write_text(json.dumps({
        "texts": [{"text": text, "ids": fast.encode(text, add_special_tokens=False)} for text in texts],
        "chats": [{"messages": chat,
                   "rendered": fast.apply_chat_template(chat, tokenize=False, add_generation_prompt=True)}
                  for chat in chats],
    }, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return json.loads((folder / "tokenizer.json").read_text(encoding="utf-8"))


def make_gguf(name, model, tokenizer, architecture="llama", dtype=numpy.float32):
    """
    The same weights as llama.cpp's converter lays them out: its names, vectors in float32, scaling as factors, and of Llama
    models the rows of Q and K permuted.
    """
    config = model.config
    head_dim = getattr(config, "head_dim", config.hidden_size // config.num_attention_heads)
    writer = gguf.GGUFWriter(TINY / f"{name}.gguf", architecture)
    writer.add_name(name)
    writer.add_block_count(config.num_hidden_layers)
    writer.add_context_length(config.max_position_embeddings)
    writer.add_embedding_length(config.hidden_size)
    writer.add_feed_forward_length(config.intermediate_size)
    writer.add_head_count(config.num_attention_heads)
    writer.add_head_count_kv(config.num_key_value_heads)
    writer.add_key_length(head_dim)
    writer.add_value_length(head_dim)
    writer.add_layer_norm_rms_eps(config.rms_norm_eps)
    writer.add_rope_freq_base(config.rope_parameters["rope_theta"])
    writer.add_rope_dimension_count(head_dim)
    writer.add_vocab_size(config.vocab_size)
    half = dtype == numpy.float16
    writer.add_file_type(gguf.LlamaFileType.MOSTLY_F16 if half else gguf.LlamaFileType.ALL_F32)
    if tokenizer is not None:
        add_tokenizer(writer, tokenizer)
    if config.rope_parameters["rope_type"] == "llama3":
        writer.add_tensor("rope_freqs.weight", llama3_factors(config))
    names = gguf.get_tensor_name_map(gguf.MODEL_ARCH[architecture.upper()], config.num_hidden_layers)
    for hf_name, tensor in model.state_dict().items():
        if hf_name == "lm_head.weight" and config.tie_word_embeddings:
            continue
        values = tensor.numpy()
        if architecture == "llama" and ".q_proj." in hf_name:
            values = permuted(values, config.num_attention_heads)
        elif architecture == "llama" and ".k_proj." in hf_name:
            values = permuted(values, config.num_key_value_heads)
        if values.ndim > 1:
            values = values.astype(dtype)
        writer.add_tensor(names.get_name(hf_name, try_suffixes=(".weight", ".bias")), values)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def permuted(weights, heads):
    """Rows i and i + head_dim / 2 of each head become rows 2i and 2i + 1."""
    half = weights.shape[0] // heads // 2
    return numpy.ascontiguousarray(
        weights.reshape(heads, 2, half, weights.shape[1]).swapaxes(1, 2).reshape(weights.shape))


def llama3_factors(config):
    """What llama.cpp divides each rotary frequency by; computed here from the definition, not from transformers' result."""
    rope = config.rope_parameters
    low_wavelength = rope["original_max_position_embeddings"] / rope["low_freq_factor"]
    high_wavelength = rope["original_max_position_embeddings"] / rope["high_freq_factor"]
    factors = []
    for pair in range(config.head_dim // 2):
        wavelength = 2 * math.pi * rope["rope_theta"] ** (2 * pair / config.head_dim)
        if wavelength < high_wavelength:
            factors.append(1.0)
        elif wavelength > low_wavelength:
            factors.append(rope["factor"])
        else:
            smooth = (rope["original_max_position_embeddings"] / wavelength - rope["low_freq_factor"]) / (
                rope["high_freq_factor"] - rope["low_freq_factor"])
            factors.append(1 / ((1 - smooth) / rope["factor"] + smooth))
    assert 1.0 in factors and rope["factor"] in factors and len(set(factors)) > 2, factors
    return numpy.array(factors, dtype=numpy.float32)


def add_tokenizer(writer, tokenizer):
    vocabulary = sorted(tokenizer["model"]["vocab"], key=tokenizer["model"]["vocab"].get)
    control, normal = gguf.TokenType.CONTROL, gguf.TokenType.NORMAL
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("smollm")
    writer.add_token_list(vocabulary)
    writer.add_token_types([control if token in SPECIAL_TOKENS else normal for token in vocabulary])
    writer.add_token_merges([merge if isinstance(merge, str) else " ".join(merge) for merge in tokenizer["model"]["merges"]])
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)
    writer.add_pad_token_id(2)
    writer.add_unk_token_id(0)
    writer.add_add_bos_token(False)
    writer.add_chat_template(CHAT_TEMPLATE)


def make_quantised_blocks():
    """Random blocks of every type, and the float32 values that the `gguf` package reads from them."""
    random = numpy.random.default_rng(4)
    types = {}
    for name in ["F16", "BF16", "Q4_0", "Q4_1", "Q5_0", "Q5_1", "Q8_0", "Q4_K", "Q5_K", "Q6_K"]:
        kind = gguf.GGMLQuantizationType[name]
        block_size, type_size = gguf.GGML_QUANT_SIZES[kind]
        count = 1024 // block_size
        blocks = random.integers(0, 256, (count, type_size), dtype=numpy.uint8)
        for offset in scale_offsets(name):
            # Scales of either sign from subnormal to large; random bits would often be NaN.
            scales = random.normal(0, 1, count) * 10.0 ** random.uniform(-6, 2, count)
            blocks[:, offset:offset + 2] = scales.astype(numpy.float16).view(numpy.uint8).reshape(count, 2)
        if name in ("F16", "BF16"):
            values = (random.normal(0, 1, count) * 10.0 ** random.uniform(-7, 4, count)).astype(numpy.float32)
            blocks = values.astype(numpy.float16).view(numpy.uint8) if name == "F16" else (
                (values.view(numpy.uint32) >> 16).astype(numpy.uint16).view(numpy.uint8))
        values = gguf.quants.dequantize(blocks.reshape(-1), kind).astype(numpy.float32)
        assert values.size == 1024 and numpy.isfinite(values).all()
        types[name] = {"blocks": base64.b64encode(blocks.tobytes()).decode(),
                       "values": base64.b64encode(values.astype("<f4").tobytes()).decode()}
    (TINY / "quantised-blocks.json").write_text(json.dumps(types, indent=1) + "\n")


def scale_offsets(name):
    """Where in a block its half-precision scales stand."""
    return {"Q4_0": [0], "Q4_1": [0, 2], "Q5_0": [0], "Q5_1": [0, 2], "Q8_0": [0], "Q4_K": [0, 2], "Q5_K": [0, 2],
            "Q6_K": [208]}.get(name, [])


def write_readme():
    (TINY / "README.md").write_text(f"""# Tiny models

Made by `src/test/python/make_tiny_models.py` with torch {torch.__version__.split("+")[0]}, transformers {transformers.__version__},
tokenizers {tokenizers.__version__}, gguf {importlib.metadata.version("gguf")}. Random weights, fixed seeds; they know nothing and say nothing sensible.

| file | is |
| --- | --- |
| `llama-gqa/` | a complete model: 2 layers, 4 heads on 2 key/value heads, tied head, tokenizer of 320 tokens, chat template |
| `llama-gqa.gguf` | the same weights and tokenizer as GGUF, float32, Q and K rows interleaved |
| `llama-untied/` | own head matrix, head dimension that is not hidden/heads, rotary scaling `llama3` |
| `llama-untied.gguf` | the same, its scaling as the tensor `rope_freqs.weight` |
| `llama-linear-bf16/` | bfloat16 in two shards, rotary scaling `linear` |
| `qwen2/`, `qwen2.gguf` | bias on queries, keys and values; float16 |
| `qwen3/`, `qwen3.gguf` | norm on the heads of queries and keys, heads of 12 dimensions (6 pairs); float16 |
| `mistral/` | sliding window of 66 positions, as long as the reference; float16 |
| `*/reference.json` | `input_ids`; and `greedy`: a prompt, the tokens after it, the smallest lead of best over second logit |
| `*/reference.safetensors` | `logits` [positions, vocabulary] float32 of `input_ids`, computed in float32 |
| `llama-gqa/tokenizer-reference.json` | texts with their ids, and chats as the template renders them |
| `quantised-blocks.json` | per GGUF type: random blocks and their float32 values (base64, little-endian) by the `gguf` package |
""")


if __name__ == "__main__":
    main()
