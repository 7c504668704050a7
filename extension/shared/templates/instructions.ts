// LoRA, DoRA, VeRA and DVoRA on instructions, judged by MT-Bench.
import { json, type ExperimentTemplate } from './template';

const trainingFile = 'alpaca-10000.json';

export const instructions: ExperimentTemplate = {
  ...{ id: 'mt-bench', name: 'mt-bench', methods: ['lora', 'dora', 'vera', 'dvora'], runs: 4 },
  ...{ trainingFiles: [trainingFile], task: 'mt_bench' },
  text: ({
    model,
    data,
    trainingFile: fileOf,
  }) => `// LoRA, DoRA, VeRA and DVoRA on instructions: Table 5 of the DoRA paper (arXiv 2402.09353,
// version 6), with the settings of its Table 11. The paper does not tell alpha: twice the rank.
{
  "name": "mt-bench",

  // A Hugging Face model folder, relative to this file: LLaMA-7B or LLaMA2-7B in the paper.
  "model": ${json(model)},

  "data": {
    // 10,000 records of yahma/alpaca-cleaned.
    "train": [${json(fileOf(trainingFile))}],
    "format": "instruction",
    "template": "alpaca",
    "maxLength": 512 // the paper states none
  },

  "adapter": {
    "dropout": 0,
    "targets": ["q_proj", "k_proj", "v_proj", "o_proj", "up_proj", "down_proj", "gate_proj"]
  },

  "training": {
    "batchSize": 4, // micro-batches: as many records as memory has room for
    "accumulation": 4, // 4 x 4 = 16 records a step
    "epochs": 1,
    "schedule": "cosine",
    "warmupRatio": 0.1,
    "seed": 0
  },

  // 80 conversations of two turns. A judge that you name ("judge") grades them, here or later.
  "evaluation": { "tasks": ["mt_bench"], "data": ${json(data)} },

  "checkpoints": { "every": 0, "keep": 1 }, // only the end
  "diagnostics": { "every": 50 },

  // VeRA and DVoRA train vectors alone: a wide rank, and ten times the learning rate.
  "grid": {
    "method, adapter.rank, training.learningRate": [
      ["lora", 64, 4e-4],
      ["dora", 64, 4e-4],
      ["vera", 1024, 4e-3],
      ["dvora", 1024, 4e-3]
    ]
  }
}
`,
};
