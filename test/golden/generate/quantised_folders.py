"""Model folders as transformers and bitsandbytes write them when a model was loaded in 4 bits: quantised/NAME.

The values of their logits (logits/quantised-NAME.*) are those of the dequantised weights in f64.
"""

import random
import shutil

import torch
from safetensors.torch import save_file
from transformers import AutoModelForCausalLM, BitsAndBytesConfig

from folders import GOLDEN, MODELS
from reference import load

FOLDER = GOLDEN / "quantised"
TABLE = {"gqa-tied": True, "qwen2": False}  # whether scales are quantised too


def write_folder(name, double):
    config = BitsAndBytesConfig(
        load_in_4bit=True,
        bnb_4bit_quant_type="nf4",
        bnb_4bit_use_double_quant=double,
        bnb_4bit_compute_dtype=torch.float32,
    )
    model = AutoModelForCausalLM.from_pretrained(
        MODELS / name, dtype=torch.float32, quantization_config=config, device_map="cpu"
    )
    folder = FOLDER / name
    shutil.rmtree(folder, ignore_errors=True)
    model.save_pretrained(folder)
    (folder / "generation_config.json").unlink(missing_ok=True)


@torch.no_grad()
def write_logits(name, double):
    model = load(name, precision=torch.float64, quantization={"blockSize": 64, "double": double})
    draw = random.Random(name)
    ids = torch.tensor([[draw.randrange(model.config.vocab_size) for _ in range(19)]])
    arrays = {"tokens/0": ids[0].int(), "logits/0": model(input_ids=ids).logits[0].float().contiguous()}
    save_file(arrays, GOLDEN / "logits" / f"quantised-{name}.safetensors")


def main():
    torch.set_num_threads(1)
    for name, double in TABLE.items():
        write_folder(name, double)
        write_logits(name, double)


if __name__ == "__main__":
    main()
