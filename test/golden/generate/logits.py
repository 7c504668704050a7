"""Logits of three texts for every model, in f64: logits/MODEL.safetensors holds tokens/N and logits/N.

Stops when the two config.json dialects do not describe the same model to transformers.
"""

import json
import random
import shutil
import tempfile
from pathlib import Path

import torch
from safetensors.torch import save_file
from transformers import AutoModelForCausalLM

from folders import GOLDEN, MODELS
from models import TABLE
from reference import load


def in_older_dialect(name, ids):
    """Logits with config.transformers4.json in config.json's place."""
    with tempfile.TemporaryDirectory() as folder:
        copy = shutil.copytree(MODELS / name, Path(folder) / name)
        shutil.move(copy / "config.transformers4.json", copy / "config.json")
        model = AutoModelForCausalLM.from_pretrained(copy, dtype=torch.float32, attn_implementation="sdpa")
        return model(input_ids=ids).logits[0]


@torch.no_grad()
def main():
    (GOLDEN / "logits").mkdir(exist_ok=True)
    for seed, name in enumerate(TABLE):
        truth, single = load(name, precision=torch.float64), load(name)
        draw = random.Random(seed)
        vocabulary = json.loads((MODELS / name / "config.json").read_text())["vocab_size"]
        arrays = {}
        for index, length in enumerate((1, 7, 21)):
            ids = torch.tensor([[draw.randrange(vocabulary) for _ in range(length)]])
            logits = truth(input_ids=ids).logits[0]
            rounding = (single(input_ids=ids).logits[0] - logits).abs().max().item()
            assert rounding < 2e-5, (name, rounding)
            assert torch.equal(in_older_dialect(name, ids), single(input_ids=ids).logits[0]), name
            arrays |= {f"tokens/{index}": ids[0].int(), f"logits/{index}": logits.float().contiguous()}
        save_file(arrays, GOLDEN / "logits" / f"{name}.safetensors")
        print(name, rounding)


if __name__ == "__main__":
    main()
