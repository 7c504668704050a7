// Full fine-tuning, QLoRA and QDoRA on math word problems.
import { json, type ExperimentTemplate } from './template';

const trainingFile = 'orca-math-train.jsonl';

export const math: ExperimentTemplate = {
  ...{ id: 'math', name: 'math', methods: ['full', 'qlora', 'qdora'], runs: 3 },
  ...{ trainingFiles: [trainingFile], task: 'orca-math' },
  text: ({
    model,
    data,
    trainingFile: fileOf,
  }) => `// FT, QLoRA and QDoRA on Orca-Math: Figure 6 of the DoRA paper (arXiv 2402.09353, version 6).
// Settings of Answer.AI, "Efficient finetuning of Llama 3 with FSDP QDoRA" (April 2024), and of
// train.py in AnswerDotAI/fsdp_qlora. None was tuned: the post calls its results preliminary.
{
  "name": "math",

  // A Hugging Face model folder, relative to this file: LLaMA2-7B or LLaMA3-8B in the paper.
  "model": ${json(model)},

  "data": {
    // microsoft/orca-math-word-problems-200k, shuffled with seed 42: the first 100,000, or 10,000.
    "train": [${json(fileOf(trainingFile))}],
    "format": "instruction",
    "columns": { "instruction": "question", "output": "answer" },
    "template": "###Question:\\n{instruction}\\n###Answer:\\n{output}",
    "lossOn": "answer", // prompt tokens do not count
    "maxLength": 2048
  },

  "adapter": {
    "rank": 64,
    "targets": ["q_proj", "k_proj", "v_proj", "up_proj", "down_proj", "gate_proj"]
  },

  "training": {
    "batchSize": 4, // micro-batches: as many records as memory has room for
    "accumulation": 8, // 4 x 8 = 32 records a step
    "epochs": 1,
    "learningRate": 1e-5, // of all three
    "schedule": "constant",
    "weightDecay": 0.1,
    "clipNorm": 0, // gradients are not clipped
    "seed": 42,
    "activationCheckpointing": true
  },

  // Exact match of the last number, on 500 problems that no training record holds.
  "evaluation": { "tasks": ["orca-math"], "data": ${json(data)}, "limit": 500 },

  "checkpoints": { "every": 500, "keep": 2 },
  "diagnostics": { "every": 500 },

  // QLoRA has alpha 16 and dropout 0.1; QDoRA has no dropout there, and its update is not scaled,
  // which is alpha = rank. Full fine-tuning trains the layers' matrices here, all of the model there.
  "grid": {
    "method, adapter.alpha, adapter.dropout": [
      ["full", 64, 0],
      ["qlora", 16, 0.1],
      ["qdora", 64, 0]
    ]
  }
}
`,
};
