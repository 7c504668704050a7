// What npm run bench:cuda makes of measurements, which are made up here.
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readModelFolder } from '../../../extension/model/folder';
import { checkSameWork, fastestSteps } from '../../bench/besidePeft';
import { writeMadeUpModel } from '../../bench/cuda/madeUpModel';
import { madeUpRecords } from '../../bench/cuda/madeUpRecords';
import { cudaRows, ratiosOf } from '../../bench/cuda/rows';
import { figureTable } from '../../bench/reach/figure';
import { chosenRows } from '../../bench/reach/measureRows';
import type { StepResult } from '../../bench/work';

const starter = join(import.meta.dirname, '../../../media/starter');
const gigabyte = 2 ** 30;

function steps(...seconds: number[]): StepResult[] {
  return seconds.map((value) => ({ loss: 2, tokens: 1000, seconds: value }));
}

describe('the table', () => {
  const sides = {
    ours: { steps: steps(0.1, 0.15), peakBytes: 2 * gigabyte, heldBytes: 6 * gigabyte },
    theirs: { steps: steps(0.2, 0.2), peakBytes: 4 * gigabyte, heldBytes: 5 * gigabyte },
  };
  const row = { name: '1b lora', batchSize: 4, ...sides, losses: { ours: [], theirs: [] } };

  it('has tokens a second and memory beside their bars', () => {
    expect(
      figureTable(ratiosOf(row, { speed: 1.5, memory: 0.45 }))
        .split('\n')
        .slice(2),
    ).toEqual([
      "| 1b lora, batch 4: tokens/s over PEFT's | 1.60x | at least 1.50x | yes |",
      "| 1b lora, batch 4: memory in use over PEFT's | 0.50x | 0.45x | no |",
      '| - memory that the allocators hold | 1.20x |  |  |',
    ]);
  });

  it('claims nothing of what has no bar, and nothing that was not measured', () => {
    const unheld = { ...row, theirs: { ...sides.theirs, heldBytes: undefined } };
    expect(figureTable(ratiosOf(unheld, {})).split('\n').slice(2)).toEqual([
      "| 1b lora, batch 4: tokens/s over PEFT's | 1.60x |  |  |",
      "| 1b lora, batch 4: memory in use over PEFT's | 0.50x |  |  |",
    ]);
  });
});

it('counts of each step the fastest round, without those that warm up, and the most memory', () => {
  const rounds = [
    { steps: steps(9, 9, 1, 4), peakBytes: 5, heldBytes: 8 },
    { steps: steps(9, 9, 2, 3), peakBytes: 6, heldBytes: 7 },
  ];
  const counted = fastestSteps(rounds, 2);
  expect(counted).toEqual({ steps: steps(1, 3), peakBytes: 6, heldBytes: 8 });
});

describe('sides that did other work', () => {
  const ours = steps(1, 1);

  it('are refused where tokens of a step differ', () => {
    const theirs = [...steps(1), { loss: 2, tokens: 1001, seconds: 1 }];
    expect(() => {
      checkSameWork({ ours, theirs }, 0.02);
    }).toThrow(/other tokens a step/);
    expect(() => {
      checkSameWork({ ours, theirs: steps(1) }, 0.02);
    }).toThrow(/other tokens a step/);
  });

  it('are refused where they began with another loss, and with none', () => {
    const beginning = (loss: number): StepResult[] => [
      { loss, tokens: 1000, seconds: 1 },
      ...steps(1),
    ];
    expect(() => {
      checkSameWork({ ours, theirs: beginning(2.03) }, 0.02);
    }).not.toThrow();
    expect(() => {
      checkSameWork({ ours, theirs: beginning(2.05) }, 0.02);
    }).toThrow(/ 2 and, of PEFT, 2.05/);
    expect(() => {
      checkSameWork({ ours, theirs: beginning(NaN) }, 0.02);
    }).toThrow(/NaN/);
  });
});

it('trains before anything is loaded in its own process, whatever is chosen', () => {
  const names = chosenRows(cudaRows, 'share,peak,1b-lora').map(([name]) => name);
  expect(names.slice(0, 4)).toEqual(['1b-lora-4', '1b-lora-16', '1b-lora-16-bf16', 'peak']);
  expect(names.slice(4).every((name) => name.startsWith('share'))).toBe(true);
  expect(() => chosenRows(cudaRows, '1b-lore')).toThrow(/--only 1b-lore\? The rows are smollm2/);
});

it('makes up models that no row repeats in, and records of different lengths', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'adapter-lab-made-up-'));
  try {
    await writeMadeUpModel(folder, 'tiny', join(starter, 'model'));
    const { shape, parameters, config } = readModelFolder(folder);
    expect([shape.hidden, shape.layers, shape.vocabulary]).toEqual([64, 2, 2048]);
    expect(config.endTokens).toEqual([1]);
    expect(existsSync(join(folder, 'tokenizer.json'))).toBe(true);
    const file = readFileSync(join(folder, 'model.safetensors'));
    const rows = new Set<string>();
    // Of bf16, all tensors and their rows are whole multiples of 64 values.
    const first = file.length - 2 * parameters;
    for (let at = first; at < file.length; at += 128)
      rows.add(file.toString('latin1', at, at + 128));
    // Norms are all ones.
    expect(rows.size).toBe((file.length - first) / 128 - 4);
  } finally {
    rmSync(folder, { recursive: true });
  }
  const lengths = madeUpRecords(starter).map(({ instruction }) => instruction.length);
  expect(lengths).toHaveLength(800);
  expect(Math.max(...lengths)).toBeGreaterThan(3 * Math.min(...lengths));
});
