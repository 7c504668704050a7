"""4-bit NormalFloat as bitsandbytes' CPU functions make it: codes, largest magnitudes, their 8-bit codes.

Writes quantization/NAME.safetensors: `source` (what is quantised), `codes`, `absmax` or, with double quantisation,
`absmax_codes`, `absmax_scales`, `map`, `offset`. Half floats are widened first, as bitsandbytes does.
"""

import torch
from bitsandbytes import functional
from safetensors.torch import save_file

from folders import GOLDEN

FOLDER = GOLDEN / "quantization"
KINDS = {"f32": torch.float32, "bf16": torch.bfloat16, "f16": torch.float16}
# name: rows, columns, block size, double quantisation, kind
TABLE = {
    "plain": (24, 64, 64, False, "f32"),
    "plain-bf16": (40, 32, 64, False, "bf16"),
    "across-rows": (13, 50, 32, False, "f16"),
    "partial": (9, 77, 64, False, "f32"),
    "one-short-block": (3, 7, 64, False, "f32"),
    "large-blocks": (10, 1000, 4096, False, "f32"),
    "double": (80, 128, 32, True, "f32"),
    "double-bf16": (33, 512, 64, True, "bf16"),
    "double-few": (5, 64, 64, True, "f32"),
    "double-partial": (61, 149, 32, True, "f32"),
}


def source(generator, rows, cols, dtype):
    """Normal weights; an outlier, a block of zeros, ties between two codes, and magnitudes that vary by row."""
    values = torch.randn(rows, cols, generator=generator) * torch.logspace(-3, 0, rows)[:, None]
    flat = values.view(-1)
    if flat.numel() > 640:
        flat[128:192] = 0.0
        flat[200] = 3.0
        book = functional.get_4bit_type("nf4", device="cpu")
        flat[256:271] = (book[:-1] + book[1:]) / 2  # borders, exactly, as the block's largest is 1
        flat[271] = 1.0
        flat[272:320] *= 0.1
    return values.to(dtype)


def reference(values, block_size, double):
    codes, state = functional.quantize_4bit(values, blocksize=block_size, quant_type="nf4", compress_statistics=double)
    absmax = state.absmax
    arrays = {"codes": codes.view(-1)}
    if double:
        arrays |= {
            "absmax_codes": state.absmax,
            "absmax_scales": state.state2.absmax,
            "map": state.state2.code,
            "offset": state.offset.view(1),
        }
        absmax = functional.dequantize_blockwise(state.absmax, state.state2) + state.offset
    else:
        arrays["absmax"] = absmax
    pairs = torch.stack([codes.view(-1) >> 4, codes.view(-1) & 15], 1).view(-1)[: values.numel()].long()
    dequantised = (state.code[pairs] * absmax.repeat_interleave(block_size)[: values.numel()]).view(values.shape)
    state.dtype = torch.float32
    # bitsandbytes' AVX-512 kernel takes wrong scales where a row is no whole number of blocks (0.50.2).
    if values.shape[1] % block_size == 0 and not torch.equal(functional.dequantize_4bit(codes, state), dequantised):
        raise AssertionError("dequantize_4bit is not code times absmax")
    return arrays, dequantised


def dequantised(values, block_size, double):
    """The numbers that a quantised base computes with, in f32."""
    return reference(values, block_size, double)[1]


def main():
    torch.set_num_threads(1)  # torch's mean depends on how many threads share it
    FOLDER.mkdir(exist_ok=True)
    for seed, (name, (rows, cols, block_size, double, kind)) in enumerate(TABLE.items()):
        values = source(torch.Generator().manual_seed(seed), rows, cols, KINDS[kind])
        arrays = {"source": values, **reference(values, block_size, double)[0]}
        arrays = {key: value.contiguous() for key, value in arrays.items()}
        save_file(arrays, FOLDER / f"{name}.safetensors", {"blockSize": str(block_size), "double": str(double).lower()})
        print(name, tuple(values.shape), kind, block_size, double)


if __name__ == "__main__":
    main()
