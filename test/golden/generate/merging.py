"""Models with an adapter merged in by PEFT, and files as transformers cuts them: merging.json.

`logits`: of the last token of one text, f64 rounded to f32, by adapter. `indexes`: what transformers writes beside the shards
of a model, by model and largest size.
"""

import json
import tempfile
from pathlib import Path

import torch
from transformers import AutoModelForCausalLM

from adapters import TABLE, base_of
from folders import GOLDEN, MODELS
from reference import load

TEXT = [3, 14, 15, 9, 26, 5]
SHARDS = {"all-biases": "9KB", "qwen3": "20KB", "gqa-tied": "1KB"}


@torch.no_grad()
def merged_logits(name):
    model = load(base_of(name), name, torch.float64).merge_and_unload()
    return model(input_ids=torch.tensor([TEXT])).logits[0, -1].float().tolist()


def index_of(name, size):
    model = AutoModelForCausalLM.from_pretrained(MODELS / name, dtype=torch.float32)
    with tempfile.TemporaryDirectory() as folder:
        model.save_pretrained(folder, max_shard_size=size)
        return json.loads((Path(folder) / "model.safetensors.index.json").read_text())


def main():
    values = {
        "text": TEXT,
        "logits": {name: merged_logits(name) for name in TABLE},
        "indexes": [{"model": name, "size": size, "index": index_of(name, size)} for name, size in SHARDS.items()],
    }
    (GOLDEN / "merging.json").write_text(json.dumps(values) + "\n")


if __name__ == "__main__":
    main()
