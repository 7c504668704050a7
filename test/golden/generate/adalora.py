"""AdaLoRA in PEFT: adapters/NAME (some pruned by a schedule), adalora/NAME.json and, for short cases, NAME.safetensors.

A step is PEFT's documented loop: loss with the orthogonality term, backward, clipping, optimizer, update_and_allocate with steps
counted from 1 (so that the last one masks to the target), zero_grad. `losses` are without the orthogonality term, `kept` is the
mask after each step, null before the first. Masks in f32 and f64 are required to agree: otherwise a case would test luck.
"""

import json
import random

import torch
from peft import AdaLoraConfig, get_peft_model
from peft.tuners.adalora.layer import RankAllocator
from safetensors.torch import save_file
from transformers import AutoModelForCausalLM

from adapters import ALL, PAPER, base_of, save
from folders import GOLDEN, MODELS
from models import DEFAULTS, TABLE as MODEL_TABLE
from reference import load, loss_sum, trained
from training import OPTIMIZER, random_steps, rounding

FOLDER = GOLDEN / "adalora"
SHORT = {"init_r": 4, "target_r": 2, "lora_alpha": 8, "total_step": 5, "tinit": 1, "tfinal": 1, "deltaT": 1}
LONG = {"init_r": 6, "target_r": 2, "lora_alpha": 12, "total_step": 40, "tinit": 5, "tfinal": 10, "deltaT": 3}
TABLE = {
    "mha-untied-adalora": {**SHORT, "target_modules": PAPER},
    "gqa-tied-adalora": {**SHORT, "target_modules": ALL, "orth_reg_weight": 0.1},
    "llama3-rope-adalora": {**SHORT, "target_modules": ALL, "deltaT": 2},
    "qwen2-adalora": {**SHORT, "target_modules": PAPER, "beta1": 0.7, "beta2": 0.9},
    "qwen3-adalora": {**SHORT, "target_modules": ALL, "tinit": 0, "tfinal": 0},
    "mistral-window-adalora": {**SHORT, "target_modules": ["q_proj", "v_proj"], "init_r": 3},
    "mha-untied-adalora-schedule": {**LONG, "target_modules": PAPER},
    "qwen3-adalora-schedule": {**LONG, "target_modules": ALL, "tinit": 0, "tfinal": 0, "deltaT": 1, "target_r": 1},
    "all-biases-adalora": {**SHORT, "target_modules": ["q_proj", "up_proj"], "modules_to_save": ["input_layernorm", "norm"], "bias": "all"},
}
CHANGED = {"qwen2-adalora": {"clipNorm": 0.3, "weightDecay": 0.1}, "gqa-tied-adalora": {"clipNorm": 0.5}}


def randomize(model, seed):
    draw = torch.Generator().manual_seed(seed)
    for name, value in model.named_parameters():
        noise = torch.randn(value.shape, generator=draw)
        if "lora_A" in name:
            value.data = noise / value.shape[1] ** 0.5
        elif "lora_E" in name:
            value.data = 0.5 * noise
        elif "lora_B" in name:
            value.data = 0.4 * noise


def write_adapter(name, seed):
    model = AutoModelForCausalLM.from_pretrained(MODELS / base_of(name), dtype=torch.float32)
    model = get_peft_model(model, AdaLoraConfig(task_type="CAUSAL_LM", lora_dropout=0.0, **TABLE[name]))
    randomize(model, seed)
    save(model, name)


def orthogonality(model):
    """PEFT's term without its weight: the mean over all A and B of |P P^T - I|, not squared."""
    norms = []
    for name, value in trained(model).items():
        if "lora_A" in name or "lora_B" in name:
            gram = value @ value.T if "lora_A" in name else value.T @ value
            norms.append(torch.norm(gram - torch.eye(len(gram), dtype=gram.dtype), p="fro"))
    return sum(norms) / len(norms)


def mask_of(model):
    """Module to a text of 1 for what is kept and 0; None before the first mask."""
    pattern = model.peft_config["default"].rank_pattern
    if pattern is None:
        return None
    return {key.split(".lora_E")[0]: "".join("1" if kept else "0" for kept in row) for key, row in sorted(pattern.items())}


def one_step(model, optimizer, batches, step, clip_norm):
    sums = [loss_sum(model, batch) for batch in batches]
    loss = sum(total for total, _ in sums) / sum(count for _, count in sums)
    term = orthogonality(model)
    optimizer.zero_grad()
    (loss + model.peft_config["default"].orth_reg_weight * term).backward()
    parameters = list(trained(model).values())
    gradients = [value.grad.clone() for value in parameters]
    norm = torch.nn.utils.clip_grad_norm_(parameters, clip_norm or float("inf"))
    optimizer.step()
    model.base_model.update_and_allocate(step)
    return {"loss": loss.item(), "orthogonality": term.item(), "gradNorm": norm.item(), "gradients": gradients, "kept": mask_of(model)}


