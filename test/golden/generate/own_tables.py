"""Adapters that give embeddings or head values of their own: own_tables.json. Updates of both (LoRA, DoRA, VeRA's and AdaLoRA's
of the head), copies of embeddings that the model shares with its head, whole linear modules, rows of tokens, and biases of B.

Of each: the configuration as PEFT saves it, names and shapes of the tensors, and PEFT's logits when all of them have values by
the rule of random_adapters.py, so that no tensor has to be committed.
"""

import json
import tempfile
import warnings
from pathlib import Path

from peft import AdaLoraConfig, LoraConfig, PeftModel, VeraConfig, get_peft_model
from safetensors import safe_open
from safetensors.torch import save_file

from folders import GOLDEN
from random_adapters import base, config_of, logits_of, value_of

LORA = {"r": 3, "lora_alpha": 5}
TIED = "gqa-tied"
TOKENS = ([3, 40, 5], {"lm_head": [2, 7]}, {"embed_tokens": [14, 2], "lm_head": [5]}, {"embed_tokens": [9, 2], "lm_head": [9, 2]})
BIASED = LORA | {"lora_bias": True}
TABLE = [
    ("mha-untied", LoraConfig, LORA | {"target_modules": ["lm_head", "embed_tokens"]}),
    (TIED, LoraConfig, LORA | {"target_modules": ["lm_head", "q_proj"]}),
    (TIED, LoraConfig, LORA | {"target_modules": ["lm_head"], "use_dora": True, "use_rslora": True}),
    (TIED, LoraConfig, LORA | {"target_modules": ["embed_tokens", "down_proj"], "rank_pattern": {"embed_tokens": 2}}),
    (TIED, LoraConfig, LORA | {"target_modules": r".*(embed_tokens|lm_head|v_proj)", "use_dora": True}),
    (TIED, LoraConfig, LORA | {"target_modules": ["embed_tokens", "v_proj"], "ensure_weight_tying": True}),
    (TIED, LoraConfig, LORA | {"target_modules": ["lm_head", "v_proj"], "ensure_weight_tying": True, "use_dora": True}),
    ("mha-untied", LoraConfig, LORA | {"target_modules": ["embed_tokens"], "use_dora": True}),
    (TIED, VeraConfig, {"r": 5, "target_modules": ["lm_head", "k_proj"]}),
    (TIED, VeraConfig, {"r": 5, "target_modules": ["lm_head"], "modules_to_save": ["norm"]}),
    (TIED, AdaLoraConfig, {"init_r": 3, "target_r": 2, "total_step": 20, "target_modules": ["lm_head", "v_proj"]}),
    (TIED, LoraConfig, LORA | {"target_modules": ["q_proj"], "modules_to_save": ["lm_head"]}),
    (TIED, LoraConfig, LORA | {"target_modules": ["q_proj"], "modules_to_save": ["embed_tokens"]}),
    (TIED, LoraConfig, LORA | {"target_modules": ["q_proj", "lm_head"], "modules_to_save": ["embed_tokens", "lm_head"]}),
    (TIED, VeraConfig, {"r": 5, "target_modules": ["q_proj"], "modules_to_save": ["embed_tokens", "lm_head"]}),
    (TIED, LoraConfig, LORA | {"target_modules": ["q_proj", "v_proj"], "modules_to_save": ["v_proj"], "use_dora": True}),
    ("all-biases", LoraConfig, LORA | {"target_modules": ["q_proj", "up_proj"], "modules_to_save": ["mlp"]}),
    *((TIED, LoraConfig, LORA | {"target_modules": ["q_proj"], "trainable_token_indices": tokens}) for tokens in TOKENS),
    ("mha-untied", LoraConfig, LORA | {"target_modules": ["v_proj"], "use_dora": True, "trainable_token_indices": {"lm_head": [0], "embed_tokens": [26, 9]}}),
    ("mha-untied", LoraConfig, LORA | {"target_modules": ["v_proj", "lm_head"], "trainable_token_indices": [5]}),
    (TIED, AdaLoraConfig, {"init_r": 3, "target_r": 2, "total_step": 20, "target_modules": ["v_proj"], "trainable_token_indices": [3, 26]}),
    (TIED, LoraConfig, BIASED | {"target_modules": ["q_proj", "down_proj"], "use_rslora": True}),
    (TIED, LoraConfig, BIASED | {"target_modules": ["k_proj"], "trainable_token_indices": [3, 5]}),
    ("all-biases", LoraConfig, BIASED | {"target_modules": ["o_proj", "up_proj"], "rank_pattern": {"up_proj": 2}}),
    ("all-biases", LoraConfig, BIASED | {"target_modules": ["q_proj", "gate_proj"], "bias": "all"}),
    ("all-biases", LoraConfig, BIASED | {"target_modules": ["q_proj", "down_proj"], "bias": "lora_only"}),
    ("qwen2", LoraConfig, BIASED | {"target_modules": ["q_proj", "v_proj"]}),
    ("qwen3", LoraConfig, BIASED | {"target_modules": ["o_proj"]}),
    ("mistral-window", LoraConfig, BIASED | {"target_modules": "all-linear"}),
]


def entry(index, name, kind, settings):
    with tempfile.TemporaryDirectory() as folder:
        get_peft_model(base(name), kind(task_type="CAUSAL_LM", **settings)).save_pretrained(folder)
        file = Path(folder) / "adapter_model.safetensors"
        with safe_open(file, "pt") as tensors:
            shapes = {key: tensors.get_slice(key).get_shape() for key in sorted(tensors.keys())}
        # What lies under an update is the base's, but for one adapter that changed it.
        shapes = {key: shape for key, shape in shapes.items() if index == 0 or not key.endswith("base_layer.weight")}
        save_file({key: value_of(key, shape) for key, shape in shapes.items()}, file, {"format": "pt"})
        model = PeftModel.from_pretrained(base(name), folder)
        return {"model": name, "config": config_of(folder, name), "shapes": shapes, "logits": [round(value, 6) for value in logits_of(model)]}


def main():
    warnings.simplefilter("ignore")
    lines = ",\n".join(json.dumps(entry(index, *row)) for index, row in enumerate(TABLE))
    (GOLDEN / "own_tables.json").write_text(f"[\n{lines}\n]\n")


if __name__ == "__main__":
    main()
