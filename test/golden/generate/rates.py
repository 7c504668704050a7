"""LoRA+ and magnitudes with a learning rate of their own: five steps with PyTorch's parameter groups."""

import training
from models import DEFAULTS, TABLE as MODEL_TABLE

CASES = {
    "mha-untied-lora-plus": {"adapter": "mha-untied-lora", "rates": {"loraPlusRatio": 16}},
    "gqa-tied-dora-rates": {"adapter": "gqa-tied-dora", "rates": {"loraPlusRatio": 4, "magnitudeLearningRate": 1e-2}},
    "qwen3-dora-still": {"adapter": "qwen3-dora", "rates": {"loraPlusRatio": 0.5, "magnitudeLearningRate": 0}},
}


def main():
    for seed, (name, chosen) in enumerate(CASES.items(), start=4000):
        model = training.base_of(name)
        vocabulary = MODEL_TABLE[model].get("vocab_size", DEFAULTS["vocab_size"])
        steps = training.random_steps(seed, vocabulary)
        optimizer = training.OPTIMIZER | {"weightDecay": 0.1, "clipNorm": 0.5}
        training.write_case(name, {"model": model, "train": [], **chosen, "optimizer": optimizer, "steps": steps})


if __name__ == "__main__":
    main()