def run(case, adapter, precision):
    model = load(case["model"], adapter, precision)
    values = trained(model)
    settings = case["optimizer"]
    optimizer = torch.optim.AdamW(
        values.values(), lr=settings["learningRate"], betas=(settings["beta1"], settings["beta2"]), eps=settings["epsilon"], weight_decay=settings["weightDecay"]
    )
    before = {name: value.detach().clone() for name, value in values.items()}
    results = [one_step(model, optimizer, batches, index + 1, settings["clipNorm"]) for index, batches in enumerate(case["steps"])]
    return model, {
        "losses": [one["loss"] for one in results],
        "orthogonality": [one["orthogonality"] for one in results],
        "gradNorms": [one["gradNorm"] for one in results],
        "kept": [one["kept"] for one in results],
        "gradient": dict(zip(values, results[0]["gradients"])),
        "before": before,
        "after": {name: value.detach().clone() for name, value in values.items()},
    }


def schedule_of(name):
    chosen = AdaLoraConfig(**TABLE[name])
    keys = {"initialRank": "init_r", "rank": "target_r", "tinit": "tinit", "tfinal": "tfinal", "interval": "deltaT"}
    keys |= {"sensitivityBeta": "beta1", "uncertaintyBeta": "beta2", "orthogonalWeight": "orth_reg_weight"}
    return {ours: getattr(chosen, theirs) for ours, theirs in keys.items()}


def only_masks(kept):
    """Each mask once, by the step after which it is new."""
    return {step: mask for step, mask in enumerate(kept, start=1) if mask is not None and (step == 1 or mask != kept[step - 2])}


def write_case(name, seed):
    model = base_of(name)
    vocabulary = MODEL_TABLE[model].get("vocab_size", DEFAULTS["vocab_size"])
    rounds = -(-TABLE[name]["total_step"] // 5)
    steps = [step for part in range(rounds) for step in random_steps(seed + 100 * part, vocabulary, longest=10 if rounds > 1 else 24)]
    optimizer = {**OPTIMIZER, **({"learningRate": 5e-3, "clipNorm": 1.0} if rounds > 1 else {}), **CHANGED.get(name, {})}
    case = {"model": model, "adapter": name, "schedule": schedule_of(name), "optimizer": optimizer, "steps": steps[: TABLE[name]["total_step"]]}
    _, truth = run(case, name, torch.float64)
    single_model, single = run(case, name, torch.float32)
    assert truth["kept"] == single["kept"], name
    case |= {key: truth[key] for key in ("losses", "orthogonality", "gradNorms")}
    case |= {"trained": sorted(truth["after"]), "kept": only_masks(truth["kept"]), "rounding": rounding(truth, single)}
    ranks = [] if truth["kept"][-1] is None else [row.count("1") for row in truth["kept"][-1].values()]
    print(name, [round(loss, 4) for loss in case["losses"][:5]], ranks, case["rounding"])
    FOLDER.mkdir(exist_ok=True)
    (FOLDER / f"{name}.json").write_text(json.dumps(case) + "\n")
    if rounds == 1:
        arrays = {f"{kind}/{key}": value.float().contiguous() for kind in ("gradient", "after") for key, value in truth[kind].items()}
        save_file(arrays, FOLDER / f"{name}.safetensors")
    return single_model


@torch.no_grad()
def write_pruned(model, name):
    """The adapter after its schedule as PEFT saves it, sliced, with logits of the merged model in f64."""
    save(model, name)
    base = base_of(name)
    loaded = load(base, name, torch.float64)
    ids = torch.tensor([[(7 * index + 3) % 96 for index in range(12)]])
    logits = loaded(input_ids=ids).logits[0]
    save_file({"tokens": ids[0].int(), "logits": logits.float().contiguous()}, FOLDER / f"{name}.safetensors")


def write_budgets():
    """PEFT's budget and whether it masks, after each step of random schedules."""
    draw = random.Random(4100)
    schedules = []
    for _ in range(60):
        steps = draw.randint(2, 60)
        tinit = draw.randint(0, steps - 2)
        tfinal = draw.randint(0, steps - tinit - 2)
        modules, rank = draw.randint(1, 40), draw.randint(1, 16)
        initial = draw.randint(rank, 2 * rank)
        config = AdaLoraConfig(init_r=initial, target_r=rank, tinit=tinit, tfinal=tfinal, deltaT=draw.randint(1, 5), total_step=steps)
        allocator = RankAllocator.__new__(RankAllocator)
        allocator.peft_config, allocator.init_bgt, allocator.target_bgt = config, initial * modules, rank * modules
        told = [allocator.budget_schedule(step) for step in range(1, steps + 1)]
        schedule = {"steps": steps, "tinit": tinit, "tfinal": tfinal, "interval": config.deltaT}
        budgets = {"initial": initial * modules, "target": rank * modules}
        schedules.append({"schedule": schedule, "budgets": budgets, "told": [[budget, masks] for budget, masks in told]})
    (FOLDER / "budgets.json").write_text(json.dumps(schedules) + "\n")


def main():
    write_budgets()
    for seed, name in enumerate(TABLE, start=4000):
        write_adapter(name, seed)
        model = write_case(name, seed)
        if name.endswith("-schedule"):
            write_pruned(model, f"{name}d")


if __name__ == "__main__":
    main()
