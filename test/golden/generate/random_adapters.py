"""One hundred adapters of random configurations, and twenty of VeRA, as PEFT saves them: random_adapters.json.

Of each: its configuration, a hash over names, shapes and bytes of all tensors, and logits. Values come from a rule that any
language can follow (`value_of`), so that no tensor has to be committed.

As a script for npm run check:models, `random_adapters.py load`, it loads the adapter folders named on stdin (JSON:
[{model, adapter, again, dtype}]) in PEFT, saves each again in the dtype, and prints logits and keys that were not taken.
"""

import hashlib
import json
import random
import sys
import tempfile
import types
from pathlib import Path

import numpy as np
import torch
from peft import LoraConfig, PeftModel, VeraConfig, get_peft_model, get_peft_model_state_dict, load_peft_weights
from peft.tuners.lora.dora import DoraLinearLayer
from safetensors import safe_open
from safetensors.torch import save_file
from transformers import AutoModelForCausalLM

from folders import GOLDEN, MODELS
from reference import clamped_row_norm, norm_in_own_precision

COUNT = 100
VERA_COUNT = 20
TEXT = [3, 14, 15, 9, 26, 5]
SHOWN = 12
TYPES = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]
LONG = {"q_proj": "self_attn.q_proj", "v_proj": "self_attn.v_proj", "up_proj": "mlp.up_proj", "down_proj": "mlp.down_proj"}


def random_targets(draw):
    """As lists of names and ends of names, as patterns, or all of them; with the types that they mean."""
    kind = draw.choice(["list", "list", "ends", "pattern", "all"])
    chosen = sorted(draw.sample(TYPES, draw.randint(1, 5)))
    if kind == "all":
        return "all-linear", TYPES
    if kind == "pattern":
        return rf".*\.({'|'.join(chosen)})", chosen
    return [LONG.get(one, one) if kind == "ends" else one for one in chosen], chosen


def random_patterns(draw, chosen, highest):
    """Keys that no module fits two of."""
    keys = [one for one in chosen if draw.random() < 0.3]
    return {key: draw.randint(1, highest) for key in keys}


def random_settings(draw):
    targets, chosen = random_targets(draw)
    rank = draw.randint(1, 6)
    settings = {
        "r": rank,
        "lora_alpha": draw.choice([1, 2, rank, 2 * rank, 16, 0.5, 3.75]),
        "lora_dropout": draw.choice([0.0, 0.05, 0.2]),
        "target_modules": targets,
        "use_rslora": draw.random() < 0.3,
        "use_dora": draw.random() < 0.5,
        "rank_pattern": random_patterns(draw, chosen, 6),
        "alpha_pattern": random_patterns(draw, chosen, 20),
    }
    # PEFT takes layers beside a list of names alone.
    if isinstance(targets, list) and draw.random() < 0.4:
        settings["layers_to_transform"] = draw.choice([[0], [1], [0, 1]])
    return settings


def random_vera(draw):
    settings = {
        "r": draw.randint(1, 12),
        "target_modules": sorted(draw.sample(TYPES, draw.randint(1, 5))),
        "projection_prng_key": draw.randint(0, 2**31 - 1),
        "d_initial": draw.choice([0.1, 1.0, 0.01]),
        "vera_dropout": draw.choice([0.0, 0.05]),
    }
    if draw.random() < 0.4:
        settings["layers_to_transform"] = draw.choice([[0], [1], [0, 1]])
    return settings


def value_of(key, shape):
    """From the key's FNV-1a hash on, by steps of 2654435761, in -0.5 to 0.5; magnitudes about 1."""
    start = 0x811C9DC5
    for byte in key.encode():
        start = (start ^ byte) * 0x01000193 % 2**32
    steps = np.arange(int(np.prod(shape)), dtype=np.uint64) * np.uint64(2654435761) + np.uint64(start)
    unit = (steps % np.uint64(2**32)).astype(np.float64) / 2**32 - 0.5
    unit = 1 + 0.4 * unit if "magnitude" in key else unit
    return torch.from_numpy(unit.astype(np.float32).reshape(shape))


def saved_key(name):
    return name.replace(".default", "").replace("lora_magnitude_vector.weight", "lora_magnitude_vector")


def hash_of(file):
    total = hashlib.sha256()
    with safe_open(file, "np") as tensors:
        for key in sorted(tensors.keys()):
            values = tensors.get_tensor(key)
            total.update(f"{key} {list(values.shape)} {values.dtype}\n".encode())
            total.update(np.ascontiguousarray(values).tobytes())
    return total.hexdigest()


@torch.no_grad()
def logits_of(model):
    model = model.double().eval()
    for module in model.modules():
        if type(module).__name__.endswith("RMSNorm"):
            module.forward = types.MethodType(norm_in_own_precision, module)
        if isinstance(module, DoraLinearLayer):
            module.get_weight_norm = types.MethodType(clamped_row_norm, module)
    return model(input_ids=torch.tensor([TEXT])).logits[0, -1, :SHOWN].float().tolist()


def base(name):
    return AutoModelForCausalLM.from_pretrained(MODELS / name, dtype=torch.float32)


def adapter_entry(index):
    draw = random.Random(1000 + index)
    name = draw.choice(sorted(folder.name for folder in MODELS.iterdir()))
    is_vera = index >= COUNT
    config = VeraConfig(**random_vera(draw)) if is_vera else LoraConfig(**random_settings(draw))
    config.task_type = "CAUSAL_LM"
    model = get_peft_model(base(name), config)
    for key, value in model.named_parameters():
        if "lora_" in key or "vera_lambda" in key:
            value.data = value_of(saved_key(key), list(value.shape))
    with tempfile.TemporaryDirectory() as folder:
        model.save_pretrained(folder)
        config = json.loads((Path(folder) / "adapter_config.json").read_text())
        config["base_model_name_or_path"] = name
        if isinstance(config["target_modules"], list):
            config["target_modules"].sort()
        tensors = hash_of(Path(folder) / "adapter_model.safetensors")
    kept = {key: value for key, value in config.items() if value not in (None, False, {}, [])}
    return {"model": name, "config": kept, "tensors": tensors, "logits": logits_of(model)}


def load_and_save(job):
    """What PEFT makes of an adapter folder that Adapter Lab wrote."""
    model = PeftModel.from_pretrained(base(job["model"]), job["adapter"])
    stored = set(load_peft_weights(job["adapter"], device="cpu")) - {"base_model.vera_A", "base_model.vera_B"}
    taken = {saved_key(key) for key, _ in model.named_parameters() if "lora_" in key or "vera_lambda" in key}
    values = {key: value.to(getattr(torch, job["dtype"])) for key, value in get_peft_model_state_dict(model).items()}
    model.save_pretrained(job["again"])
    save_file(values, Path(job["again"]) / "adapter_model.safetensors", {"format": "pt"})
    return {"logits": logits_of(model), "lost": sorted(taken ^ {saved_key(key) for key in stored})}


def main():
    if len(sys.argv) > 1:
        print(json.dumps([load_and_save(job) for job in json.load(sys.stdin)]))
        return
    entries = [adapter_entry(index) for index in range(COUNT + VERA_COUNT)]
    lines = ",\n".join(json.dumps(entry) for entry in entries)
    (GOLDEN / "random_adapters.json").write_text(f'{{"text": {json.dumps(TEXT)}, "adapters": [\n{lines}\n]}}\n')


if __name__ == "__main__":
    main()
