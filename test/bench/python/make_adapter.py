"""Writes a PEFT adapter. Reads JSON on stdin: model, folder, seed, config (LoraConfig's fields), quantized (as in
train_peft.py), noise: 0 for a fresh one, else B and magnitudes are moved by so much, as training would.
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
    model = get_peft_model(model, LoraConfig(task_type="CAUSAL_LM", **job["config"]))
    for name, value in model.named_parameters():
        if "lora_B" in name or "lora_magnitude" in name:
            value.data += job["noise"] * torch.randn_like(value)
    model.save_pretrained(job["folder"])
    print("{}")


if __name__ == "__main__":
    main()
