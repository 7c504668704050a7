"""Writes a fresh PEFT adapter. Reads JSON on stdin: model, folder, seed, config (LoraConfig's fields),
quantized (as in train_peft.py).
"""

import json
import sys

import torch
from peft import LoraConfig, get_peft_model
from transformers import AutoModelForCausalLM

from dequantise import dequantise_linears


def main():
    job = json.load(sys.stdin)
    model = AutoModelForCausalLM.from_pretrained(job["model"], dtype=torch.float32)
    if job["quantized"]:
        dequantise_linears(model)
    torch.manual_seed(job["seed"])
    get_peft_model(model, LoraConfig(task_type="CAUSAL_LM", **job["config"])).save_pretrained(job["folder"])
    print("{}")


if __name__ == "__main__":
    main()
