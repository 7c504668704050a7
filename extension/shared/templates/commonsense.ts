// Templates of the commonsense experiments: LoRA against DoRA, the rank sweep, DoRA at half the rank, and with magnitudes
// alone.
import { paperTasks } from '../published/paperTasks';
import { json, type ExperimentTemplate, type TemplatePlaces } from './template';

const trainingFile = 'commonsense_170k.json';

const whereFrom = `// Settings of the DoRA paper (arXiv 2402.09353, version 6), Table 8, and of the scripts in
// NVlabs/DoRA; LoRA's are LLM-Adapters' (AGI-Edgerunners, issues 38 and 45), as in the paper.`;

/** What they share, down to the method. */
function common(name: string, { model, trainingFile: fileOf }: TemplatePlaces): string {
  return `  "name": ${json(name)},

  // A Hugging Face model folder, relative to this file. The learning rates below are LLaMA-7B's.
  "model": ${json(model)},

  "data": {
    // The training sets of all eight tasks in one file, from LLM-Adapters.
    "train": [${json(fileOf(trainingFile))}],
    "validation": 120, // val_set_size of the scripts
    "format": "instruction",
    "template": "paper", // the scripts' prompt, to the letter
    "lossOn": "all", // train_on_inputs: the loss counts the question too
    "maxLength": 256 // cutoff_len
  },
`;
}

function training(): string {
  return `  "training": {
    "batchSize": 4, // micro-batches: as many records as memory has room for
    "accumulation": 4, // 4 x 4 = 16 records a step, as in the paper
    "epochs": 3,
    "schedule": "linear",
    "warmupSteps": 100,
    "weightDecay": 0,
    "seed": 0, // the paper names none: run several, see grid
    "activationCheckpointing": true // gradient checkpointing, as in the scripts
  },

  // Asked at the end of each run, by the paper's protocol: 4 beams, 32 new tokens, first match.
`;
}

function evaluation({ data }: TemplatePlaces): string {
  const names = paperTasks.map(({ task }) => json(task));
  return `  "evaluation": {
    "tasks": [${names.slice(0, 4).join(', ')},
              ${names.slice(4).join(', ')}],
    "data": ${json(data)}, // holds a folder with test.json for each task
    "limit": 0 // only the first so many questions of each; 0: all
  },

  "checkpoints": { "every": 80, "keep": 3 },
  "diagnostics": { "every": 80 },
`;
}

function adapter(rank: string): string {
  return `  "adapter": {
${rank}    "dropout": 0.05,
    "targets": ["q_proj", "k_proj", "v_proj", "up_proj", "down_proj"]
  },
`;
}

export const commonsense: ExperimentTemplate = {
  ...{ id: 'commonsense', name: 'commonsense', methods: ['lora', 'dora'], runs: 2 },
  ...{ trainingFiles: [trainingFile], task: 'boolq' },
  text: (
    places,
  ) => `// LoRA against DoRA on the eight commonsense sets: the rows LoRA and DoRA of the paper's Table 1.
${whereFrom}
{
${common('commonsense', places)}
${adapter('    "rank": 32,\n    "alpha": 64,\n')}
${training()}${evaluation(places)}
  // DoRA's learning rates at rank 32 (Table 8): LLaMA-7B and LLaMA3-8B 1e-4, LLaMA-13B and
  // LLaMA2-7B 2e-4. LoRA's is 3e-4 everywhere.
  // For intervals over seeds add "training.seed": [0, 1, 2].
  "grid": { "method, training.learningRate": [["lora", 3e-4], ["dora", 1e-4]] }
}
`,
};

export const rankSweep: ExperimentTemplate = {
  ...{ id: 'rank-sweep', name: 'rank-sweep', methods: ['lora', 'dora'], runs: 10 },
  ...{ trainingFiles: [trainingFile], task: 'boolq' },
  text: (
    places,
  ) => `// Accuracy over rank, LoRA against DoRA: Figure 5 and Table 15 of the paper. Ten runs, which
// "Open Figures and Tables" draws while they finish.
${whereFrom}
{
${common('rank-sweep', places)}
${adapter('    // alpha is left out: twice the rank, as in Table 8 for 16 and 32; for others none is stated.\n')}
${training()}${evaluation(places)}
  // Learning rates by rank: commonsense_reasoning/README.md of NVlabs/DoRA.
  // For intervals over seeds add "training.seed": [0, 1, 2].
  "grid": {
    "method, adapter.rank, training.learningRate": [
      ["lora", 4, 3e-4],
      ["lora", 8, 3e-4],
      ["lora", 16, 3e-4],
      ["lora", 32, 3e-4],
      ["lora", 64, 3e-4],
      ["dora", 4, 2e-4],
      ["dora", 8, 2e-4],
      ["dora", 16, 2e-4],
      ["dora", 32, 1e-4],
      ["dora", 64, 2e-4]
    ]
  }
}
`,
};

export const halfRank: ExperimentTemplate = {
  ...{ id: 'half-rank', name: 'half-rank', methods: ['lora', 'dora'], runs: 3 },
  ...{ trainingFiles: [trainingFile], task: 'boolq' },
  text: (
    places,
  ) => `// DoRA at half of LoRA's rank: the rows DoRA† of the paper's Table 1, beside LoRA and DoRA at
// the whole rank.
${whereFrom}
{
${common('half-rank', places)}
${adapter('    // alpha is left out: twice the rank, 32 and 64 as in Table 8.\n')}
${training()}${evaluation(places)}
  // DoRA's learning rates at rank 16 and 32 (Table 8): LLaMA-7B 2e-4 and 1e-4, LLaMA-13B 3e-4
  // and 2e-4, LLaMA2-7B 2e-4 and 2e-4, LLaMA3-8B 1e-4 and 1e-4. LoRA's is 3e-4 everywhere.
  "grid": {
    "method, adapter.rank, training.learningRate": [
      ["lora", 32, 3e-4],
      ["dora", 16, 2e-4],
      ["dora", 32, 1e-4]
    ]
  }
}
`,
};

export const granularity: ExperimentTemplate = {
  ...{ id: 'granularity', name: 'granularity', methods: ['lora', 'dora'], runs: 3 },
  ...{ trainingFiles: [trainingFile], task: 'boolq' },
  text: (
    places,
  ) => `// Modules whose magnitude (m) and whose direction (V) is trained: the paper's Table 6. Its third row
// trains half of the second's values: directions of Q, K and V, magnitudes of every module.
${whereFrom}
{
${common('granularity', places)}
  "adapter": {
    "rank": 32,
    "alpha": 64,
    "dropout": 0.05
  },

${training()}${evaluation(places)}
  // DoRA's learning rate at rank 32 is that of Table 8 for LLaMA-7B; Table 6 states none.
  // LoRA, DoRA with m and V in QKVUD, DoRA with m in QKVOGUD and V in QKV.
  "grid": {
    "method, training.learningRate, adapter.targets, adapter.magnitudeOnly": [
      ["lora", 3e-4, ["q_proj", "k_proj", "v_proj", "up_proj", "down_proj"], []],
      ["dora", 1e-4, ["q_proj", "k_proj", "v_proj", "up_proj", "down_proj"], []],
      ["dora", 1e-4, ["q_proj", "k_proj", "v_proj"], ["o_proj", "gate_proj", "up_proj", "down_proj"]]
    ]
  }
}
`,
};
