"""Adapters of random configurations as PEFT saves them: random_adapters.json. One hundred of LoRA and DoRA, twenty of VeRA,
thirty of AdaLoRA (most of them pruned), twenty with excluded modules, ten of DoRA with modules whose update is zero.

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
from peft import AdaLoraConfig, LoraConfig, PeftModel, VeraConfig, get_peft_model, get_peft_model_state_dict, load_peft_weights
from peft.tuners.lora.dora import DoraLinearLayer
from safetensors import safe_open
from safetensors.torch import save_file
from transformers import AutoModelForCausalLM

from folders import GOLDEN, MODELS
from reference import clamped_row_norm, norm_in_own_precision

COUNT = 100
VERA_COUNT = 20
ADALORA_COUNT = 30
EXCLUDING_COUNT = 20
ALONE_COUNT = 10
TOTAL = COUNT + VERA_COUNT + ADALORA_COUNT + EXCLUDING_COUNT + ALONE_COUNT
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


def random_adalora(draw):
    targets, _ = random_targets(draw)
    settings = {
        "init_r": draw.randint(1, 6),
        "target_r": draw.randint(1, 4),
        "lora_alpha": draw.choice([1, 4, 16, 0.5]),
        "lora_dropout": draw.choice([0.0, 0.1]),
        "target_modules": targets,
        "total_step": draw.randint(20, 30),
        **{"tinit": draw.randint(0, 5), "tfinal": draw.randint(0, 10), "deltaT": draw.randint(1, 3)},
        "orth_reg_weight": draw.choice([0.5, 0.1]),
    }
    if isinstance(targets, list) and draw.random() < 0.3:
        settings["layers_to_transform"] = draw.choice([[0], [1]])
    return settings


def excluding(draw, settings):
    """Of all types, as a list with and without layers or as a pattern."""
    chosen = sorted(draw.sample(TYPES, draw.randint(1, 3)))
    names = [LONG.get(one, one) for one in chosen]
    pattern = rf"(?P<layer>.*)\.(?:{'|'.join(chosen)})"
    excluded = draw.choice([chosen, names, pattern, ["layers.0.mlp.up_proj", "k_proj"]])
    settings = settings | {"rank_pattern": {}, "alpha_pattern": {}, "target_modules": TYPES, "exclude_modules": excluded}
    if draw.random() < 0.4:
        settings.pop("layers_to_transform", None)
        settings["target_modules"] = r".*_proj"
    return settings


def alone(draw, settings):
    """DoRA with types of modules whose pair of rank 1 stays zero: a magnitude alone."""
    chosen = sorted(draw.sample(TYPES, 3))
    return settings | {"use_dora": True, "target_modules": TYPES, "rank_pattern": {name: 1 for name in chosen}}, chosen


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
    """As the file has it; of a bias, as the engine does."""
    return name.replace(".base_layer", "").replace(".modules_to_save.default", "").replace(".default", "").replace("lora_magnitude_vector.weight", "lora_magnitude_vector")


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
        if isinstance(module, DoraLinearLayer) and not module.fan_in_fan_out:
            module.get_weight_norm = types.MethodType(clamped_row_norm, module)
    return model(input_ids=torch.tensor([TEXT])).logits[0, -1, :SHOWN].float().tolist()


def base(name):
    return AutoModelForCausalLM.from_pretrained(MODELS / name, dtype=torch.float32)


def fill(model, zero=()):
    for key, value in model.named_parameters():
        if not any(part in key for part in ("lora_", "vera_lambda", "modules_to_save")) and not (key.endswith(".bias") and value.requires_grad):
            continue
        is_zero = "magnitude" not in key and any(f".{name}." in key for name in zero)
        value.data = torch.zeros_like(value) if is_zero else value_of(saved_key(key), list(value.shape))


def config_of(folder, name):
    config = json.loads((Path(folder) / "adapter_config.json").read_text())
    config["base_model_name_or_path"] = name
    for field in ("target_modules", "exclude_modules"):
        if isinstance(config.get(field), list):
            config[field].sort()
    return {key: value for key, value in config.items() if value not in (None, False, {}, [])}


def saved_entry(model, name, zero=()):
    fill(model, zero)
    with tempfile.TemporaryDirectory() as folder:
        model.save_pretrained(folder)
        entry = {"model": name, "config": config_of(folder, name), "tensors": hash_of(Path(folder) / "adapter_model.safetensors")}
    return entry | ({"zero": zero} if zero else {}) | {"logits": logits_of(model)}


def pruned(name, config, draw):
    """An AdaLoRA model as PEFT loads it with a rank pattern."""
    model = get_peft_model(base(name), config)
    if draw.random() < 0.2:
        return model
    keys = [key.removeprefix("base_model.model.").replace(".default", "") for key, _ in model.named_parameters() if "lora_E" in key]
    config.rank_pattern = {key: [draw.random() < 0.6 for _ in range(config.init_r)] for key in sorted(keys)}
    with tempfile.TemporaryDirectory() as folder:
        model.save_pretrained(folder)
        return PeftModel.from_pretrained(base(name), folder)


def adapter_entry(index):
    draw = random.Random(1000 + index)
    name = draw.choice(sorted(folder.name for folder in MODELS.iterdir()))
    kinds = ["lora"] * COUNT + ["vera"] * VERA_COUNT + ["adalora"] * ADALORA_COUNT
    kind = (kinds + ["excluding"] * EXCLUDING_COUNT + ["alone"] * ALONE_COUNT)[index]
    if kind == "adalora":
        return saved_entry(pruned(name, AdaLoraConfig(task_type="CAUSAL_LM", **random_adalora(draw)), draw), name)
    zero = []
    if kind == "vera":
        config = VeraConfig(**random_vera(draw))
    elif kind == "alone":
        settings, zero = alone(draw, random_settings(draw))
        config = LoraConfig(**settings)
    else:
        settings = random_settings(draw)
        config = LoraConfig(**(excluding(draw, settings) if kind == "excluding" else settings))
    config.task_type = "CAUSAL_LM"
    return saved_entry(get_peft_model(base(name), config), name, zero)


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
    entries = [adapter_entry(index) for index in range(TOTAL)]
    lines = ",\n".join(json.dumps(entry) for entry in entries)
    (GOLDEN / "random_adapters.json").write_text(f'{{"text": {json.dumps(TEXT)}, "adapters": [\n{lines}\n]}}\n')


if __name__ == "__main__":
    main()
