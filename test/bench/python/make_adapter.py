"""Writes a PEFT adapter. Reads JSON on stdin: model, folder, seed, kind (lora or vera), config (the fields of its
configuration), quantized (as in train_peft.py), narrow (whether the base is read in bf16), noise: 0 for a fresh one, else
B (of VeRA b) and magnitudes are moved by so much, as training would.
"""

import json
import sys

import torch
from peft import LoraConfig, VeraConfig, get_peft_model
from transformers import AutoModelForCausalLM


def main():
    job = json.load(sys.stdin)
    dtype = torch.bfloat16 if job["narrow"] else torch.float32
    model = AutoModelForCausalLM.from_pretrained(job["model"], dtype=dtype)
    if job["quantized"]:
        # It needs bitsandbytes, which nothing else does.
        from dequantise import dequantise_linears

        dequantise_linears(model)
    torch.manual_seed(job["seed"])
    config = {"lora": LoraConfig, "vera": VeraConfig}[job["kind"]]
    model = get_peft_model(model, config(task_type="CAUSAL_LM", **job["config"]))
    for name, value in model.named_parameters():
        if "lora_B" in name or "lora_magnitude" in name or "vera_lambda_b" in name:
            value.data += job["noise"] * torch.randn_like(value)
    model.save_pretrained(job["folder"])
    print("{}")


if __name__ == "__main__":
    main()
