"""Reads a GGUF file with the `gguf` library and compares it with the Hugging Face model it was made of.

Reads JSON on stdin: model (folder), gguf. Says how many tensors there are, the largest difference of any value, names that
one side lacks, and how many tokens are spelt otherwise.
"""

import json
import sys

import gguf
import torch
from transformers import AutoConfig, AutoModelForCausalLM, AutoTokenizer

ARCHITECTURES = {"llama": gguf.MODEL_ARCH.LLAMA, "mistral": gguf.MODEL_ARCH.LLAMA, "qwen2": gguf.MODEL_ARCH.QWEN2, "qwen3": gguf.MODEL_ARCH.QWEN3}


def expected(folder, config):
    """Every tensor by llama.cpp's name, in f32; rows of query and key as architecture "llama" has them."""
    architecture = ARCHITECTURES[config.model_type]
    names = gguf.get_tensor_name_map(architecture, config.num_hidden_layers)
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32)
    for key, value in model.named_parameters():
        rows = value.detach()
        heads = {"q_proj": config.num_attention_heads, "k_proj": config.num_key_value_heads}.get(key.split(".")[-2])
        if heads and architecture == gguf.MODEL_ARCH.LLAMA:
            rows = rows.view(heads, 2, rows.shape[0] // heads // 2, -1).transpose(1, 2).reshape(rows.shape)
        yield names.get_name(key, try_suffixes=(".weight", ".bias")), rows


def main():
    job = json.load(sys.stdin)
    config = AutoConfig.from_pretrained(job["model"])
    reader = gguf.GGUFReader(job["gguf"])
    stored = {tensor.name: tensor for tensor in reader.tensors}
    wanted = dict(expected(job["model"], config))
    worst = 0.0
    for name, value in wanted.items():
        if name in stored:
            found = torch.from_numpy(gguf.quants.dequantize(stored[name].data, stored[name].tensor_type).copy())
            worst = max(worst, (found.reshape(value.shape) - value).abs().max().item())
    tokens = reader.get_field("tokenizer.ggml.tokens").contents()
    tokenizer = AutoTokenizer.from_pretrained(job["model"])
    known = tokenizer.get_vocab()
    different = sum(tokens[index] != token for token, index in known.items())
    names = sorted(set(wanted) ^ (set(stored) - {"rope_freqs.weight"}))
    print(json.dumps({"tensors": len(stored), "worst": worst, "names": names, "tokens": len(tokens), "different": different}))


if __name__ == "__main__":
    main()
