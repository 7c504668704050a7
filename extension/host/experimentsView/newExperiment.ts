// The text of a new experiment file: every line that a first run needs, with what it means. Free of VS Code.

export interface NewExperiment {
  name: string;
  /** Relative to the file, with slashes. */
  model: string;
  /** Of the records to train on. */
  data: string;
  /** A PEFT adapter to continue from: its own configuration decides method, rank and targets. */
  adapter?: string;
}

export function newExperimentText({ name, model, data, adapter }: NewExperiment): string {
  return `// Settings are explained when the mouse rests on them; what is left out has a sensible default.
{
  "name": ${JSON.stringify(name)},

  // A Hugging Face model folder, relative to this file.
  "model": ${JSON.stringify(model)},

  "data": {
    // Records to train on: .json, .jsonl, .csv or .parquet; several files are concatenated.
    "train": [${JSON.stringify(data)}],
    // So many records are kept aside to measure the validation loss; or the path of a file; 0 for none.
    "validation": 0,
    // instruction (instruction, input, output), chat (messages), completion (prompt, completion) or text.
    "format": "instruction",
    // Tokens a record may have; what is longer is cut.
    "maxLength": 256
  },

${adapter === undefined ? freshAdapter : continued(adapter)}
  "training": {
    "batchSize": 16,
    "epochs": 3, // or "steps": a number of steps
    "learningRate": 2e-4,
    "schedule": "linear",
    "warmupSteps": 100,
    "seed": 0
  },

  // Every so many steps: a checkpoint to resume from, and the magnitude and direction change of each matrix.
  "checkpoints": { "every": 50, "keep": 3 },
  "diagnostics": { "every": 50 }
}
`;
}

const freshAdapter = `  // full, lora or dora.
  "method": "dora",
  "adapter": { "rank": 16, "alpha": 32, "dropout": 0.05 },

  // One run for each combination of values, once the slashes are taken away.
  // "grid": { "method": ["full", "lora", "dora"], "adapter.rank": [8, 16] },
`;

function continued(adapter: string): string {
  return `  // The adapter to go on with; its own configuration decides method, rank, alpha and targets.
  "adapter": { "initialAdapter": ${JSON.stringify(adapter)} },
`;
}
