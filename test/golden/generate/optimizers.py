"""AdamW with moments in 8 bits as bitsandbytes' CPU functions quantise them, and moving averages of what is trained.

Writes moments.safetensors (values, codes, scales and what they widen to) and cases of five steps. bitsandbytes itself steps
on GPUs alone: here its definition is written down over its own quantisation, with the parameter moved by moments in full.
"""

import torch
from bitsandbytes.functional import create_dynamic_map, dequantize_blockwise, quantize_blockwise
from safetensors.torch import save_file

import training
from folders import GOLDEN
from models import DEFAULTS, TABLE as MODEL_TABLE

BLOCK = 256
FEWEST = 4096
CASES = {
    "gqa-tied-full-8bit": {"adapter": None, "train": ["linears", "embeddings"], "eightBitMoments": True},
    "gqa-tied-full-8bit-averaged": {"adapter": None, "train": ["embeddings"], "eightBitMoments": True, "averageDecay": 0.5},
    "mha-untied-dora-averaged": {"adapter": "mha-untied-dora", "averageDecay": 0.9},
    "qwen3-full-averaged": {"adapter": None, "train": ["linears"], "averageDecay": 0.75},
}


class AdamW8bit(torch.optim.Optimizer):
    """Small tensors keep full moments; of others codes and scales are kept between steps."""

    def __init__(self, groups, **defaults):
        super().__init__(groups, defaults)
        self.steps = 0
        self.maps = [create_dynamic_map(signed=True), create_dynamic_map(signed=False)]

    def moments(self, value):
        kept = self.state[value].get("moments")
        if kept is None:
            return [torch.zeros_like(value), torch.zeros_like(value)]
        if value.numel() < FEWEST:
            return kept
        return [dequantize_blockwise(*one).to(value.dtype) for one in kept]

    def keep(self, value, moments):
        if value.numel() >= FEWEST:
            pairs = zip(moments, self.maps)
            moments = [quantize_blockwise(one.float(), code=code.clone(), blocksize=BLOCK) for one, code in pairs]
        self.state[value]["moments"] = moments

    @torch.no_grad()
    def step(self):
        self.steps += 1
        for group in self.param_groups:
            beta1, beta2 = group["betas"]
            bias1, bias2 = 1 - beta1**self.steps, 1 - beta2**self.steps
            for value in group["params"]:
                first, second = self.moments(value)
                first = first * beta1 + value.grad * (1 - beta1)
                second = second * beta2 + value.grad**2 * (1 - beta2)
                value.mul_(1 - group["lr"] * group["weight_decay"])
                value.sub_(group["lr"] / bias1 * first / ((second / bias2).sqrt() + group["eps"]))
                self.keep(value, [first, second])


def write_moments():
    """Values over many orders of magnitude, blocks of zeros, of one value, every bin's border, and too small to divide by."""
    draw = torch.Generator().manual_seed(5)
    count = 96 * 48
    spread = torch.randn(count, generator=draw) * 10.0 ** torch.randint(-7, 2, (count,), generator=draw)
    spread[256:512] = 0
    spread[512:768] = 0.25
    spread[1024:1280] = torch.linspace(-1, 1, 256)
    for first, largest in ((1280, 1e-40), (1536, 1e-20)):  # and 1e-40 as a square
        spread[first : first + BLOCK] = torch.linspace(-largest, largest, BLOCK)
    arrays = {}
    for name, signed, values in (("moment1", True, spread), ("moment2", False, spread.square())):
        codes, state = quantize_blockwise(values, code=create_dynamic_map(signed=signed), blocksize=BLOCK)
        widened = dequantize_blockwise(codes, state)
        arrays |= {f"{name}/values": values, f"{name}/codes": codes.int(), f"{name}/scales": state.absmax, f"{name}/widened": widened}
        arrays[f"{name}/map"] = create_dynamic_map(signed=signed)
    save_file(arrays, GOLDEN / "moments.safetensors")


def main():
    write_moments()
    for seed, (name, chosen) in enumerate(CASES.items(), start=5000):
        model = training.base_of(name)
        vocabulary = MODEL_TABLE[model].get("vocab_size", DEFAULTS["vocab_size"])
        steps = training.random_steps(seed, vocabulary)
        # A moment next to a bin's border may take either code: the step of a tiny one must not hang on that.
        optimizer = training.OPTIMIZER | {"epsilon": 1e-4 if chosen.get("eightBitMoments") else 1e-6, "weightDecay": 0.1}
        make = AdamW8bit if chosen.get("eightBitMoments") else torch.optim.AdamW
        case = {"model": model, "train": [], **chosen, "optimizer": optimizer, "steps": steps}
        training.write_case(name, case, make_optimizer=make)


if __name__ == "__main__":
    main()
