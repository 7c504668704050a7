"""VeRA by PEFT, and DVoRA, which PEFT does not have: its VeRA inside its DoRA's formula.

Writes adapters/NAME (for DVoRA the DoRA adapter of the same merged weight, saved by PEFT, beside our own dvora files),
cases/NAME as training.py, and vera.json: hashes of shared matrices' f32 bytes, little-endian and row by row, and what
merged weights change and compute. PEFT draws in f32 and moves what it drew through the type of the base's weights, A before B.
"""

import hashlib
import json
import shutil
import types

import torch
from peft import LoraConfig, VeraConfig, get_peft_model
from peft.tuners.vera.layer import Linear
from peft.tuners.vera.model import _kaiming_init
from safetensors.torch import save_file

import merging
import slopes
import training
from adapters import ALL, PAPER, base_of
from folders import ADAPTERS, GOLDEN
from models import DEFAULTS, TABLE as MODEL_TABLE
from reference import load

SIZES = ((1, 3, 5), (8, 48, 40), (64, 577, 1000))
SEEDS = (0, 1, 42, 2**32 - 1)
DTYPES = {"f32": torch.float32, "bf16": torch.bfloat16, "f16": torch.float16}
TABLE = {
    "mha-untied-vera": {"r": 6, "target_modules": PAPER, "projection_prng_key": 7},
    "gqa-tied-vera": {"r": 5, "target_modules": ALL},
    "llama3-rope-vera": {"r": 70, "target_modules": ["q_proj", "v_proj"]},
    "llama3-rope-drawn-vera": {"r": 9, "target_modules": ALL, "projection_prng_key": 3, "save_projection": False},
    "mistral-window-vera": {"r": 4, "target_modules": PAPER, "layers_to_transform": [1]},
    "qwen2-vera": {"r": 3, "target_modules": ALL, "d_initial": 0.05},
    "qwen3-vera": {"r": 8, "target_modules": ALL},
    "mha-untied-dvora": {"r": 6, "target_modules": PAPER, "projection_prng_key": 7},
    "gqa-tied-dvora": {"r": 5, "target_modules": ALL},
    "llama3-rope-dvora": {"r": 12, "target_modules": ["q_proj", "v_proj"]},
    "mistral-window-dvora": {"r": 4, "target_modules": PAPER, "layers_to_transform": [1]},
    "qwen2-dvora": {"r": 3, "target_modules": ALL},
    "qwen3-dvora": {"r": 8, "target_modules": ALL, "save_projection": False},
}
EXTRAS = {
    "qwen3-vera-accumulation": {"adapter": "qwen3-vera", "microBatches": 2, "optimizer": {"weightDecay": 0.1}},
    "gqa-tied-dvora-accumulation": {"adapter": "gqa-tied-dvora", "microBatches": 2},
    "mha-untied-through-norm-dvora": {"adapter": "mha-untied-dvora", "detachNorm": False},
    "qwen2-through-norm-dvora": {"adapter": "qwen2-dvora", "detachNorm": False, "microBatches": 2},
}


def projection(seed, rank, width, height, dtype):
    draw = torch.Generator(device="cpu").manual_seed(seed)
    shapes = ((rank, width), (height, rank))
    return [_kaiming_init(shape, generator=draw).to(dtype).float() for shape in shapes]


def digest(matrix):
    return hashlib.sha256(matrix.numpy().tobytes()).hexdigest()


def drawn():
    for seed in SEEDS:
        for rank, width, height in SIZES:
            for name, dtype in DTYPES.items():
                a, b = projection(seed, rank, width, height, dtype)
                size = {"seed": seed, "rank": rank, "in": width, "out": height, "dtype": name}
                yield {**size, "first": a.flatten()[:3].tolist(), "a": digest(a), "b": digest(b)}


def is_dvora(name):
    return "dvora" in name


def vera_model(name, seed):
    """f32, with values that are not those of a fresh adapter; of DVoRA with a magnitude in each layer."""
    model = get_peft_model(load(base_of(name)), VeraConfig(task_type="CAUSAL_LM", **TABLE[name]))
    draw = torch.Generator().manual_seed(seed)
    for parameter, value in model.named_parameters():
        if "vera_lambda" in parameter:
            noise = torch.randn(value.shape, generator=draw)
            value.data = 0.3 * noise if "lambda_b" in parameter else 0.2 * (1 + 0.5 * noise)
    if is_dvora(name):
        for layer in vera_layers(model).values():
            norm = torch.linalg.norm(layer.get_base_layer().weight, dim=1)
            noise = torch.randn(norm.shape, generator=draw)
            layer.lora_magnitude_vector = torch.nn.Parameter(norm * (1 + 0.2 * noise))
    return model


def vera_layers(model):
    return {name.removeprefix("base_model.model."): layer for name, layer in model.named_modules() if isinstance(layer, Linear)}


def seed_of(name):
    return 500 + list(TABLE).index(name)


def write_config(folder, file, config):
    config["base_model_name_or_path"] = base_of(folder.name)
    config["target_modules"] = sorted(config["target_modules"])
    (folder / file).write_text(json.dumps(config, indent=2, sort_keys=True) + "\n")


