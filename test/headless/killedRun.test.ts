// A run that is killed again and again ends with the bits of one that was never disturbed, and its folder can
// be read at every moment in between.
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readHeader } from '../../extension/model/safetensorsHeader';
import { listCheckpoints } from '../../extension/runs/checkpoints';
import { readEvents } from '../../extension/runs/eventReader';
import { listRuns } from '../../extension/runs/runsDirectory';
import { makeRandom } from './tinyModel';
import {
  countLines,
  eventsOf,
  makeRun,
  startTrainer,
  stateOf,
  trainToEnd,
  useWorkspace,
  waitFor,
} from './trainerProcess';
import type { Workspace } from './workspace';

let workspace: Workspace;
useWorkspace((made) => (workspace = made));

interface Kind {
  kills: number;
  method: string;
  train?: string[];
  adapter?: object;
  training?: object;
}

const kinds: Record<string, Kind> = {
  full: { kills: 6, method: 'full' },
  lora: { kills: 6, method: 'lora' },
  dora: { kills: 20, method: 'dora' },
  qdora: { kills: 6, method: 'qdora' },
  vera: { kills: 6, method: 'vera' },
  dvora: { kills: 6, method: 'dvora' },
  // The embeddings alone are large enough for moments in 8 bits.
  'full, 8-bit moments and averages': {
    ...{ kills: 6, method: 'full', train: ['linears', 'embeddings'] },
    training: { optimizer: 'adamw8bit', ema: 0.9 },
  },
  'lora beside everything': {
    ...{ kills: 6, method: 'lora', training: { ema: 0.9 } },
    adapter: { alsoTrain: ['norms', 'embeddings', 'head'] },
  },
  'dora, principal directions': {
    kills: 6,
    method: 'dora',
    adapter: { init: 'pissa', dropout: 0 },
  },
  // Masks every third step, between which pruned triplets come back.
  adalora: {
    ...{ kills: 10, method: 'adalora' },
    adapter: { rank: 2, initialRank: 6, tinit: 12, tfinal: 40, interval: 3 },
  },
  'dora, magnitudes alone': {
    ...{ kills: 6, method: 'dora' },
    adapter: { targets: ['q_proj'], magnitudeOnly: ['o_proj', 'down_proj'], init: 'orthogonal' },
  },
  'dora, averages': { kills: 6, method: 'dora', training: { ema: 0.95 } },
};

/**
 * Everything random of a run is switched on; checkpoints are so close that kills meet them. Each kill is about four
 * events after the last.
 */
function longRun({ kills, method, train, adapter, training }: Kind): string {
  const steps = 40 + 4 * kills;
  const data = { train: ['data/train.json'], validation: 4, template: '{instruction} {output}' };
  return makeRun(workspace, {
    ...{ method, data },
    ...(train && { train }),
    adapter: { rank: 4, dropout: 0.1, ...adapter },
    training: {
      ...{ batchSize: 3, accumulation: 2, steps, learningRate: 3e-3, warmupSteps: 5 },
      ...training,
    },
    checkpoints: { every: 4, keep: 2 },
    diagnostics: { every: 6 },
  });
}

describe.each(Object.entries(kinds))('%s', (name, kind) => {
  const { kills } = kind;
  test(`killed at ${kills} random moments, it ends with the same bits`, async () => {
    const undisturbed = longRun(kind);
    await trainToEnd(undisturbed);
    const disturbed = longRun(kind);
    const random = makeRandom(kills + name.length);
    for (let kill = 0; kill < kills; kill += 1) {
      await killAfter(disturbed, random);
      await expectReadable(disturbed);
    }
    await trainToEnd(disturbed);
    expect(stateOf(disturbed)).toBe('done');
    await expectReadable(disturbed);
    expect(await comparable(disturbed)).toEqual(await comparable(undisturbed));
    expect(checkpointHashes(disturbed)).toEqual(checkpointHashes(undisturbed));
  });
});

/** Anywhere between the process's start and a few events later: in a step, in a checkpoint, while loading. */
async function killAfter(run: string, random: () => number): Promise<void> {
  const wanted = countLines(run) + Math.floor(random() * 8);
  const trainer = startTrainer(run);
  await waitFor('an event', () => countLines(run) >= wanted || stateOf(run) === 'done', trainer);
  await new Promise((later) => setTimeout(later, random() * 12));
  trainer.kill('SIGKILL');
  await trainer.ended;
}

async function expectReadable(run: string): Promise<void> {
  expect((await listRuns(workspace.path('runs'))).broken).toEqual([]);
  expect(stateOf(run)).toBeDefined();
  const events = await readEvents(run);
  expectRising(events.map(({ seq }) => seq));
  expectRising(events.flatMap((event) => (event.type === 'step' ? [event.step] : [])));
  for (const { folder } of listCheckpoints(run)) {
    for (const name of readdirSync(folder)) {
      const file = join(folder, name);
      if (name.endsWith('.safetensors')) expect(readHeader(file).tensors.size).toBeGreaterThan(0);
      else if (name.endsWith('.json')) JSON.parse(readFileSync(file, 'utf8'));
    }
  }
}

function expectRising(values: number[]): void {
  expect(values).toEqual([...new Set(values)].sort((a, b) => a - b));
}

/** What the events say, except for what the clock decides. */
async function comparable(run: string): Promise<object> {
  const taken = await eventsOf(run, 'step');
  const evals = await eventsOf(run, 'eval');
  const slopes = await eventsOf(run, 'slope');
  const samples = await eventsOf(run, 'sample');
  const ranks = await eventsOf(run, 'ranks');
  return {
    steps: taken.map(({ step, loss, gradNorm, learningRate, tokens }) => {
      return { step, loss, gradNorm, learningRate, tokens };
    }),
    evals: evals.map(({ step, loss, tokens }) => ({ step, loss, tokens })),
    slopes: slopes.map(({ step, modules, fits }) => ({ step, modules, fits })),
    ranks: ranks.map(({ step, modules }) => ({ step, modules })),
    samples: samples.map(({ step, samples: written }) => ({ step, written })),
  };
}

function checkpointHashes(run: string): [file: string, sha256: string][] {
  return listCheckpoints(run).flatMap(({ folder, step }) =>
    readdirSync(folder)
      .sort()
      .map((name): [string, string] => {
        const sha256 = createHash('sha256').update(readFileSync(join(folder, name)));
        return [`${step}/${name}`, sha256.digest('hex')];
      }),
  );
}
