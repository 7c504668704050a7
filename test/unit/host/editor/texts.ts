// What tests of the editor share: an experiment as people write it, and a translation that translates nothing.
import type { InspectedRun, Inspection } from '../../../../extension/shared/inspection';

export const english = (message: string, ...values: (string | number)[]): string =>
  message.replace(/\{(\d+)\}/g, (_, index: string) => String(values[Number(index)]));

export const sweep = `// A sweep.
{
  "name": "sweep",
  "model": "model", // a comment, and a trailing comma below
  "data": {
    "train": ["a.json", "b.json"],
    "maxLength": 64,
  },
  "training": { "batchSize": 8, "steps": 20 },
  "grid": { "method": ["full", "lora"], "training.learningRate": [1e-3, 1e-4, 1e-5] }
}
`;

export const windows = (text: string): string => text.replaceAll('\n', '\r\n');

export function inspectedRun(changes: Partial<InspectedRun>): InspectedRun {
  return {
    varied: {},
    method: 'lora',
    rank: 16,
    trainable: 200_000,
    added: changes.method === 'full' ? 0 : 200_000,
    parameters: 1_500_000,
    records: 100,
    steps: 20,
    stepsPerEpoch: 10,
    memory: {
      program: 100e6,
      weights: 6e6,
      adapter: 1e6,
      gradients: 1e6,
      optimizer: 2e6,
      activations: 30e6,
      logits: 1e6,
      saving: 4e6,
    },
    peakBytes: 145e6,
    stepSeconds: 0.5,
    ...changes,
  };
}

export function inspection(changes: Partial<Inspection>): Inspection {
  return { problems: [], runs: [], runCount: 1, files: [], tasks: [], ...changes };
}