def saved_config(folder):
    (folder / "README.md").unlink(missing_ok=True)
    return json.loads((folder / "adapter_config.json").read_text())


def as_dora(name, model):
    """A PEFT DoRA with the same merged weights: A' = diag(d) A, B' = diag(b) B."""
    settings = {key: TABLE[name][key] for key in ("r", "target_modules", "layers_to_transform") if key in TABLE[name]}
    dora = get_peft_model(load(base_of(name)), LoraConfig(task_type="CAUSAL_LM", use_dora=True, lora_alpha=settings["r"], **settings))
    modules = dict(dora.named_modules())
    for module, layer in vera_layers(model).items():
        other = modules[f"base_model.model.{module}"]
        b, d = layer.vera_lambda_b["default"].data, layer.vera_lambda_d["default"].data
        other.lora_A["default"].weight.data = d[:, None] * layer.vera_A["default"][:, : layer.in_features]
        other.lora_B["default"].weight.data = b[:, None] * layer.vera_B["default"][: layer.out_features]
        other.lora_magnitude_vector["default"].weight.data = layer.lora_magnitude_vector.data.clone()
    return dora


def write_adapter(name):
    folder = ADAPTERS / name
    shutil.rmtree(folder, ignore_errors=True)
    model = vera_model(name, seed_of(name))
    model.save_pretrained(folder)
    config = saved_config(folder)
    if not is_dvora(name):
        return write_config(folder, "adapter_config.json", config)
    prefix = "base_model.model."
    tensors = {f"{prefix}{module}.{part}": getattr(layer, part)["default"].data for module, layer in vera_layers(model).items() for part in ("vera_lambda_b", "vera_lambda_d")}
    tensors |= {f"{prefix}{module}.lora_magnitude_vector": layer.lora_magnitude_vector.data for module, layer in vera_layers(model).items()}
    if config["save_projection"]:
        tensors |= {f"base_model.{part}": getattr(model.base_model, part)["default"] for part in ("vera_A", "vera_B")}
    write_config(folder, "dvora_config.json", config)
    save_file({key: value.contiguous() for key, value in tensors.items()}, folder / "dvora.safetensors", {"format": "pt"})
    as_dora(name, model).save_pretrained(folder)
    write_config(folder, "adapter_config.json", saved_config(folder))


def dvora_forward(detach):
    def forward(layer, x):
        base, vectors = layer.get_base_layer(), (layer.vera_lambda_b["default"], layer.vera_lambda_d["default"])
        a, b = layer.vera_A["default"][:, : layer.in_features], layer.vera_B["default"][: layer.out_features]
        norm = torch.linalg.norm(base.weight + layer.get_delta_weight("default"), dim=1)
        gain = layer.lora_magnitude_vector / (norm.detach() if detach else norm)
        linear = torch.nn.functional.linear
        return gain * (linear(x, base.weight) + vectors[0] * linear(vectors[1] * linear(x, a), b)) + (0 if base.bias is None else base.bias)

    return forward


def dvora_in_place(name, detach):
    """`prepare` of training.write_case: the loaded DoRA adapter gives way to the DVoRA that it stands for."""

    def prepare(loaded):
        dtype = next(loaded.parameters()).dtype
        model = vera_model(name, seed_of(name)).to(dtype)
        norms = dict(loaded.named_modules())
        for path, module in model.named_modules():
            if type(module).__name__.endswith("RMSNorm"):
                module.forward = types.MethodType(norms[path].forward.__func__, module)
            if isinstance(module, Linear):
                module.forward = types.MethodType(dvora_forward(detach), module)
        return model.train()

    return prepare


def cases():
    yield from ((name, {"adapter": name}) for name in TABLE)
    yield from EXTRAS.items()


def write_cases():
    for seed, (name, chosen) in enumerate(cases(), start=4000):
        model, adapter = base_of(name), chosen["adapter"]
        vocabulary = MODEL_TABLE[model].get("vocab_size", DEFAULTS["vocab_size"])
        steps = training.random_steps(seed, vocabulary, chosen.get("microBatches", 1))
        detach = chosen.get("detachNorm", True)
        case = {"model": model, "adapter": adapter, "train": [], "detachNorm": detach, "steps": steps}
        case["optimizer"] = {**training.OPTIMIZER, **chosen.get("optimizer", {})}
        training.write_case(name, case, dvora_in_place(adapter, detach) if is_dvora(adapter) else lambda loaded: loaded)


def changes(name):
    base = slopes.base_weights(base_of(name))
    merged = dict(load(base_of(name), name, torch.float64).merge_and_unload().named_parameters())
    for module in sorted(vera_layers(vera_model(name, seed_of(name)))):
        weight = f"{module}.weight"
        yield {"name": module, **slopes.change(base[weight], merged[weight].detach())}


def main():
    for name in TABLE:
        write_adapter(name)
    write_cases()
    values = {
        "projections": list(drawn()),
        "slopes": {name: list(changes(name)) for name in TABLE},
        "logits": {name: merging.merged_logits(name) for name in TABLE},
    }
    (GOLDEN / "vera.json").write_text(json.dumps(values, indent=0) + "\n")


if __name__ == "__main__":
    main()
