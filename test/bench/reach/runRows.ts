// Rows of a whole run, by the built command line: from the command to the first step, and how long a checkpoint holds up
// the training.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { trainHere } from '../adapterLab';
import type { Work } from '../work';
import type { Figure } from './figure';
import type { MeasureRow, ReachSetting } from './setting';

const checkpointEvery = 3;
const checkpoints = 6;

function workOf({ model, data, maxLength, threads }: ReachSetting, rest: Partial<Work>): Work {
  const fixed = {
    learningRate: 2e-4,
    clipNorm: 1,
    seed: 0,
    adapter: null,
    method: 'lora',
  } as const;
  return { ...{ model, data, maxLength, threads, batchSize: 4, steps: 1 }, ...fixed, ...rest };
}

/** From the command's start to the begin of the first step; files are in the page cache. */
export const start: MeasureRow = async (setting) => {
  const kinds = { 'samples off': { samples: { records: 0 } }, 'with samples before it': {} };
  const figures: Figure[] = [];
  for (const [name, settings] of Object.entries(kinds)) {
    const seconds: number[] = [];
    for (let round = 0; round <= setting.rounds; round += 1) {
      const { steps, stepEnds } = await trainHere(workOf(setting, { settings }), setting.scratch);
      if (round > 0) seconds.push((stepEnds[0] ?? NaN) - (steps[0]?.seconds ?? NaN));
    }
    const work = `start of a run to its first step, ${name}`;
    const bar = figures.length === 0 ? 1.5 : undefined;
    figures.push({ work, value: Math.min(...seconds), unit: 's', bar });
  }
  return figures;
};

/** Every step has the same records, so that what a checkpoint adds to the time between two step ends is all that it costs. */
export const checkpoint: MeasureRow = async (setting) => {
  const { data, scratch } = setting;
  const records = (JSON.parse(readFileSync(data, 'utf8')) as unknown[]).slice(0, 4);
  const same = join(scratch, 'same-records.json');
  writeFileSync(same, JSON.stringify(records));
  const saving = { checkpoints: { every: checkpointEvery, keep: 1 }, samples: { records: 0 } };
  const whole = await pauseOf({ ...setting, data: same }, saving);
  // Slopes between all steps, and not by checkpoints alone.
  const files = await pauseOf({ ...setting, data: same }, { ...saving, diagnostics: { every: 1 } });
  return [
    {
      work: 'checkpoint of a LoRA adapter: pause of the training by its files, batch 4',
      ...{ value: 1000 * files, unit: 'ms', bar: 20 },
    },
    { work: '- and the slopes that are measured with it', value: 1000 * whole, unit: 'ms' },
  ];
};

/** Seconds, the median of some checkpoints over the median of steps without one. */
async function pauseOf(setting: ReachSetting, settings: object): Promise<number> {
  // The first step warms up, the last is followed by a checkpoint and nothing.
  const steps = 1 + checkpointEvery * (checkpoints + 1);
  const { stepEnds } = await trainHere(workOf(setting, { steps, settings }), setting.scratch);
  const times = { with: [] as number[], without: [] as number[] };
  for (let step = 2; step < stepEnds.length; step += 1) {
    const seconds = (stepEnds[step] ?? NaN) - (stepEnds[step - 1] ?? NaN);
    (step % checkpointEvery === 0 ? times.with : times.without).push(seconds);
  }
  return middle(times.with) - middle(times.without);
}

function middle(values: number[]): number {
  return values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
}
