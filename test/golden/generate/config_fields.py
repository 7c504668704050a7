"""What each field of PEFT's LoraConfig, AdaLoraConfig and VeraConfig does with a value that is not its default:
config_fields.json. Of each: a configuration that has it, and what PEFT saves and computes of an adapter with it, filled as in
random_adapters.py; null where PEFT cannot make such an adapter of these models, or where it needs data to begin with.

A field of a newer PEFT, which VALUES lacks, is an error here, so that somebody decides what it means.
"""

import dataclasses
import json
import tempfile
import warnings

from peft import AdaLoraConfig, LoraConfig, PeftModel, VeraConfig, get_peft_model

import random_adapters
from folders import GOLDEN

MODEL = "gqa-tied"
BIASED = "all-biases"
COMMON = {
    "task_type": "CAUSAL_LM",
    "target_modules": ["q_proj", "v_proj", "up_proj"],
}
BASE = {
    LoraConfig: COMMON | {"r": 3, "lora_alpha": 5},
    AdaLoraConfig: COMMON | {"init_r": 3, "target_r": 2, "total_step": 20, "lora_alpha": 5},
    VeraConfig: COMMON | {"r": 5},
}
EVERYWHERE = {
    **{"task_type": ["SEQ_CLS"], "peft_type": [], "auto_mapping": [{"parent_library": "transformers"}]},
    **{"peft_version": ["0.9.0"], "base_model_name_or_path": ["elsewhere"], "revision": ["main"], "inference_mode": [True]},
    "target_modules": ["all-linear", r"model\.layers\.\d+\.self_attn\..*", ["mlp.down_proj", "nothing"]],
    "layers_to_transform": [[1], 0, [1, 7]],
    "layers_pattern": [("layers_to_transform", [0], "layers"), ("layers_to_transform", [0], ["h", "layers"])],
    **{"fan_in_fan_out": [True], "bias": ["all", "only"], "modules_to_save": [["input_layernorm", "norm"]]},
}
LORA = EVERYWHERE | {
    **{"r": [2], "lora_alpha": [3.5], "lora_dropout": [0.25], "use_rslora": [True], "use_dora": [True]},
    "exclude_modules": [["v_proj"], r".*layers\.1\..*", ["layers.0.mlp.up_proj", "nothing"]],
    "init_lora_weights": [False, "gaussian", ("r", 4, "orthogonal"), "mica", "eva", "pissa", "pissa_niter_4", "olora", "corda", "loftq", "lora_ga"],
    "rank_pattern": [{"q_proj": 2, "nothing": 9}, {"layers.0.self_attn.q_proj": 1, "q_proj": 2}],
    "alpha_pattern": [{"v_proj": 7, "nothing": 9}],
    **{"megatron_config": [{"hidden_size": 4}], "megatron_core": ["other.core"], "trainable_token_indices": [[1, 2]]},
    **{"loftq_config": [{"loftq_bits": 4}], "eva_config": [{"rho": 3.0}], "corda_config": [{"cache_file": "a"}]},
    **{"lora_ga_config": [{"direction": "ArBr"}], "velora_config": [{}], "alora_invocation_tokens": [[3, 4]]},
    **{"use_qalora": [True], "qalora_group_size": [8], "monteclora_config": [{}], "layer_replication": [[[0, 2], [1, 2]]]},
    **{"runtime_config": [], "lora_bias": [True], "target_parameters": [["mlp.gate_proj.weight"]]},
    **{"use_bdlora": [{"target_modules_bd_a": ["q_proj"], "nblocks": 1}], "arrow_config": [{}], "kasa_config": [{}]},
    "ensure_weight_tying": [True],
}
ADALORA = LORA | {
    **{"target_r": [3], "init_r": [4], "tinit": [2], "tfinal": [3], "deltaT": [2], "beta1": [0.5], "beta2": [0.6]},
    **{"orth_reg_weight": [0.1], "total_step": [30], "init_lora_weights": [False, "gaussian", "pissa"]},
    "rank_pattern": [{f"model.layers.{i}.{m}.lora_E": [True, i == 0, False] for i in (0, 1) for m in ("self_attn.q_proj", "self_attn.v_proj", "mlp.up_proj")}],
}
VERA = EVERYWHERE | {
    **{"r": [4], "projection_prng_key": [9], "save_projection": [False], "vera_dropout": [0.25], "d_initial": [0.5]},
    "init_weights": [False],
}
VALUES = {LoraConfig: LORA, AdaLoraConfig: ADALORA, VeraConfig: VERA}
# They begin with data, or with another package.
NOT_MADE = ("corda", "lora_ga", "loftq")


def changed(kind, field, value):
    """Settings with the field, and with another one where it needs one beside it."""
    beside = {}
    if isinstance(value, tuple):
        name, other, value = value
        beside[name] = other
    return BASE[kind] | beside | {field: value}


def adapter_of(kind, settings, name):
    """As PEFT saves it; without logits and tensors where it cannot."""
    try:
        config = kind(**settings)
        pattern = getattr(config, "rank_pattern", None) if kind is AdaLoraConfig else None
        model = get_peft_model(random_adapters.base(name), config)
        if pattern:
            with tempfile.TemporaryDirectory() as folder:
                model.save_pretrained(folder)
                model = PeftModel.from_pretrained(random_adapters.base(name), folder)
        return random_adapters.saved_entry(model, name)
    except Exception as error:
        print(f"{kind.__name__}: {type(error).__name__} {str(error)[:90]} with {settings}")
        return None


def entry(kind, field, value):
    value = {LoraConfig: "lora_only", AdaLoraConfig: "lora_only", VeraConfig: "vera_only"}[kind] if value == "only" else value
    settings = changed(kind, field, value)
    model = BIASED if field == "bias" else MODEL
    made = None if value in NOT_MADE else adapter_of(kind, settings, model)
    name = {LoraConfig: "LORA", AdaLoraConfig: "ADALORA", VeraConfig: "VERA"}[kind]
    # PEFT replaces or leaves out some values when it saves: the file has what was set.
    config = settings | {"peft_type": name, "base_model_name_or_path": model, field: settings[field]}
    if made:
        made = {"tensors": made["tensors"], "logits": [round(value, 6) for value in made["logits"]]}
    return {"type": name, "field": field, "model": model, "config": config, "made": made}


def main():
    warnings.simplefilter("ignore")
    entries, names = [], {}
    for kind, values in VALUES.items():
        fields = [field.name for field in dataclasses.fields(kind)]
        unknown = sorted(set(fields) - set(values))
        if unknown:
            raise SystemExit(f"{kind.__name__} has fields that nobody decided about: {unknown}")
        entries += [entry(kind, field, value) for field in fields for value in values[field]]
        names[entries[-1]["type"]] = sorted(fields)
    lines = ",\n".join(json.dumps(one) for one in entries)
    (GOLDEN / "config_fields.json").write_text(f'{{"fields": {json.dumps(names)}, "entries": [\n{lines}\n]}}\n')


if __name__ == "__main__":
    main()
