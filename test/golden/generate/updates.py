"""Of dense updates s B A in f64: singular values, effective rank (Roy and Vetterli 2007), similarity of subspaces
(arXiv 2106.09685, section 7.2) and relative changes of rows' lengths by merging: updates.json.
"""

import json

import numpy as np
import torch
from safetensors.torch import load_file

from adapters import base_of
from folders import ADAPTERS, GOLDEN
from slopes import base_weights
from reference import load

PAIRS = [("gqa-tied-lora", "gqa-tied-dora"), ("llama3-rope-patterns", "llama3-rope-dora-patterns")]
LENGTHS = ["gqa-tied-lora", "gqa-tied-dora", "linear-rope-dora"]
BINS = [-1, -0.2, -0.05, 0, 0.05, 0.2, 1]


def scaling(module):
    return module.scaling["default"]


def updates(name):
    """Dense update of each module, in the order of the model."""
    model = load(base_of(name), name, torch.float64)
    tensors = load_file(ADAPTERS / name / "adapter_model.safetensors")
    for path, module in model.named_modules():
        if not hasattr(module, "lora_A") or not len(module.lora_A):
            continue
        key = path.removeprefix("base_model.model.")
        prefix = f"base_model.model.{key}"
        a, b = (tensors[f"{prefix}.lora_{part}.weight"].double().numpy() for part in "AB")
        yield key, scaling(module) * b @ a, a.shape[0]


def effective_rank(values):
    share = values / values.sum()
    share = share[share > 0]
    return float(np.exp(-(share * np.log(share)).sum()))


def phi(one, other):
    cosines = (one.T @ other) ** 2
    return [[float(cosines[: i + 1, : j + 1].sum() / (min(i, j) + 1)) for j in range(other.shape[1])]
            for i in range(one.shape[1])]


def pair(one, other):
    others = {key: (update, rank) for key, update, rank in updates(other)}
    modules = []
    for key, update, rank in updates(one):
        if key not in others:
            continue
        u, values, vt = np.linalg.svd(update)
        dense, other_rank = others[key]
        other_u, _, other_vt = np.linalg.svd(dense)
        modules.append({
            "name": key,
            "values": values[:rank].tolist(),
            "effectiveRank": effective_rank(values[:rank]),
            "output": phi(u[:, :rank], other_u[:, :other_rank]),
            "input": phi(vt[:rank].T, other_vt[:other_rank].T),
        })
    return {"one": one, "other": other, "modules": modules[:4]}


def wide():
    """Values of a rank of 256, of factors that whole numbers give."""
    out, columns, rank = 320, 272, 256
    def whole(i, j):
        return ((i + 3) * (j + 7) * (i + j + 1) % 1009 - 504) / 512

    k = np.arange(rank)
    b = whole(np.arange(out)[:, None], k)
    a = whole(k[:, None], np.arange(columns)) * 2.0 ** -(k[:, None] // 32)
    values = np.linalg.svd(b @ a, compute_uv=False)[:rank]
    return {"out": out, "in": columns, "rank": rank, "values": [float(f"{value:.13g}") for value in values]}


def lengths(name):
    base = base_weights(base_of(name))
    merged = dict(load(base_of(name), name, torch.float64).merge_and_unload().named_parameters())
    modules = []
    for key, _, _ in updates(name):
        before = base[f"{key}.weight"].norm(dim=1)
        after = merged[f"{key}.weight"].detach().norm(dim=1)
        change = (after / before - 1)[before > 0].numpy()
        modules.append({"name": key, "mean": float(change.mean()), "counts": np.histogram(change, BINS)[0].tolist()})
    return modules


def main():
    values = {"wide": wide(), "pairs": [pair(*both) for both in PAIRS], "bins": BINS, "lengths": {name: lengths(name) for name in LENGTHS}}
    (GOLDEN / "updates.json").write_text(json.dumps(values) + "\n")


if __name__ == "__main__":
    main()
