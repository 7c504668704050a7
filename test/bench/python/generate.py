"""Continues prompts by transformers' generate, batch by batch as a user would: sorted by length, padded on the left.

Reads JSON on stdin: model, prompts (token ids), beams, maxNewTokens, endTokens, batchSize, threads. Prints each prompt's
new tokens (end token left out), the seconds of generation, processor seconds and the peak of memory.
"""

import json
import sys
import time

import torch
from transformers import AutoModelForCausalLM


def peak_bytes():
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmHWM"))


def without_end(tokens, end_tokens):
    ends = [index for index, token in enumerate(tokens) if token in end_tokens]
    return tokens[: ends[0]] if ends else tokens


def generate(model, prompts, job):
    width = max(len(prompt) for prompt in prompts)
    ids = torch.tensor([[0] * (width - len(prompt)) + prompt for prompt in prompts])
    mask = torch.tensor([[0] * (width - len(prompt)) + [1] * len(prompt) for prompt in prompts])
    output = model.generate(
        input_ids=ids,
        attention_mask=mask,
        num_beams=job["beams"],
        do_sample=False,
        max_new_tokens=job["maxNewTokens"],
        eos_token_id=job["endTokens"],
        pad_token_id=0,
    )
    return [without_end(row, job["endTokens"]) for row in output[:, width:].tolist()]


@torch.no_grad()
def main():
    job = json.load(sys.stdin)
    torch.set_num_threads(job["threads"])
    model = AutoModelForCausalLM.from_pretrained(job["model"], dtype=torch.float32).eval()
    order = sorted(range(len(job["prompts"])), key=lambda index: len(job["prompts"][index]))
    tokens = [None] * len(order)
    begin, processor = time.perf_counter(), time.process_time()
    for first in range(0, len(order), job["batchSize"]):
        batch = order[first : first + job["batchSize"]]
        for index, new in zip(batch, generate(model, [job["prompts"][index] for index in batch], job)):
            tokens[index] = new
    seconds = time.perf_counter() - begin
    print(json.dumps({
        "tokens": tokens,
        "seconds": seconds,
        "processorSeconds": time.process_time() - processor,
        "peakBytes": peak_bytes(),
    }))


if __name__ == "__main__":
    main()
