"""Multiple choice by EleutherAI's lm-evaluation-harness: its own task documents, model class, scoring and averages. Only
the data sets are replaced, by local records in the form of LLM-Adapters, taken apart here without the product's patterns.

Reads JSON on stdin: model, sets (folder), tasks [name of a set], count, threads. Prints for each task acc, acc_norm (null
where the harness has none) and, question by question, the log-likelihoods of the choices.
"""

import contextlib
import json
import os
import pathlib
import sys
import tempfile

import torch
import lm_eval
from lm_eval.models.huggingface import HFLM
from lm_eval.tasks._yaml_loader import load_yaml

DOCUMENTS = {
    "ARC-Easy": "arc/arc_easy.yaml",
    "ARC-Challenge": "arc/arc_challenge.yaml",
    "openbookqa": "openbookqa/openbookqa.yaml",
    "piqa": "piqa/piqa.yaml",
    "winogrande": "winogrande/default.yaml",
}
WORDS = {"piqa": "Solution", "winogrande": "Option"}


def take_apart(instruction, word):
    """The question and its choices."""
    body = instruction[: instruction.rindex("Answer format:")]
    question, rest = body.split(": ", 1)[1].split(word + "1: ", 1)
    choices, number = [], 2
    while f"{word}{number}: " in rest:
        choice, rest = rest.split(f"{word}{number}: ", 1)
        choices.append(choice.strip())
        number += 1
    return question.strip(), [*choices, rest.strip()]


def columns_of(record, task):
    """The record with the columns of the set that the harness downloads."""
    question, choices = take_apart(record["instruction"], WORDS.get(task, "Answer"))
    right = int(record["answer"][-1]) - 1
    if task == "piqa":
        return {"goal": question, "sol1": choices[0], "sol2": choices[1], "label": right}
    if task == "winogrande":
        return {"sentence": question, "option1": choices[0], "option2": choices[1], "answer": str(right + 1)}
    labels = "ABCDE"[: len(choices)]
    listed = {"text": choices, "label": list(labels)}
    return {"question": question, "question_stem": question, "choices": listed, "answerKey": labels[right]}


def document_of(task, job, folder):
    home = pathlib.Path(lm_eval.__file__).parent / "tasks"
    document = load_yaml(home / DOCUMENTS[task], resolve_func=True, recursive=True)
    records = json.loads((pathlib.Path(job["sets"]) / task / "test.json").read_text())[: job["count"]]
    data = pathlib.Path(folder) / f"{task}.json"
    data.write_text(json.dumps([columns_of(record, task) for record in records]))
    for split in ("training_split", "validation_split", "fewshot_split"):
        document.pop(split, None)
    local = {"dataset_path": "json", "dataset_kwargs": {"data_files": {"test": str(data)}}, "test_split": "test"}
    return {**document, **local, "dataset_name": None, "task": task}


def main():
    job = json.load(sys.stdin)
    torch.set_num_threads(job["threads"])
    # f32's own log_softmax is off by 1e-5 a token at large vocabularies.
    model = HFLM(pretrained=job["model"], device="cpu", dtype="float32", softmax_dtype="float64", batch_size=1)
    with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(sys.stderr):
        os.environ["HF_DATASETS_CACHE"] = folder
        documents = [document_of(task, job, folder) for task in job["tasks"]]
        found = lm_eval.simple_evaluate(model=model, tasks=documents, bootstrap_iters=0, num_fewshot=0)
    print(json.dumps({
        task: {
            "acc": found["results"][task]["acc,none"],
            "accNorm": found["results"][task].get("acc_norm,none"),
            "sums": [
                [float(answer[0][0]) for answer in sample["resps"]]
                for sample in sorted(found["samples"][task], key=lambda sample: sample["doc_id"])
            ],
        }
        for task in job["tasks"]
    }))


if __name__ == "__main__":
    main()
