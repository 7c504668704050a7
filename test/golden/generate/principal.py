"""PiSSA: PEFT's fresh adapters with init_lora_weights="pissa", trained for five steps.

Writes principal.json (what to train, losses) and principal.safetensors (singular values of each module, logits afterwards).
"""

import json

import torch
from peft import LoraConfig, get_peft_model
from safetensors.torch import save_file
from transformers import AutoModelForCausalLM

import training
from adapters import ALL, PAPER
from folders import GOLDEN, MODELS
from models import DEFAULTS, TABLE as MODEL_TABLE
from reference import in_precision, pad, trained

CASES = {
    "mha-untied": {"rank": 4, "alpha": 8, "targets": PAPER, "dora": False, "rslora": False},
    "gqa-tied": {"rank": 3, "alpha": 5, "targets": ALL, "dora": False, "rslora": True},
    "qwen3": {"rank": 4, "alpha": 4, "targets": ["q_proj", "down_proj"], "dora": True, "rslora": False},
}


def fresh(name, case):
    model = AutoModelForCausalLM.from_pretrained(MODELS / name, dtype=torch.float32, attn_implementation="sdpa")
    weights = {key: value.detach().clone() for key, value in model.named_parameters()}
    config = LoraConfig(
        task_type="CAUSAL_LM",
        init_lora_weights="pissa",
        r=case["rank"],
        lora_alpha=case["alpha"],
        target_modules=case["targets"],
        use_dora=case["dora"],
        use_rslora=case["rslora"],
    )
    return in_precision(get_peft_model(model, config), torch.float64), weights


def run(name, case):
    model, weights = fresh(name, case)
    values = trained(model)
    optimizer = torch.optim.AdamW(values.values(), lr=2e-3, eps=1e-6, weight_decay=0.0)
    case["losses"] = [training.one_step(model, optimizer, batches, 0.0)[0] for batches in case["steps"]]
    ids, mask = pad([case["steps"][0][0]["texts"][0]])
    case["tokens"] = ids[0].tolist()
    modules = [key.removesuffix(".lora_A.weight") for key in values if key.endswith(".lora_A.weight")]
    case["modules"] = modules
    arrays = {f"{name}/logits": model(input_ids=ids, attention_mask=mask).logits[0].detach().float().contiguous()}
    for module in modules:
        sigma = torch.linalg.svdvals(weights[f"{module}.weight"].double())
        arrays[f"{name}/{module}"] = sigma[: case["rank"]].float()
    print(name, case["losses"])
    return arrays


def main():
    arrays = {}
    cases = []
    for seed, (name, chosen) in enumerate(CASES.items(), start=6000):
        vocabulary = MODEL_TABLE[name].get("vocab_size", DEFAULTS["vocab_size"])
        case = {"model": name, **chosen, "steps": training.random_steps(seed, vocabulary)}
        arrays |= run(name, case)
        cases.append(case)
    (GOLDEN / "principal.json").write_text(json.dumps(cases) + "\n")
    save_file(arrays, GOLDEN / "principal.safetensors")


if __name__ == "__main__":
    main()
