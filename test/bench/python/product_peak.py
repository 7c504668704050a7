"""What PyTorch computes with, and how fast its largest products are. Reads JSON on stdin: device (cpu or cuda), size,
seconds. Prints versions {NAME: VERSION}, name (of the GPU; null where torch sees none) and operationsPerSecond of the
fastest product of bf16 matrices of `size` rows, of random numbers: zeros cost a GPU less power and so let it run faster.
"""

import json
import sys
import time

import peft
import torch
import transformers

from device import synchronize

AT_ONCE = 8


def fastest(device, size, seconds):
    a, b = (torch.randn(size, size, device=device, dtype=torch.bfloat16) for _ in range(2))
    best, end, turns = float("inf"), time.perf_counter() + seconds, 0
    # The first two choose kernels and find memory.
    while turns < 3 or time.perf_counter() < end:
        synchronize(device)
        begin = time.perf_counter()
        for _ in range(AT_ONCE):
            a @ b.T
        synchronize(device)
        turns += 1
        if turns > 2:
            best = min(best, time.perf_counter() - begin)
    return 2 * AT_ONCE * size**3 / best


def main():
    job = json.load(sys.stdin)
    device = job["device"]
    versions = {module.__name__: module.__version__ for module in (torch, transformers, peft)}
    told = {"versions": {**versions, "cuda": torch.version.cuda}, "name": None, "operationsPerSecond": 0}
    if device == "cpu" or torch.cuda.is_available():
        told["name"] = "cpu" if device == "cpu" else torch.cuda.get_device_name()
        told["operationsPerSecond"] = fastest(device, job["size"], job["seconds"])
    print(json.dumps(told))


if __name__ == "__main__":
    main()
