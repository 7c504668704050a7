"""Five AdamW steps of full fine-tuning, LoRA and DoRA: losses, gradient norms, gradients of step 1, weights after step 5.

Writes cases/NAME.json (what to train on, losses) and cases/NAME.safetensors (gradient/TENSOR, after/TENSOR).
The values are those of the f64 run; `rounding` says how far transformers and PEFT in f32 are from them.
"""

import json
import random

import torch
from safetensors.torch import save_file
from torch.nn import ParameterList
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from adapters import TABLE as ADAPTER_TABLE, base_of
from folders import CASES
from models import DEFAULTS, TABLE as MODEL_TABLE
from reference import load, loss_sum, trained

STEPS = 5
OPTIMIZER = {"learningRate": 2e-3, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8, "weightDecay": 0.0, "clipNorm": 0.0}
EXTRAS = {
    "mha-untied-full-everything": {"train": ["linears", "norms", "embeddings", "head"]},
    "gqa-tied-full-embeddings": {"train": ["linears", "embeddings"], "optimizer": {"epsilon": 1e-5}},
    "qwen3-full-norms": {"train": ["linears", "norms"]},
    "all-biases-full-accumulation": {"microBatches": 3, "optimizer": {"clipNorm": 0.5, "weightDecay": 0.1}},
    "mha-untied-lora-accumulation": {"adapter": "mha-untied-lora", "microBatches": 2, "optimizer": {"weightDecay": 0.1}},
    "qwen3-dora-accumulation": {"adapter": "qwen3-dora", "microBatches": 3},
    "qwen2-dora-clipped": {"adapter": "qwen2-dora", "optimizer": {"clipNorm": 0.3}},
    "gqa-tied-dora-decayed": {"adapter": "gqa-tied-dora", "optimizer": {"weightDecay": 0.2, "beta1": 0.8, "beta2": 0.95, "epsilon": 1e-6}},
    "mistral-window-dora-answers": {"adapter": "mistral-window-dora", "answersOnly": True, "microBatches": 2},
    "mistral-window-lora-long": {"adapter": "mistral-window-lora", "longest": 180},
    "qwen3-dora-long": {"adapter": "qwen3-dora", "longest": 180},
}
SHAPES = ("mha-untied", "gqa-tied", "llama3-rope", "mistral-window", "qwen2", "qwen3")


def quantised_cases():
    """LoRA and DoRA over the dequantised weights of each shape."""
    for index, model in enumerate(SHAPES):
        for method in ("lora", "dora"):
            quantization = {"blockSize": 32 if index % 3 == 2 else 64, "double": (index % 2 == 0) == (method == "dora")}
            yield f"{model}-q{method}", {"adapter": f"{model}-{method}", "quantization": quantization}


def random_batch(draw, vocabulary, texts, longest, answers_only):
    lengths = [draw.randint(2, longest) for _ in range(texts)]
    first = [draw.randint(1, length - 1) if answers_only else 0 for length in lengths]
    return {"texts": [[draw.randrange(3, vocabulary) for _ in range(length)] for length in lengths], "firstCounted": first}


def random_steps(seed, vocabulary, micro_batches=1, longest=24, answers_only=False):
    """Steps of micro-batches; with several, texts differ in number, so a mean of means would be wrong."""
    draw = random.Random(seed)
    sizes = [4] if micro_batches == 1 else [1 + index for index in range(micro_batches)]
    return [[random_batch(draw, vocabulary, size, longest, answers_only) for size in sizes] for _ in range(STEPS)]


def full_fine_tuning(model, parts):
    for name, value in model.named_parameters():
        if name.endswith("norm.weight"):
            part = "norms"
        elif "embed_tokens" in name:
            part = "embeddings"
        elif name.startswith("lm_head"):
            part = "head"
        else:
            part = "linears" if name.endswith("proj.weight") else None
        value.requires_grad_(part in parts)


def one_step(model, optimizer, micro_batches, clip_norm):
    """Loss as the mean over the counted tokens of all micro-batches together; the gradient norm before clipping."""
    sums = [loss_sum(model, batch) for batch in micro_batches]
    loss = sum(total for total, _ in sums) / sum(count for _, count in sums)
    optimizer.zero_grad()
    loss.backward()
    parameters = [value for group in optimizer.param_groups for value in group["params"]]
    norm = torch.nn.utils.clip_grad_norm_(parameters, clip_norm or float("inf"))
    gradients = [value.grad.clone() for value in parameters]
    optimizer.step()
    return loss.item(), norm.item(), gradients


