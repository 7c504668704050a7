"""DoRA's modules with a magnitude alone (Table 6 of arXiv 2402.09353) in PEFT: pairs of rank 1 that are zero.

PEFT trains such pairs too, but their gradients are zero: the cases hold everything else.
"""


import torch
from peft import LoraConfig, get_peft_model
from transformers import AutoModelForCausalLM

import training
from adapters import ALL, base_of, randomize, save
from folders import MODELS
from models import DEFAULTS, TABLE as MODEL_TABLE

QKV = ["q_proj", "k_proj", "v_proj"]
TABLE = {
    "gqa-tied-magnitude-only-dora": ["o_proj", "gate_proj", "up_proj", "down_proj"],
    "all-biases-magnitude-only-dora": ["o_proj", "down_proj"],
    "qwen3-magnitude-only-dora": ["o_proj", "gate_proj", "up_proj", "down_proj"],
}


def is_nothing(name, alone):
    return "lora_magnitude" not in name and "lora_" in name and any(f".{module}." in name for module in alone)


def write_adapter(name, alone, seed):
    model = AutoModelForCausalLM.from_pretrained(MODELS / base_of(name), dtype=torch.float32)
    targets = sorted({*QKV, *alone}, key=ALL.index)
    settings = {"r": 4, "lora_alpha": 8, "lora_dropout": 0.0, "use_dora": True, "rank_pattern": dict.fromkeys(alone, 1)}
    model = get_peft_model(model, LoraConfig(task_type="CAUSAL_LM", target_modules=targets, **settings))
    randomize(model, seed)
    for key, value in model.named_parameters():
        if is_nothing(key, alone):
            value.data.zero_()
    save(model, name)


def without_nothing(model, alone):
    for name, value in model.named_parameters():
        if is_nothing(name, alone):
            value.requires_grad_(False)
    return model


def main():
    for seed, (name, alone) in enumerate(TABLE.items(), start=5000):
        write_adapter(name, alone, seed)
        model = base_of(name)
        vocabulary = MODEL_TABLE[model].get("vocab_size", DEFAULTS["vocab_size"])
        case = {"model": model, "adapter": name, "train": [], "optimizer": training.OPTIMIZER}
        steps = training.random_steps(seed, vocabulary, micro_batches=2)
        training.write_case(name, {**case, "steps": steps}, lambda loaded, alone=alone: without_nothing(loaded, alone))


if __name__ == "__main__":
    main()
