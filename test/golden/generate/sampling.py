"""The distributions that transformers draws the next token from, by its own processors: sampling.json."""

import json
import random

import torch
from transformers import GenerationConfig, LogitsProcessorList

from folders import GOLDEN, MODELS
from reference import load

NAMES = ("mha-untied", "qwen3")
SETTINGS = [
    {"temperature": temperature, "topK": top_k, "topP": top_p}
    for temperature, top_k, top_p in (
        (1.0, 0, 1.0), (0.6, 0, 1.0), (1.7, 0, 1.0), (1.0, 1, 1.0), (1.0, 7, 1.0), (1.0, 1000, 1.0),
        (1.0, 0, 0.9), (1.0, 0, 0.3), (1.0, 0, 0.001), (0.8, 20, 0.95), (1.4, 5, 0.5), (2.5, 40, 0.99),
    )
]


def processors(model, setting) -> LogitsProcessorList:
    """Those that `generate` makes of its options, in its order."""
    config = GenerationConfig(
        do_sample=True, temperature=setting["temperature"], top_k=setting["topK"], top_p=setting["topP"], num_beams=1
    )
    return model._get_logits_processor(config, input_ids_seq_length=1)


def rounded(values):
    return [round(value, 12) for value in values.tolist()]


@torch.no_grad()
def main():
    results = []
    for seed, name in enumerate(NAMES):
        draw = random.Random(seed)
        vocabulary = json.loads((MODELS / name / "config.json").read_text())["vocab_size"]
        model = load(name, None, torch.float64).eval()
        for length in (2, 9):
            prompt = [draw.randrange(3, vocabulary) for _ in range(length)]
            ids = torch.tensor([prompt])
            scores = model(input_ids=ids, use_cache=False).logits[:, -1]
            cuts = []
            for setting in SETTINGS:
                cut = processors(model, setting)(ids, scores.clone())
                cuts.append({**setting, "probabilities": rounded(cut.softmax(-1)[0])})
            results.append({"model": name, "prompt": prompt, "logProbabilities": rounded(scores.log_softmax(-1)[0]), "cuts": cuts})
    (GOLDEN / "sampling.json").write_text(json.dumps(results) + "\n")


if __name__ == "__main__":
    main()
