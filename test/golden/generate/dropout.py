"""Mean and standard deviation of B's gradient over many dropout masks in PEFT: dropout.json, dropout.safetensors.

With B = 0 and the magnitude at the row norm the outputs do not depend on the mask and B's gradient is linear in it,
so any right implementation of dropout has the same mean and deviation, whatever random numbers it draws.
"""

import json

import torch
from peft import LoraConfig, get_peft_model
from safetensors.torch import save_file

from folders import GOLDEN
from reference import load, loss_sum, our_name
from training import random_steps

MODEL, DROPOUT, MASKS = "mha-untied", 0.3, 2000
MODULES = ["model.layers.0.self_attn.q_proj", "model.layers.1.mlp.down_proj"]


def gradients(model, batch):
    total, count = loss_sum(model, batch)
    model.zero_grad()
    (total / count).backward()
    return {our_name(name): value.grad.double() for name, value in model.named_parameters() if "lora_B" in name}


def main():
    torch.manual_seed(7)
    batch = random_steps(77, 101)[0][0]
    config = {"r": 4, "lora_alpha": 8, "lora_dropout": DROPOUT, "target_modules": ["q_proj", "down_proj"], "use_dora": True}
    model = get_peft_model(load(MODEL), LoraConfig(task_type="CAUSAL_LM", **config)).train()
    arrays = {our_name(name): value.detach().clone() for name, value in model.named_parameters() if "lora_A" in name}
    drawn = [gradients(model, batch) for _ in range(MASKS)]
    for module in MODULES:
        values = torch.stack([draw[f"{module}.lora_B.weight"] for draw in drawn])
        arrays |= {f"mean/{module}": values.mean(0).float(), f"deviation/{module}": values.std(0).float()}
    case = {"model": MODEL, "dropout": DROPOUT, "rank": 4, "scale": 2.0, "masks": MASKS, "modules": MODULES, **batch}
    (GOLDEN / "dropout.json").write_text(json.dumps(case) + "\n")
    save_file(arrays, GOLDEN / "dropout.safetensors")


if __name__ == "__main__":
    main()
