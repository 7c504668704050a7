// LoRA against DoRA with few records to learn from.
import { json, type ExperimentTemplate } from './template';

const sizes = [1000, 4000, 7000, 10_000];
const trainingFiles = sizes.map((size) => `alpaca-${size}.json`);

export const lowData: ExperimentTemplate = {
  ...{ id: 'low-data', name: 'low-data', methods: ['lora', 'dora'], runs: 8 },
  ...{ trainingFiles, task: 'mt_bench' },
  text: ({
    model,
    data,
    trainingFile: fileOf,
  }) => `// LoRA against DoRA with 1,000 to 10,000 records: Figures 4 and 9 of the DoRA paper
// (arXiv 2402.09353, version 6). Settings of its Table 11. It gives no alpha: twice the rank, as
// in its other tables.
{
  "name": "low-data",

  // A Hugging Face model folder, relative to this file: LLaMA-7B or LLaMA2-7B in the paper.
  "model": ${json(model)},

  "data": {
    // So many records of yahma/alpaca-cleaned, a file for each number; the grid takes them in turns.
    "train": [${json(fileOf(trainingFiles[0] ?? ''))}],
    "format": "instruction",
    "template": "alpaca",
    "maxLength": 512 // the paper states none
  },

  "adapter": {
    "rank": 64,
    "alpha": 128,
    "dropout": 0,
    "targets": ["q_proj", "k_proj", "v_proj", "o_proj", "up_proj", "down_proj", "gate_proj"]
  },

  "training": {
    "batchSize": 4,
    "accumulation": 4,
    "epochs": 1,
    "learningRate": 4e-4,
    "schedule": "cosine",
    "warmupRatio": 0.1,
    "seed": 0
  },

  // 80 conversations of two turns. A judge that you name ("judge") grades them, here or later.
  "evaluation": { "tasks": ["mt_bench"], "data": ${json(data)} },

  "checkpoints": { "every": 0, "keep": 1 }, // only the end
  "diagnostics": { "every": 50 },

  // Eight runs.
  "grid": {
    "method": ["lora", "dora"],
    "data.train": [
${trainingFiles.map((name) => `      [${json(fileOf(name))}]`).join(',\n')}
    ]
  }
}
`,
};
