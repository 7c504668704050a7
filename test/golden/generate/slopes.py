"""Magnitude and direction change (arXiv 2402.09353, eq. 3 and 4) in f64 from merged weights: slopes.json.

Rows are output features. A row of zeros has no direction: it counts for deltaM, not for deltaD.
"""

import json

import torch
from safetensors.torch import load_file

from adapters import TABLE as ADAPTER_TABLE, base_of
from folders import ADAPTERS, CASES, GOLDEN
from models import TABLE as MODEL_TABLE
from reference import load


def change(base, other):
    norms, other_norms = base.norm(dim=1), other.norm(dim=1)
    rows = (norms > 0) & (other_norms > 0)
    cosine = (base[rows] * other[rows]).sum(1) / (norms[rows] * other_norms[rows])
    return {"deltaM": (other_norms - norms).abs().mean().item(), "deltaD": (1 - cosine).mean().item()}


def base_weights(model):
    return {name: value.detach() for name, value in load(model, precision=torch.float64).named_parameters()}


def adapter_changes(name):
    base = base_weights(base_of(name))
    merged = dict(load(base_of(name), name, torch.float64).merge_and_unload().named_parameters())
    tensors = load_file(ADAPTERS / name / "adapter_model.safetensors")
    for key in sorted(tensors):
        if key.endswith(".lora_A.weight"):
            module = key.removeprefix("base_model.model.").removesuffix(".lora_A.weight")
            yield {"name": module, **change(base[f"{module}.weight"], merged[f"{module}.weight"].detach())}


def trained_changes(case, model):
    base, after = base_weights(model), load_file(CASES / f"{case}.safetensors")
    for name in sorted(base):
        if name.endswith("proj.weight"):
            yield {"name": name.removesuffix(".weight"), **change(base[name], after[f"after/{name}"].double())}


def main():
    adapters = {name: list(adapter_changes(name)) for name in ADAPTER_TABLE}
    full = {f"{name}-full": list(trained_changes(f"{name}-full", name)) for name in MODEL_TABLE}
    (GOLDEN / "slopes.json").write_text(json.dumps({"adapters": adapters, "full": full}, indent=1) + "\n")


if __name__ == "__main__":
    main()
