"""Trains as a PEFT user would (padded batches, AdamW) and prints each step's loss and seconds.

Reads a job as JSON on stdin: model, data, adapter (PEFT folder, null: full fine-tuning of the linear weights), batchSize,
maxLength, steps, learningRate, clipNorm, threads, seed, saveTo (folder or null), quantized (whether the linear weights are
those that bitsandbytes' NF4 in blocks of 64 stands for), device (cpu or cuda) and precision: f32; mixed, of which weights
are bf16, an adapter is f32 and products are bf16 by autocast, as Trainer has them with bf16=True; or bf16, of which an adapter
is bf16 too.

peakBytes is the process's on a CPU. On a GPU it is that of live tensors since the first step began, and heldBytes what the
allocator took from the driver.
"""

import json
import sys
import time

import torch
from peft import PeftModel
from transformers import AutoModelForCausalLM

from device import synchronize
from texts import batches


def load(job):
    dtype = torch.float32 if job["precision"] == "f32" else torch.bfloat16
    model = AutoModelForCausalLM.from_pretrained(job["model"], dtype=dtype)
    if job["quantized"]:
        # It needs bitsandbytes, which nothing else does.
        from dequantise import dequantise_linears

        dequantise_linears(model)
    model = model.to(job["device"])
    if job["adapter"]:
        widens = job["precision"] != "bf16"
        model = PeftModel.from_pretrained(model, job["adapter"], is_trainable=True, autocast_adapter_dtype=widens)
        check_types(model, dtype, torch.float32 if widens else dtype)
        return model
    for name, value in model.named_parameters():
        value.requires_grad_(name.endswith("proj.weight"))
    return model


def check_types(model, frozen, trained):
    """Other versions of PEFT may widen or narrow otherwise, and what is measured would be something else."""
    for name, value in model.named_parameters():
        expected = trained if value.requires_grad else frozen
        if value.dtype != expected:
            raise TypeError(f"{name} is {value.dtype} and should be {expected}")


def process_peak_bytes():
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmHWM"))


def memory(device):
    if device != "cuda":
        return {"peakBytes": process_peak_bytes()}
    return {"peakBytes": torch.cuda.max_memory_allocated(), "heldBytes": torch.cuda.max_memory_reserved()}


def main():
    job = json.load(sys.stdin)
    device = job["device"]
    torch.set_num_threads(job["threads"])
    torch.manual_seed(job["seed"])
    begin = time.perf_counter()
    model = load(job).train()
    load_seconds = time.perf_counter() - begin
    parameters = [value for value in model.parameters() if value.requires_grad]
    # On a GPU the fastest of torch's, which Trainer takes.
    fused = {"fused": True} if device == "cuda" else {}
    optimizer = torch.optim.AdamW(parameters, lr=job["learningRate"], weight_decay=0.0, **fused)
    steps = []
    if device == "cuda":
        torch.cuda.reset_peak_memory_stats()
    for *inputs, tokens in batches(job["model"], job["data"], job["batchSize"], job["maxLength"], job["steps"]):
        ids, mask, labels = [value.to(device) for value in inputs]
        synchronize(device)
        begin = time.perf_counter()
        with torch.autocast(device, dtype=torch.bfloat16, enabled=job["precision"] == "mixed"):
            loss = model(input_ids=ids, attention_mask=mask, labels=labels, use_cache=False).loss
        loss.backward()
        if job["clipNorm"]:
            torch.nn.utils.clip_grad_norm_(parameters, job["clipNorm"])
        optimizer.step()
        optimizer.zero_grad()
        synchronize(device)
        steps.append({"loss": loss.item(), "seconds": time.perf_counter() - begin, "tokens": tokens})
    if job["saveTo"]:
        model.save_pretrained(job["saveTo"])
    print(json.dumps({"steps": steps, **memory(device), "loadSeconds": load_seconds}))


if __name__ == "__main__":
    main()
