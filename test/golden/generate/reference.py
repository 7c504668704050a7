"""The reference: transformers and PEFT in f32 as a user runs them, and again in f64 to know the truth.

The loss is computed in f64 from the logits in both: torch's f32 log_softmax is off by 1e-5 at large vocabularies.
"""

import types

import torch
from peft import PeftModel
from peft.tuners.lora.dora import DoraLinearLayer
from transformers import AutoModelForCausalLM
from transformers.utils import logging

from folders import ADAPTERS, MODELS
from quantization import dequantised

logging.disable_progress_bar()
logging.set_verbosity_error()
IGNORED = -100


def norm_in_own_precision(norm, hidden):
    """RMSNorm without transformers' detour through f32, for f64 models."""
    variance = hidden.pow(2).mean(-1, keepdim=True)
    return norm.weight * hidden * torch.rsqrt(variance + norm.variance_epsilon)


def clamped_row_norm(_layer, weight, lora_weight, scaling, adapter_name=None):
    """PEFT's norm, but never below 1e-12: PEFT itself gives NaN for a row of zeros."""
    return torch.linalg.norm(weight + scaling * lora_weight, dim=1).clamp_min(1e-12)


def dequantise_linears(model, quantization):
    """Linear modules get the numbers that 4-bit ones compute with; embeddings, head and norms stay."""
    for name, value in model.named_parameters():
        if name.endswith("proj.weight"):
            value.data = dequantised(value.data, quantization["blockSize"], quantization["double"])


def load(model_name, adapter_name=None, precision=torch.float32, quantization=None):
    """The committed model, with a committed adapter (trainable) or all its own weights frozen."""
    model = AutoModelForCausalLM.from_pretrained(MODELS / model_name, dtype=torch.float32, attn_implementation="sdpa")
    if quantization:
        dequantise_linears(model, quantization)
    for value in model.parameters():
        value.requires_grad_(False)
    if adapter_name:
        model = PeftModel.from_pretrained(model, ADAPTERS / adapter_name, is_trainable=True)
    return in_precision(model, precision)


def in_precision(model, precision):
    if precision == torch.float64:
        model = model.double()
        for module in model.modules():
            if type(module).__name__.endswith("RMSNorm"):
                module.forward = types.MethodType(norm_in_own_precision, module)
    for module in model.modules():
        if isinstance(module, DoraLinearLayer):
            module.get_weight_norm = types.MethodType(clamped_row_norm, module)
    return model.train()


def our_name(name):
    """A PyTorch parameter's name as Adapter Lab calls it."""
    name = name.removeprefix("base_model.model.").replace(".base_layer.", ".").replace(".modules_to_save.default.", ".").replace(".default.", ".").removesuffix(".default")
    return name.replace("lora_magnitude_vector.weight", "lora_magnitude_vector")


def trained(model):
    return {our_name(name): value for name, value in model.named_parameters() if value.requires_grad}


def pad(texts):
    """Right-padded ids and mask, as the Hugging Face collator makes them."""
    width = max(len(text) for text in texts)
    ids = torch.tensor([text + [0] * (width - len(text)) for text in texts])
    mask = torch.tensor([[1] * len(text) + [0] * (width - len(text)) for text in texts])
    return ids, mask


def labels_of(batch):
    """Token ids, IGNORED for padding and for tokens before the text's first counted one."""
    ids, mask = pad(batch["texts"])
    labels = torch.where(mask == 1, ids, IGNORED)
    for row, first in enumerate(batch["firstCounted"]):
        labels[row, :first] = IGNORED
    return labels


def loss_sum(model, batch):
    """(sum of the counted tokens' losses in nats, how many count)."""
    ids, mask = pad(batch["texts"])
    logits = model(input_ids=ids, attention_mask=mask, use_cache=False).logits[:, :-1].double()
    labels = labels_of(batch)[:, 1:]
    total = torch.nn.functional.cross_entropy(logits.flatten(0, 1), labels.flatten(), ignore_index=IGNORED, reduction="sum")
    return total, int((labels != IGNORED).sum())
