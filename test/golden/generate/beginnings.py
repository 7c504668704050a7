"""Steps on texts that begin alike, whose beginnings the engine computes once: a tree of texts, one of them twice, one that
is the beginning of others."""

import random

import training
from models import DEFAULTS, TABLE as MODEL_TABLE

CASES = {
    "mistral-window-lora-beginnings": {"adapter": "mistral-window-lora"},
    "qwen3-dora-beginnings": {"adapter": "qwen3-dora"},
    "all-biases-dora-beginnings": {"adapter": "all-biases-dora", "answersOnly": True},
    "gqa-tied-full-beginnings": {"adapter": None, "train": ["linears", "embeddings"]},
}


def batch_of(draw, vocabulary, answers_only):
    def some(count):
        return [draw.randrange(3, vocabulary) for _ in range(count)]

    trunk = some(9)
    branch = trunk + some(5)
    texts = [trunk + some(7), branch + some(4), some(6), branch + some(11), branch, trunk + some(1)]
    texts.append(list(texts[1]))
    draw.shuffle(texts)
    first = [draw.randint(1, len(text) - 1) if answers_only else 0 for text in texts]
    return {"texts": texts, "firstCounted": first}


def main():
    for seed, (name, chosen) in enumerate(CASES.items(), start=9000):
        model = training.base_of(name)
        vocabulary = MODEL_TABLE[model].get("vocab_size", DEFAULTS["vocab_size"])
        draw = random.Random(seed)
        answers_only = chosen.get("answersOnly", False)
        steps = [[batch_of(draw, vocabulary, answers_only) for _ in range(2)] for _ in range(training.STEPS)]
        case = {"model": model, "adapter": chosen["adapter"], "train": chosen.get("train", []), "steps": steps}
        training.write_case(name, case | {"optimizer": training.OPTIMIZER})


if __name__ == "__main__":
    main()
