"""Log-likelihoods by transformers, each text on its own. Reads JSON on stdin: model, texts [{context, continuation}] (token
ids), threads. Prints for each the sum of log p in nats and whether each token is the likeliest."""

import json
import sys

import torch
from transformers import AutoModelForCausalLM


def likelihood(model, context, continuation):
    ids = torch.tensor([context + continuation])
    # f32's own log_softmax is off by 1e-5 a token at large vocabularies.
    logits = model(input_ids=ids, use_cache=False).logits[0, len(context) - 1 : -1].double()
    chosen = torch.tensor(continuation)
    sums = logits.log_softmax(-1).gather(1, chosen[:, None]).sum()
    return {"sum": float(sums), "isGreedy": bool((logits.argmax(-1) == chosen).all())}


@torch.no_grad()
def main():
    job = json.load(sys.stdin)
    torch.set_num_threads(job["threads"])
    model = AutoModelForCausalLM.from_pretrained(job["model"], dtype=torch.float32).eval()
    print(json.dumps([likelihood(model, text["context"], text["continuation"]) for text in job["texts"]]))


if __name__ == "__main__":
    main()
