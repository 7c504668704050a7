"""PEFT adapters with random, non-zero A, B and magnitudes on the random models, saved by PEFT itself."""

import json
import shutil

import torch
from peft import LoraConfig, get_peft_model
from transformers import AutoModelForCausalLM

from folders import ADAPTERS, MODELS

ALL = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]
PAPER = ["q_proj", "k_proj", "v_proj", "up_proj", "down_proj"]
PATTERNS = {"rank_pattern": {"q_proj": 2, "layers.1.mlp.up_proj": 6}, "alpha_pattern": {"v_proj": 3, "layers.0.mlp.down_proj": 20}}
TABLE = {
    "mha-untied-lora": {"r": 4, "lora_alpha": 8, "target_modules": PAPER},
    "mha-untied-dora": {"r": 4, "lora_alpha": 8, "target_modules": PAPER, "use_dora": True},
    "gqa-tied-lora": {"r": 3, "lora_alpha": 5, "target_modules": ALL},
    "gqa-tied-rslora": {"r": 8, "lora_alpha": 4, "target_modules": ["q_proj", "v_proj"], "use_rslora": True},
    "gqa-tied-dora": {"r": 3, "lora_alpha": 5, "target_modules": ALL, "use_dora": True, "use_rslora": True},
    "llama3-rope-lora": {"r": 1, "lora_alpha": 2, "target_modules": ALL},
    "llama3-rope-dora": {"r": 1, "lora_alpha": 2, "target_modules": ALL, "use_dora": True},
    "llama3-rope-patterns": {"r": 4, "lora_alpha": 8, "target_modules": PAPER, **PATTERNS},
    "llama3-rope-dora-patterns": {"r": 4, "lora_alpha": 8, "target_modules": PAPER, "use_dora": True, **PATTERNS},
    "linear-rope-lora": {"r": 5, "lora_alpha": 10, "target_modules": PAPER},
    "linear-rope-dora": {"r": 5, "lora_alpha": 10, "target_modules": ALL, "use_dora": True},
    "all-biases-lora": {"r": 4, "lora_alpha": 8, "target_modules": ALL},
    "all-biases-dora": {"r": 4, "lora_alpha": 8, "target_modules": ALL, "use_dora": True},
    "qwen2-lora": {"r": 4, "lora_alpha": 16, "target_modules": PAPER},
    "qwen2-dora": {"r": 4, "lora_alpha": 16, "target_modules": PAPER, "use_dora": True},
    "qwen2-window-lora": {"r": 2, "lora_alpha": 4, "target_modules": ALL},
    "qwen2-window-dora": {"r": 2, "lora_alpha": 4, "target_modules": ALL, "use_dora": True},
    "qwen3-lora": {"r": 4, "lora_alpha": 8, "target_modules": ALL},
    "qwen3-dora": {"r": 4, "lora_alpha": 8, "target_modules": ALL, "use_dora": True},
    "mistral-window-lora": {"r": 4, "lora_alpha": 8, "target_modules": PAPER},
    "mistral-window-dora": {"r": 4, "lora_alpha": 8, "target_modules": PAPER, "use_dora": True},
}


def base_of(adapter_name):
    """The model an adapter is for: the longest model name it starts with."""
    names = [folder.name for folder in MODELS.iterdir() if adapter_name.startswith(folder.name + "-")]
    return max(names, key=len)


def randomize(model, seed):
    draw = torch.Generator().manual_seed(seed)
    for name, value in model.named_parameters():
        noise = torch.randn(value.shape, generator=draw)
        if "lora_A" in name:
            value.data = noise / value.shape[1] ** 0.5
        elif "lora_B" in name:
            value.data = 0.2 * noise
        elif "lora_magnitude" in name:
            value.data *= 1 + 0.2 * noise


def special_rows(adapter_name, model):
    """A negative magnitude, and a row of zeros (base, B and magnitude) that PEFT would turn into NaN."""
    modules = dict(model.named_modules())
    if adapter_name == "mha-untied-dora":
        modules["base_model.model.model.layers.1.self_attn.v_proj"].lora_magnitude_vector["default"].weight.data[3] *= -1
    if adapter_name == "linear-rope-dora":
        for name in ("layers.0.self_attn.q_proj", "layers.1.mlp.up_proj"):
            module = modules["base_model.model.model." + name]
            module.lora_B["default"].weight.data[5] = 0
            module.lora_magnitude_vector["default"].weight.data[5] = 0


def save(model, name, **changes):
    """The adapter's folder without what differs from run to run; `changes` to its configuration."""
    folder = ADAPTERS / name
    shutil.rmtree(folder, ignore_errors=True)
    model.save_pretrained(folder)
    (folder / "README.md").unlink(missing_ok=True)
    file = folder / "adapter_config.json"
    config = json.loads(file.read_text())
    config["base_model_name_or_path"] = base_of(name)
    config["target_modules"] = sorted(config["target_modules"])
    file.write_text(json.dumps(config | changes, indent=2, sort_keys=True) + "\n")


def write_adapter(name, settings, seed):
    base = base_of(name)
    model = AutoModelForCausalLM.from_pretrained(MODELS / base, dtype=torch.float32)
    model = get_peft_model(model, LoraConfig(task_type="CAUSAL_LM", lora_dropout=0.0, **settings))
    randomize(model, seed)
    special_rows(name, model)
    save(model, name)


def main():
    for seed, (name, settings) in enumerate(TABLE.items(), start=100):
        write_adapter(name, settings, seed)


if __name__ == "__main__":
    main()
