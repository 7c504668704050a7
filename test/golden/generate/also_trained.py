"""Adapters that hold parts of the model too: PEFT's modules_to_save (also of tied embeddings) and bias, saved by PEFT with
random values, trained for five steps. Writes adapters/NAME, cases/NAME.* and logits of the saved adapters: also_trained.*.
"""


import torch
from peft import LoraConfig, VeraConfig, get_peft_model
from safetensors.torch import save_file
from transformers import AutoModelForCausalLM

import adapters
import training
from adapters import ALL, PAPER
from folders import GOLDEN, MODELS
from models import DEFAULTS, TABLE as MODEL_TABLE
from reference import load

NORMS = ["input_layernorm", "post_attention_layernorm", "norm"]
TOKENS = [3, 14, 15, 9, 26, 5]
TABLE = {
    "mha-untied-lora-everything": {"r": 4, "lora_alpha": 8, "target_modules": PAPER, "modules_to_save": ["embed_tokens", "lm_head", *NORMS]},
    "gqa-tied-dora-embeddings": {
        **{"r": 3, "lora_alpha": 5, "target_modules": ALL, "use_dora": True},
        **{"modules_to_save": ["embed_tokens", "lm_head"], "ensure_weight_tying": True},
    },
    "all-biases-lora-biases": {"r": 4, "lora_alpha": 8, "target_modules": ["q_proj", "up_proj"], "bias": "all"},
    "all-biases-dora-own-biases": {"r": 2, "lora_alpha": 4, "target_modules": ["q_proj", "down_proj"], "use_dora": True, "bias": "lora_only"},
    "qwen3-dora-norms": {"r": 4, "lora_alpha": 8, "target_modules": ALL, "use_dora": True, "modules_to_save": [*NORMS, "q_norm", "k_norm"]},
    "mistral-window-lora-norms": {"r": 4, "lora_alpha": 8, "target_modules": PAPER, "modules_to_save": ["input_layernorm"]},
    "mha-untied-vera-everything": {"r": 6, "target_modules": PAPER, "modules_to_save": ["embed_tokens", "lm_head", *NORMS]},
    "all-biases-vera-own-biases": {"r": 4, "target_modules": ["q_proj", "down_proj"], "bias": "vera_only"},
}


def write_adapter(name, settings, seed):
    base = adapters.base_of(name)
    model = AutoModelForCausalLM.from_pretrained(MODELS / base, dtype=torch.float32)
    kind = VeraConfig if "vera" in name else LoraConfig
    model = get_peft_model(model, kind(task_type="CAUSAL_LM", **settings))
    adapters.randomize(model, seed)
    draw = torch.Generator().manual_seed(seed + 1)
    for key, value in model.named_parameters():
        if value.requires_grad and "lora_" not in key:
            value.data += 0.1 * torch.randn(value.shape, generator=draw)
    # PEFT writes names of its own beside the given ones.
    adapters.save(model, name, modules_to_save=settings.get("modules_to_save"))


def main():
    arrays = {}
    for index, (name, settings) in enumerate(TABLE.items()):
        write_adapter(name, settings, 7000 + 2 * index)
        model = adapters.base_of(name)
        vocabulary = MODEL_TABLE[model].get("vocab_size", DEFAULTS["vocab_size"])
        steps = training.random_steps(7100 + index, vocabulary, micro_batches=1 + index % 2)
        case = {"model": model, "adapter": name, "train": [], "optimizer": training.OPTIMIZER | {"epsilon": 1e-6}, "steps": steps}
        training.write_case(name, case)
        with torch.no_grad():
            arrays[name] = load(model, name, torch.float64)(torch.tensor([TOKENS])).logits[0].float().contiguous()
    save_file(arrays, GOLDEN / "also_trained.safetensors")


if __name__ == "__main__":
    main()
