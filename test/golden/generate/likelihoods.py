"""Log-likelihoods of continuations, by transformers in f64 and each text on its own: likelihoods.json."""

import json
import random

import torch

from folders import GOLDEN, MODELS
from reference import load

CASES = [("mha-untied", None), ("gqa-tied", None), ("mistral-window", None), ("qwen3", "qwen3-dora")]
CONTEXTS = (1, 3, 20, 41)
CONTINUATIONS = (1, 2, 5, 12)


def likelihood(model, context, continuation):
    """(sum of log p in nats, whether each token is the likeliest)"""
    logits = model(input_ids=torch.tensor([context + continuation]), use_cache=False).logits[0, len(context) - 1 : -1]
    chosen = torch.tensor(continuation)
    log_p = logits.log_softmax(-1).gather(1, chosen[:, None])
    return float(log_p.sum()), bool((logits.argmax(-1) == chosen).all())


def greedy(model, context, count):
    text = list(context)
    for _ in range(count):
        text.append(int(model(input_ids=torch.tensor([text]), use_cache=False).logits[0, -1].argmax()))
    return text[len(context) :]


@torch.no_grad()
def main():
    results = []
    for seed, (name, adapter) in enumerate(CASES):
        draw = random.Random(seed)
        vocabulary = json.loads((MODELS / name / "config.json").read_text())["vocab_size"]
        model = load(name, adapter, torch.float64).eval()
        texts = []
        for length in CONTEXTS:
            context = [draw.randrange(3, vocabulary) for _ in range(length)]
            continuations = [[draw.randrange(3, vocabulary) for _ in range(count)] for count in CONTINUATIONS]
            continuations.append(greedy(model, context, 4))
            values = [likelihood(model, context, continuation) for continuation in continuations]
            texts.append({
                "context": context,
                "continuations": [
                    {"tokens": tokens, "sum": total, "isGreedy": is_greedy}
                    for tokens, (total, is_greedy) in zip(continuations, values)
                ],
            })
        results.append({"model": name, "adapter": adapter, "texts": texts})
    (GOLDEN / "likelihoods.json").write_text(json.dumps(results) + "\n")


if __name__ == "__main__":
    main()
