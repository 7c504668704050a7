"""Trains as a PEFT user would on a CPU (f32, padded batches, AdamW) and prints each step's loss and seconds.

Reads a job as JSON on stdin: model, data, adapter (PEFT folder, null: full fine-tuning of the linear weights), batchSize,
maxLength, steps, learningRate, clipNorm, threads, seed, saveTo (folder or null), quantized (whether the linear weights are
those that bitsandbytes' NF4 in blocks of 64 stands for).
"""

import json
import sys
import time

import torch
from peft import PeftModel
from transformers import AutoModelForCausalLM

from dequantise import dequantise_linears
from texts import batches


def load(job):
    model = AutoModelForCausalLM.from_pretrained(job["model"], dtype=torch.float32)
    if job["quantized"]:
        dequantise_linears(model)
    if job["adapter"]:
        return PeftModel.from_pretrained(model, job["adapter"], is_trainable=True)
    for name, value in model.named_parameters():
        value.requires_grad_(name.endswith("proj.weight"))
    return model


def peak_bytes():
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmHWM"))


def main():
    job = json.load(sys.stdin)
    torch.set_num_threads(job["threads"])
    torch.manual_seed(job["seed"])
    begin = time.perf_counter()
    model = load(job).train()
    load_seconds = time.perf_counter() - begin
    parameters = [value for value in model.parameters() if value.requires_grad]
    optimizer = torch.optim.AdamW(parameters, lr=job["learningRate"], weight_decay=0.0)
    steps = []
    for ids, mask, labels, tokens in batches(job["model"], job["data"], job["batchSize"], job["maxLength"], job["steps"]):
        begin = time.perf_counter()
        loss = model(input_ids=ids, attention_mask=mask, labels=labels, use_cache=False).loss
        loss.backward()
        if job["clipNorm"]:
            torch.nn.utils.clip_grad_norm_(parameters, job["clipNorm"])
        optimizer.step()
        optimizer.zero_grad()
        steps.append({"loss": loss.item(), "seconds": time.perf_counter() - begin, "tokens": tokens})
    if job["saveTo"]:
        model.save_pretrained(job["saveTo"])
    print(json.dumps({"steps": steps, "peakBytes": peak_bytes(), "loadSeconds": load_seconds}))


if __name__ == "__main__":
    main()
