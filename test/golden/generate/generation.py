"""Greedy and beam continuations by transformers' generate, prompt by prompt: generation.json.

Every model runs without an end token and with end tokens that it meets on its way, some with every kind of length penalty
and early stopping. Kept are prompts whose continuation stays the same in f32 and with weights a little off: the others
are near ties that rounding decides.
"""

import json
import random
from collections import Counter

import torch

from folders import GOLDEN, MODELS
from models import TABLE
from reference import load

NEW_TOKENS = 32
NOISE = 3e-6  # several times what f32 rounds
ADAPTED = {"qwen3": "qwen3-dora", "mha-untied": "mha-untied-lora"}
PLAIN = [{"beams": beams, "lengthPenalty": 1.0, "earlyStopping": False} for beams in (1, 4)]
SEARCHED = ("mha-untied", "gqa-tied", "mistral-window")
SEARCHES = [
    {"beams": beams, "lengthPenalty": penalty, "earlyStopping": stopping}
    for beams in (2, 5)
    for penalty in (0.0, 0.6, 2.0, -1.0)
    for stopping in (False, True, "never")
]


def a_little_off(name, adapter, seed):
    model = load(name, adapter, torch.float64).eval()
    draw = torch.Generator().manual_seed(seed)
    for value in model.parameters():
        value.mul_(1 + NOISE * torch.randn(value.shape, generator=draw, dtype=torch.float64))
    return model


def continuation(model, prompt, search, end_tokens):
    ids = torch.tensor([prompt])
    model.generation_config.eos_token_id = None
    output = model.generate(
        input_ids=ids,
        attention_mask=torch.ones_like(ids),
        num_beams=search["beams"],
        length_penalty=search["lengthPenalty"],
        early_stopping=search["earlyStopping"],
        do_sample=False,
        max_new_tokens=NEW_TOKENS,
        pad_token_id=0,
        eos_token_id=end_tokens or None,
    )
    new = output[0, len(prompt) :].tolist()
    ends = [index for index, token in enumerate(new) if token in end_tokens]
    return new[: ends[0]] if ends else new


def met_tokens(model, prompts, search):
    """Two tokens that several continuations meet, but not at once."""
    counts = Counter()
    for prompt in prompts:
        counts.update(set(continuation(model, prompt, search, [])[3:]))
    return [token for token, _ in counts.most_common(2)]


def cases(truth, others, prompts, search):
    # Without end tokens a search has nothing to stop early for.
    free = [[]] if search in PLAIN else []
    for end_tokens in [*free, met_tokens(truth, prompts, search)]:
        kept = []
        for prompt in prompts:
            expected = continuation(truth, prompt, search, end_tokens)
            if all(expected == continuation(other, prompt, search, end_tokens) for other in others):
                kept.append({"prompt": prompt, "tokens": expected})
        yield {**search, "maxNewTokens": NEW_TOKENS, "endTokens": end_tokens, "texts": kept}


@torch.no_grad()
def main():
    results = []
    for seed, (name, adapter) in enumerate([(name, None) for name in TABLE] + list(ADAPTED.items())):
        draw = random.Random(seed)
        vocabulary = json.loads((MODELS / name / "config.json").read_text())["vocab_size"]
        prompts = [[draw.randrange(3, vocabulary) for _ in range(length)] for length in (1, 2, 5, 8, 13, 3)]
        truth = load(name, adapter, torch.float64).eval()
        others = [load(name, adapter).eval(), a_little_off(name, adapter, 1), a_little_off(name, adapter, 2)]
        for search in PLAIN + (SEARCHES if name in SEARCHED and adapter is None else []):
            for case in cases(truth, others, prompts, search):
                results.append({"model": name, "adapter": adapter, **case})
                print(name, adapter, search, case["endTokens"], [len(text["tokens"]) for text in case["texts"]])
    (GOLDEN / "generation.json").write_text(json.dumps(results) + "\n")


if __name__ == "__main__":
    main()
