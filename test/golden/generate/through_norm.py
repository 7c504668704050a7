"""DoRA with the gradient through its norm (arXiv 2402.09353 before eq. 11): five steps by autograd through |W + s B A|.

PEFT has no such option: its layers are given a forward pass that writes the equation down, y = (m / |V|) V x with V = W + s B A.
"""

import types

import torch
from peft.tuners.lora.layer import Linear

import training
from models import DEFAULTS, TABLE as MODEL_TABLE

CASES = {
    "mha-untied-through-norm-dora": {"adapter": "mha-untied-dora"},
    "gqa-tied-through-norm-dora": {"adapter": "gqa-tied-dora", "microBatches": 2},
    "linear-rope-through-norm-dora": {"adapter": "linear-rope-dora"},
    "qwen3-through-norm-dora": {"adapter": "qwen3-dora"},
}


def forward(layer, x):
    """A row of zeros stays one and moves nothing, as with the detached norm."""
    base = layer.get_base_layer()
    a, b = layer.lora_A["default"].weight, layer.lora_B["default"].weight
    v = base.weight + layer.scaling["default"] * b @ a
    squares = v.pow(2).sum(1)
    norm = squares.where(squares > 0, 1.0).sqrt().where(squares > 0, 1e-12)
    gain = layer.lora_magnitude_vector["default"].weight / norm
    return torch.nn.functional.linear(x, gain[:, None] * v, base.bias)


def differentiate_norms(model):
    for module in model.modules():
        if isinstance(module, Linear):
            module.forward = types.MethodType(forward, module)
    return model


def main():
    for seed, (name, chosen) in enumerate(CASES.items(), start=3000):
        model = training.base_of(name)
        vocabulary = MODEL_TABLE[model].get("vocab_size", DEFAULTS["vocab_size"])
        steps = training.random_steps(seed, vocabulary, chosen.get("microBatches", 1))
        case = {"model": model, "adapter": chosen["adapter"], "detachNorm": False, "train": []}
        training.write_case(name, {**case, "optimizer": training.OPTIMIZER, "steps": steps}, differentiate_norms)


if __name__ == "__main__":
    main()
