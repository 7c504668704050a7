"""Random LLaMA-family models, small enough to commit, that differ where real models differ.

Writes models/NAME/: config.json (as transformers 5 writes it), config.transformers4.json (the older
dialect of the same model) and the weights, one file or two shards, f32, bf16 or f16.
"""

import json
import shutil

import torch
from safetensors.torch import save_file
from transformers import AutoConfig, AutoModelForCausalLM

from folders import MODELS

LLAMA = {"model_type": "llama", "hidden_size": 32, "intermediate_size": 52, "num_attention_heads": 4, "num_key_value_heads": 2}
LLAMA3_ROPE = {
    "rope_type": "llama3",
    "rope_theta": 50000.0,
    "factor": 8.0,
    "low_freq_factor": 1.0,
    "high_freq_factor": 4.0,
    "original_max_position_embeddings": 16,
}
TABLE = {
    "mha-untied": {**LLAMA, "num_key_value_heads": 4, "vocab_size": 101, "stored": torch.float32},
    "gqa-tied": {**LLAMA, "hidden_size": 48, "num_attention_heads": 6, "intermediate_size": 80, "tie_word_embeddings": True},
    "llama3-rope": {**LLAMA, "rope_parameters": LLAMA3_ROPE, "stored": torch.float32},
    "linear-rope": {**LLAMA, "num_key_value_heads": 1, "rope_parameters": {"rope_type": "linear", "rope_theta": 10000.0, "factor": 2.5}},
    "all-biases": {**LLAMA, "attention_bias": True, "mlp_bias": True, "rms_norm_eps": 1e-5, "stored": torch.float16, "shards": 2},
    "qwen2": {**LLAMA, "model_type": "qwen2", "vocab_size": 103, "stored": torch.float32},
    "qwen2-window": {
        **LLAMA, "model_type": "qwen2", "use_sliding_window": True, "sliding_window": 5, "max_window_layers": 1, "tie_word_embeddings": True,
    },
    "qwen3": {**LLAMA, "model_type": "qwen3", "hidden_size": 40, "head_dim": 16, "tie_word_embeddings": True, "stored": torch.float32},
    "mistral-window": {**LLAMA, "model_type": "mistral", "sliding_window": 6, "head_dim": 8},
}
DEFAULTS = {"vocab_size": 96, "num_hidden_layers": 2, "max_position_embeddings": 256, "rms_norm_eps": 1e-6, "tie_word_embeddings": False}


def random_weights(model, seed):
    """Norms around 1, biases that are not zero, matrices that make the logits differ by a few units."""
    draw = torch.Generator().manual_seed(seed)
    for name, value in model.named_parameters():
        noise = torch.randn(value.shape, generator=draw)
        if name.endswith("norm.weight"):
            value.data = 1 + 0.3 * noise
        elif name.endswith("bias"):
            value.data = 0.3 * noise
        elif "embed_tokens" in name:
            value.data = 0.5 * noise
        else:
            value.data = 1.2 * noise / value.shape[1] ** 0.5


def zero_rows(name, model):
    """Dead output features, as some released models have them."""
    if name == "linear-rope":
        model.model.layers[0].self_attn.q_proj.weight.data[5] = 0
        model.model.layers[1].mlp.up_proj.weight.data[5] = 0


def older_dialect(config):
    """The same model as transformers 4 wrote its config.json."""
    old = {key: value for key, value in config.items() if key not in ("rope_parameters", "dtype", "layer_types")}
    rope = dict(config["rope_parameters"])
    old["torch_dtype"] = config["dtype"]
    old["rope_theta"] = rope.pop("rope_theta")
    old["rope_scaling"] = None if rope["rope_type"] == "default" else rope
    old["transformers_version"] = "4.46.0"
    return old


def save_weights(folder, tensors, shards):
    if shards == 1:
        save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})
        return
    names = sorted(tensors)
    weight_map = {}
    for shard in range(shards):
        file = f"model-{shard + 1:05}-of-{shards:05}.safetensors"
        part = {name: tensors[name] for name in names[shard::shards]}
        save_file(part, folder / file, metadata={"format": "pt"})
        weight_map |= dict.fromkeys(part, file)
    size = sum(value.nbytes for value in tensors.values())
    index = {"metadata": {"total_size": size}, "weight_map": dict(sorted(weight_map.items()))}
    (folder / "model.safetensors.index.json").write_text(json.dumps(index, indent=1))


def write_model(name, settings, seed):
    settings = {**DEFAULTS, **settings}
    stored, shards = settings.pop("stored", torch.bfloat16), settings.pop("shards", 1)
    config = AutoConfig.for_model(settings.pop("model_type"), **settings, bos_token_id=1, eos_token_id=2, pad_token_id=0)
    model = AutoModelForCausalLM.from_config(config, dtype=torch.float32)
    random_weights(model, seed)
    zero_rows(name, model)
    model = model.to(stored)
    folder = MODELS / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    model.config.architectures = [type(model).__name__]
    model.config.dtype = stored
    model.config.save_pretrained(folder)
    written = json.loads((folder / "config.json").read_text())
    (folder / "config.transformers4.json").write_text(json.dumps(older_dialect(written), indent=2) + "\n")
    tensors = {key: value.contiguous() for key, value in model.state_dict().items()}
    if settings["tie_word_embeddings"]:
        del tensors["lm_head.weight"]
    save_weights(folder, tensors, shards)


def main():
    for seed, (name, settings) in enumerate(TABLE.items(), start=1):
        write_model(name, settings, seed)


if __name__ == "__main__":
    main()