def parameter_groups(values, learning_rate, rates):
    """One group a parameter: LoRA+ multiplies the rate of B, magnitudes may have a rate of their own."""

    def rate(name):
        if name.endswith("lora_magnitude_vector"):
            return rates.get("magnitudeLearningRate", learning_rate)
        return learning_rate * (rates.get("loraPlusRatio", 1) if ".lora_B" in name else 1)

    return [{"params": [value], "lr": rate(name)} for name, value in values.items()]


def run(case, precision, prepare, make_optimizer):
    model = prepare(load(case["model"], case["adapter"], precision, case.get("quantization")))
    if not case["adapter"]:
        full_fine_tuning(model, case["train"])
    values = trained(model)
    settings = case["optimizer"]
    optimizer = make_optimizer(
        parameter_groups(values, settings["learningRate"], case.get("rates", {})),
        lr=settings["learningRate"],
        betas=(settings["beta1"], settings["beta2"]),
        eps=settings["epsilon"],
        weight_decay=settings["weightDecay"],
    )
    before = {name: value.detach().clone() for name, value in values.items()}
    average = AveragedModel(ParameterList(values.values()), multi_avg_fn=get_ema_multi_avg_fn(case.get("averageDecay", 0.0)))
    results = []
    for batches in case["steps"]:
        results.append(one_step(model, optimizer, batches, settings["clipNorm"]))
        average.update_parameters(ParameterList(values.values()))
    clip = min(1.0, settings["clipNorm"] / (results[0][1] + 1e-6)) if settings["clipNorm"] else 1.0
    return {
        "losses": [loss for loss, _, _ in results],
        "gradNorms": [norm for _, norm, _ in results],
        "gradient": {name: value / clip for name, value in zip(values, results[0][2])},
        "before": before,
        "after": {name: value.detach().clone() for name, value in values.items()},
        "average": dict(zip(values, average.module)) if "averageDecay" in case else {},
    }


def worst(truth, other, scale):
    """Largest difference of any tensor, as a part of that tensor's scale."""
    return max(((other[name].double() - value).abs().max() / scale(name)).item() for name, value in truth.items())


def rounding(truth, single):
    movement = {name: (value - truth["before"][name]).abs().max().clamp_min(1e-30) for name, value in truth["after"].items()}
    return {
        "loss": max(abs(a - b) for a, b in zip(truth["losses"], single["losses"])),
        "gradient": worst(truth["gradient"], single["gradient"], lambda name: truth["gradient"][name].abs().max().clamp_min(1e-30)),
        "weight": worst(truth["after"], single["after"], lambda name: truth["after"][name].abs().max().clamp_min(1e-30)),
        "movement": worst(truth["after"], single["after"], lambda name: movement[name]),
    }


def write_case(name, case, prepare=lambda model: model, make_optimizer=torch.optim.AdamW):
    """`prepare` may change what the loaded model computes."""
    truth, single = (run(case, precision, prepare, make_optimizer) for precision in (torch.float64, torch.float32))
    case |= {
        "trained": sorted(truth["after"]),
        "losses": truth["losses"],
        "gradNorms": truth["gradNorms"],
        "peftLosses": single["losses"],
        "rounding": rounding(truth, single),
    }
    print(name, [round(loss, 4) for loss in case["losses"]], case["gradNorms"][0], case["rounding"])
    CASES.mkdir(exist_ok=True)
    (CASES / f"{name}.json").write_text(json.dumps(case) + "\n")
    arrays = {f"{kind}/{key}": value.detach().float().contiguous() for kind in ("gradient", "after", "average") for key, value in truth[kind].items()}
    save_file(arrays, CASES / f"{name}.safetensors")


def all_cases():
    for name in MODEL_TABLE:
        yield f"{name}-full", {}
    for name in ADAPTER_TABLE:
        yield name, {"adapter": name}
    yield from EXTRAS.items()
    yield from quantised_cases()


def main():
    for seed, (name, chosen) in enumerate(all_cases(), start=1000):
        model = base_of(name)
        vocabulary = MODEL_TABLE[model].get("vocab_size", DEFAULTS["vocab_size"])
        answers_only = chosen.get("answersOnly", False)
        steps = random_steps(seed, vocabulary, chosen.get("microBatches", 1), chosen.get("longest", 24), answers_only)
        optimizer = {**OPTIMIZER, **chosen.get("optimizer", {})}
        adapter = chosen.get("adapter")
        train = [] if adapter else chosen.get("train", ["linears"])
        case = {"model": model, "adapter": adapter, "train": train, "optimizer": optimizer, "steps": steps}
        write_case(name, case | {key: chosen[key] for key in ("quantization",) if key in chosen})


if __name__ == "__main__":
    main()
