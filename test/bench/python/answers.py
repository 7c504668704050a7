"""Answers by transformers' beam search with PEFT's adapter on the model, read as the LLM-Adapters evaluation reads them:
what stands between the first and the second "### Response:", and in it the first match of the set's pattern.

Reads JSON on stdin: model, adapter (null: none), threads, questions [{set, prompt, answer}]. Prints for each its text, the
answer found in it, whether that is the right one, and the new tokens (end token left out).
"""

import json
import re
import sys

import torch
from transformers import AutoTokenizer

from apply_adapter import load

PATTERNS = {
    "boolq": "true|false",
    "piqa": "solution1|solution2",
    "hellaswag": "ending1|ending2|ending3|ending4",
    "winogrande": "option1|option2",
}
ANSWERS = "answer1|answer2|answer3|answer4|answer5"


def answer(model, tokenizer, question):
    inputs = tokenizer(question["prompt"], return_tensors="pt")
    output = model.generate(
        **inputs,
        num_beams=4,
        do_sample=False,
        max_new_tokens=32,
        pad_token_id=0,
    )
    whole = tokenizer.decode(output[0], skip_special_tokens=True)
    text = whole.split("### Response:")[1].strip()
    found = re.findall(PATTERNS.get(question["set"], ANSWERS), text)
    extracted = found[0] if found else ""
    new = output[0, inputs["input_ids"].shape[1] :].tolist()
    tokens = [token for token in new if token != tokenizer.eos_token_id]
    return {"text": text, "extracted": extracted, "correct": extracted == question["answer"], "tokens": tokens}


@torch.no_grad()
def main():
    job = json.load(sys.stdin)
    torch.set_num_threads(job["threads"])
    model, missing, unexpected = load(job)
    if missing or unexpected:
        raise SystemExit(f"missing keys {missing[:3]}, unexpected keys {unexpected[:3]}")
    model.eval()
    tokenizer = AutoTokenizer.from_pretrained(job["model"])
    print(json.dumps([answer(model, tokenizer, question) for question in job["questions"]]))


if __name__ == "__main__":
    main()
