"""What llama.cpp's converter would write of some models and adapters: gguf.json.

Names, shapes (as GGUF has them: columns first), types and hashes of every tensor, from the `gguf` library's tables of names
and its quantisation, and the fields that the model's configuration decides. Rows of query and key go from halves to
neighbours where the architecture is "llama".
"""

import hashlib
import json

import gguf
import numpy as np
from safetensors import safe_open
from transformers import AutoConfig

from adapters import base_of
from folders import ADAPTERS, GOLDEN, MODELS

TYPES = gguf.GGMLQuantizationType
MODEL_TABLE = [
    ("gqa-tied", TYPES.F32), ("gqa-tied", TYPES.Q8_0), ("all-biases", TYPES.F16), ("llama3-rope", TYPES.BF16),
    ("linear-rope", TYPES.F32), ("mistral-window", TYPES.F32), ("qwen2", TYPES.BF16), ("qwen3", TYPES.F32),
]
ADAPTER_TABLE = [
    ("gqa-tied-lora", TYPES.F32), ("gqa-tied-rslora", TYPES.F32), ("llama3-rope-patterns", TYPES.F32),
    ("qwen2-lora", TYPES.F16),
]
ARCHITECTURES = {"llama": gguf.MODEL_ARCH.LLAMA, "mistral": gguf.MODEL_ARCH.LLAMA, "qwen2": gguf.MODEL_ARCH.QWEN2, "qwen3": gguf.MODEL_ARCH.QWEN3}


def read(folder):
    for file in sorted(folder.glob("*.safetensors")):
        with safe_open(file, "pt") as tensors:
            for name in tensors.keys():
                yield name, tensors.get_tensor(name).float().numpy()


def to_neighbours(rows, heads):
    return rows.reshape(heads, 2, rows.shape[0] // heads // 2, *rows.shape[1:]).swapaxes(1, 2).reshape(rows.shape)


def reordered(name, rows, config):
    module = name.removesuffix(".weight").removesuffix(".bias").rsplit(".", 1)[-1]
    if ARCHITECTURES[config.model_type] != gguf.MODEL_ARCH.LLAMA or module not in ("q_proj", "k_proj"):
        return rows
    return to_neighbours(rows, config.num_attention_heads if module == "q_proj" else config.num_key_value_heads)


def entry(values, wanted):
    kind = wanted if values.ndim > 1 else TYPES.F32
    if values.shape[-1] % gguf.GGML_QUANT_SIZES[kind][0]:
        kind = TYPES.F16
    data = gguf.quants.quantize(np.ascontiguousarray(values, dtype=np.float32), kind)
    return [list(reversed(values.shape)), kind.name, hashlib.sha256(data.tobytes()).hexdigest()]


def rope_factors(config):
    """What llama.cpp divides plain frequencies by."""
    rope = config.rope_parameters
    dim = config.hidden_size // config.num_attention_heads if getattr(config, "head_dim", None) is None else config.head_dim
    plain = 1.0 / (rope["rope_theta"] ** (np.arange(0, dim, 2, dtype=np.float64) / dim))
    low, high, length = rope["low_freq_factor"], rope["high_freq_factor"], rope["original_max_position_embeddings"]
    wave = 2 * np.pi / plain
    smooth = (length / wave - low) / (high - low)
    mixed = 1 / ((1 - smooth) / rope["factor"] + smooth)
    return np.where(wave < length / high, 1, np.where(wave > length / low, rope["factor"], mixed)).tolist()


def model_entry(name, wanted):
    config = AutoConfig.from_pretrained(MODELS / name)
    names = gguf.get_tensor_name_map(ARCHITECTURES[config.model_type], config.num_hidden_layers)
    tensors = {
        names.get_name(key, try_suffixes=(".weight", ".bias")): entry(reordered(key, values, config), wanted)
        for key, values in read(MODELS / name)
    }
    factors = {"ropeFactors": rope_factors(config)} if config.rope_parameters["rope_type"] == "llama3" else {}
    return {"model": name, "type": wanted.name.lower(), "tensors": tensors, **factors}


def factor(module, rank, settings, alpha):
    """By which B grows, as llama.cpp scales every module by alpha / rank with one alpha."""
    match = [value for pattern, value in settings["alpha_pattern"].items() if module.endswith("." + pattern)]
    own = match[0] if match else settings["lora_alpha"]
    scale = own / (rank ** 0.5 if settings["use_rslora"] else rank)
    return scale * rank / alpha


def adapter_entry(name, wanted):
    config = AutoConfig.from_pretrained(MODELS / base_of(name))
    settings = json.loads((ADAPTERS / name / "adapter_config.json").read_text())
    names = gguf.get_tensor_name_map(ARCHITECTURES[config.model_type], config.num_hidden_layers)
    rank, alpha = settings["r"], settings["lora_alpha"]
    alpha = alpha * rank ** 0.5 if settings["use_rslora"] else alpha
    tensors = {}
    for key, values in read(ADAPTERS / name):
        module, part = key.removeprefix("base_model.model.").removesuffix(".weight").rsplit(".lora_", 1)
        target = names.get_name(f"{module}.weight", try_suffixes=(".weight",))
        if part == "B":
            values = reordered(module, values, config) * factor(module, values.shape[1], settings, alpha)
        tensors[f"{target}.lora_{part.lower()}"] = entry(values, wanted)
    return {"adapter": name, "type": wanted.name.lower(), "alpha": alpha, "tensors": tensors}


def main():
    values = {"models": [model_entry(*row) for row in MODEL_TABLE], "adapters": [adapter_entry(*row) for row in ADAPTER_TABLE]}
    (GOLDEN / "gguf.json").write_text(json.dumps(values) + "\n")


if __name__ == "__main__":
    main()
