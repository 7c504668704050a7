"""VeRA's shared matrices as PEFT draws them: vera.json holds hashes of their f32 bytes, little-endian and row by row.

PEFT draws in f32 and moves what it drew through the type of the base's weights, A before B.
"""

import hashlib
import json

import torch
from peft.tuners.vera.model import _kaiming_init

from folders import GOLDEN

SIZES = ((1, 3, 5), (8, 48, 40), (64, 577, 1000))
SEEDS = (0, 1, 42, 2**32 - 1)
DTYPES = {"f32": torch.float32, "bf16": torch.bfloat16, "f16": torch.float16}


def projection(seed, rank, width, height, dtype):
    draw = torch.Generator(device="cpu").manual_seed(seed)
    shapes = ((rank, width), (height, rank))
    return [_kaiming_init(shape, generator=draw).to(dtype).float() for shape in shapes]


def digest(matrix):
    return hashlib.sha256(matrix.numpy().tobytes()).hexdigest()


def drawn():
    for seed in SEEDS:
        for rank, width, height in SIZES:
            for name, dtype in DTYPES.items():
                a, b = projection(seed, rank, width, height, dtype)
                size = {"seed": seed, "rank": rank, "in": width, "out": height, "dtype": name}
                yield {**size, "first": a.flatten()[:3].tolist(), "a": digest(a), "b": digest(b)}


def main():
    (GOLDEN / "vera.json").write_text(json.dumps(list(drawn()), indent=0) + "\n")


if __name__ == "__main__":
    main()
