"""Records in the paper's template, tokenized and padded as LLM-Adapters and the Hugging Face collator do it."""

import json
from pathlib import Path

import torch
from transformers import AutoTokenizer

INDENT = " " * 16
TEMPLATE = (
    "Below is an instruction that describes a task. Write a response that appropriately completes the request.  \n\n"
    + f"{INDENT}### Instruction:\n{INDENT}{{instruction}}\n{INDENT}\n{INDENT}### Response:\n{INDENT}{{output}}"
)
EVALUATION_TEMPLATE = (
    "Below is an instruction that describes a task. Write a response that appropriately completes the request. \n\n"
    + f"{INDENT}### Instruction:\n{INDENT}{{instruction}}\n\n{INDENT}### Response:\n{INDENT}"
)


def token_ids(tokenizer, record, max_length):
    text = TEMPLATE.format(instruction=record["instruction"], output=record["output"])
    ids = tokenizer(text, truncation=True, max_length=max_length)["input_ids"]
    return ids + [tokenizer.eos_token_id] if len(ids) < max_length else ids


def batches(model_folder, data_file, batch_size, max_length, count):
    """The first `count` batches in file order: ids, mask, labels (-100 on padding) and the number of real tokens."""
    tokenizer = AutoTokenizer.from_pretrained(model_folder)
    records = json.loads(Path(data_file).read_text())[: batch_size * count]
    for start in range(0, len(records), batch_size):
        rows = [token_ids(tokenizer, record, max_length) for record in records[start : start + batch_size]]
        width = max(len(row) for row in rows)
        ids = torch.tensor([row + [tokenizer.eos_token_id] * (width - len(row)) for row in rows])
        mask = torch.tensor([[1] * len(row) + [0] * (width - len(row)) for row in rows])
        yield ids, mask, torch.where(mask == 1, ids, -100), sum(len(row) for row in rows)
