"""Greedy and 4-beam continuations by transformers' generate. Reads JSON on stdin: model, adapter (or null), prompts,
maxNewTokens, threads. Prints for each prompt the new tokens of both, end tokens left out."""

import json
import sys

import torch
from peft import PeftModel
from transformers import AutoModelForCausalLM, AutoTokenizer


def continue_prompt(model, tokenizer, prompt, beams, max_new_tokens):
    inputs = tokenizer(prompt, return_tensors="pt")
    output = model.generate(**inputs, num_beams=beams, do_sample=False, max_new_tokens=max_new_tokens, pad_token_id=0)
    new = output[0, inputs["input_ids"].shape[1] :].tolist()
    return new[: new.index(tokenizer.eos_token_id)] if tokenizer.eos_token_id in new else new


@torch.no_grad()
def main():
    job = json.load(sys.stdin)
    torch.set_num_threads(job["threads"])
    tokenizer = AutoTokenizer.from_pretrained(job["model"])
    model = AutoModelForCausalLM.from_pretrained(job["model"], dtype=torch.float32)
    if job["adapter"]:
        model = PeftModel.from_pretrained(model, job["adapter"])
    model.eval()
    answers = [
        {str(beams): continue_prompt(model, tokenizer, prompt, beams, job["maxNewTokens"]) for beams in (1, 4)}
        for prompt in job["prompts"]
    ]
    print(json.dumps(answers))


if __name__ == "__main__":
    main()
