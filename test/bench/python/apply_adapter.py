"""Loads an adapter in PEFT, says which keys were missing or unexpected, and gives the mean loss of the records' tokens.

Reads JSON on stdin: model, adapter (null: the model alone, which has to load without such keys too), data, records,
maxLength, threads.
"""

import json
import sys

import torch
from peft import LoraConfig, get_peft_model, load_peft_weights, set_peft_model_state_dict
from transformers import AutoModelForCausalLM

from texts import batches


def load(job):
    """The model and the keys that were missing or unexpected."""
    model, info = AutoModelForCausalLM.from_pretrained(job["model"], dtype=torch.float32, output_loading_info=True)
    if not job["adapter"]:
        return model, list(info["missing_keys"]), list(info["unexpected_keys"])
    model = get_peft_model(model, LoraConfig.from_pretrained(job["adapter"]))
    result = set_peft_model_state_dict(model, load_peft_weights(job["adapter"]))
    return model, [key for key in result.missing_keys if "lora_" in key], list(result.unexpected_keys)


@torch.no_grad()
def main():
    job = json.load(sys.stdin)
    torch.set_num_threads(job["threads"])
    model, missing, unexpected = load(job)
    model.eval()
    total = tokens = 0
    for ids, _, _, _ in batches(job["model"], job["data"], 1, job["maxLength"], job["records"]):
        logits = model(input_ids=ids).logits[0, :-1].double()
        total += torch.nn.functional.cross_entropy(logits, ids[0, 1:], reduction="sum").item()
        tokens += ids.shape[1] - 1
    print(json.dumps({"missing": missing, "unexpected": unexpected, "loss": total / tokens, "tokens": tokens}))


if __name__ == "__main__":
    main()
